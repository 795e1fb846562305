"""A change is only made where the text orders it, whatever a model has read."""

from __future__ import annotations

import pytest

from tests.unit.calendar.world import resolved


@pytest.mark.parametrize(
    "text",
    [
        "Don't cancel yoga",
        "Please do not cancel yoga",
        "Never cancel yoga",
        "I don't want to cancel yoga",
        "Should I cancel yoga?",
        "Shall we cancel yoga?",
        "Did you cancel yoga?",
        "Why did you cancel yoga",
        "Ok, should I cancel yoga?",
        "I might cancel yoga",
        "I couldn't cancel yoga",
        "I already cancelled yoga",
        "I should have cancelled yoga",
        "If it rains, cancel yoga",
        "Cancel yoga if it rains",
        "Cancel yoga unless Ben comes",
        "Remind me to cancel yoga",
        "Don't forget to cancel yoga",
        "Ask Ben to cancel yoga",
        "I am thinking of cancelling yoga",
    ],
)
def test_what_is_not_ordered_is_not_cancelled(text: str) -> None:
    found = resolved(text, {"operation": "cancel", "title": "yoga"})
    assert not found.changes
    assert [question.field for question in found.clarifications] == ["content"]


@pytest.mark.parametrize("text", ["Don't move yoga to Friday", "Should I move yoga to Friday?"])
def test_nor_is_it_moved(text: str) -> None:
    found = resolved(text, {"operation": "reschedule", "title": "yoga", "date": "Friday"})
    assert not found.changes
    assert "move … to …" in found.clarifications[0].question


@pytest.mark.parametrize(
    "text",
    [
        "Can I cancel yoga?",
        "Could you cancel yoga?",
        "Would you please cancel yoga?",
        "please cancel yoga",
        "Is it possible to cancel yoga?",
        "Cancel yoga if possible",
        "Do you think you could cancel yoga?",
        "Is there any way to cancel yoga?",
        "I can't make it, cancel yoga",
        "I'm not feeling well, please cancel yoga",
        "I don't feel well so cancel yoga",
        "I don't have time. Cancel yoga",
        "What a day! Cancel yoga",
        "no yoga tonight",
        "Cancel 'If it rains' yoga",
    ],
)
def test_what_is_ordered_politely_is(text: str) -> None:
    assert resolved(text, {"operation": "cancel", "title": "yoga"}).changes
