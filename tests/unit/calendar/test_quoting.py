"""What stands in quotation marks, and texts of nothing but marks, which must not hold a reader up."""

from __future__ import annotations

import pytest

from orchestrator.calendar.quoting import is_quoted, without_quotes
from tests.unit.calendar.world import resolved


def test_what_is_quoted_is_hidden_and_the_text_is_as_long_as_before() -> None:
    assert without_quotes("Book 'No!' now") == "Book \0\0\0\0\0 now"
    assert without_quotes("Tom's and Ben's") == "Tom's and Ben's"


def test_a_name_is_quoted_by_marks_of_its_own() -> None:
    assert is_quoted("No", "Book “No” at 4pm")
    assert not is_quoted("No", "Book 'No one' at 4pm")
    assert not is_quoted("", "''")


@pytest.mark.parametrize(
    "signs", ["'", '"', "' ", "'a ", "(", ":", "!?", "don't ", "if ", "cancel, ", "no 3 "]
)
def test_hostile_signs_hide_no_event(signs: str) -> None:
    text = f"Gym tomorrow at 4pm\n{signs * (3_970 // len(signs))}"
    gym = {"title": "Gym", "date": "tomorrow", "time": "4pm"}
    found = resolved(text, *[gym | {"mentions": [f"@{index}"]} for index in range(20)])
    assert len(found.bookings) + len(found.clarifications) == 20
    cancelled = resolved(text, *[{"operation": "cancel", "title": "Gym"}] * 20)
    assert len(cancelled.changes) + len(cancelled.clarifications) == 20
