"""Lists of events, a line each, read alike by the stand-in for the model and by the grammar alone."""

from __future__ import annotations

import pytest

from infra.local.sandbox.calendar_spans import extract
from orchestrator.calendar.grammar.reader import understand
from orchestrator.calendar.models import CalendarRequest
from orchestrator.calendar.outcomes import Outcome
from orchestrator.calendar.resolve import resolve
from orchestrator.calendar.spans import Extraction
from tests.unit.calendar.golden import written

LISTS = [
    "- dentist tomorrow 3pm\n- haircut friday 10am",
    "* dentist tomorrow 3pm\r\n* haircut friday 10am",
    "1. dentist tomorrow 3pm\n2. haircut friday 10am",
    "Please add:\n• dentist tomorrow 3pm\n• haircut friday 10am",
    "dentist tomorrow 3pm\n\nhaircut friday 10am",
]


def request(text: str) -> CalendarRequest:
    return CalendarRequest.model_validate(
        {"content": text, "user_id": "user-123", "timestamp": "2025-07-23T10:00:00+00:00"}
    )


def both(text: str) -> list[Outcome]:
    return [
        resolve(Extraction.model_validate({"events": extract(text)}), request(text)),
        understand(request(text)),
    ]


@pytest.mark.parametrize("text", LISTS)
def test_a_line_of_a_list_is_an_event(text: str) -> None:
    for outcome in both(text):
        assert written(outcome) == "2025-07-24T15:00+00:00/16:00 & 2025-07-25T10:00+00:00/11:00"
        assert [booking.title for booking in outcome.bookings] == ["Dentist", "Haircut"]


def test_the_day_above_a_list_is_the_day_of_its_lines() -> None:
    for outcome in both("Monday:\n- dentist 9am\n- oil change 2pm"):
        assert written(outcome) == "2025-07-28T09:00+00:00/10:00 & 2025-07-28T14:00+00:00/15:00"


@pytest.mark.parametrize("text", ["dentist on thrudsay 3pm", "gym wendsayd at 6am"])
def test_a_slip_that_nobody_knows_books_no_other_day(text: str) -> None:
    for outcome in both(text):
        assert not outcome.bookings


def test_the_labels_of_a_form_are_no_part_of_what_they_label() -> None:
    text = "Subject: Falcon status\nWhen: Tuesday, July 29, 2025 2:00 PM-3:00 PM\nWhere: Conference Room 5"
    for outcome in both(text):
        [booking] = outcome.bookings
        assert (booking.title, booking.place) == ("Falcon status", "Conference Room 5")
        assert written(outcome) == "2025-07-29T14:00+00:00/15:00"
