"""Days that a text names and a model has not pointed at: asked about, whatever words it found instead."""

from __future__ import annotations

import pytest

from orchestrator.calendar.models import CalendarRequest
from orchestrator.calendar.outcomes import Outcome
from orchestrator.calendar.resolve import resolve
from orchestrator.calendar.spans import EventSpans, Extraction


def resolved(text: str, *events: dict[str, str]) -> Outcome:
    request = CalendarRequest.model_validate(
        {
            "content": text,
            "user_id": "user-123",
            "user_name": "Maya",
            "user_email": "maya@example.com",
            "timestamp": "2026-11-18T10:15:00+01:00",
            "timezone": "Europe/Berlin",
        }
    )
    return resolve(Extraction(events=[EventSpans.model_validate(event) for event in events]), request)


@pytest.mark.parametrize(
    ("text", "words", "asked"),
    [
        ("Lunch on boxing day at 1pm", {"title": "Lunch", "time": "1pm"}, "boxing day"),
        ("Cake on Mia's birthday at 3pm", {"title": "Cake", "time": "3pm"}, "Mia's birthday"),
        ("Dinner at 8pm on Silvester", {"title": "Dinner", "time": "8pm"}, "Silvester"),
        ("Friseur morgen 11:00", {"title": "Friseur", "time": "11:00"}, "morgen"),
        (
            "Egg hunt on Easter Monday at 10am",
            {"title": "Egg hunt", "date": "Monday", "time": "10am"},
            "Easter Monday",
        ),
        (
            "Cyber Monday deals at 10am",
            {"title": "deals", "date": "Monday", "time": "10am"},
            "Cyber Monday",
        ),
        ("Mum stays until Sunday", {"title": "Mum stays", "date": "Sunday"}, "until Sunday"),
        (
            "Viewing Saturday 3pm - 22 Baker Street",
            {"title": "Viewing", "date": "Saturday", "time": "3pm - 22"},
            "3pm - 22",
        ),
    ],
)
def test_words_that_a_model_left_out_are_asked_about(text: str, words: dict[str, str], asked: str) -> None:
    [question] = resolved(text, words).clarifications
    assert question.words == asked
    assert asked in question.question


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("'Day of the Dead' on TV at 8pm", {"title": "Day of the Dead", "time": "8pm"}),
        ("Call Bob on Zoom at 3pm", {"title": "Call Bob", "time": "3pm", "place": "Zoom"}),
        ("Meeting on next steps at 3pm", {"title": "Meeting on next steps", "time": "3pm"}),
        ("Work until 5pm, from noon", {"title": "Work", "time": "noon", "end_time": "5pm"}),
    ],
)
def test_what_is_no_day_is_not_asked_about(text: str, words: dict[str, str]) -> None:
    assert resolved(text, words).ready


def test_an_end_without_a_start_is_shown_from_today() -> None:
    [question] = resolved("Mum stays until Sunday", {"title": "Mum stays", "date": "Sunday"}).clarifications
    [reading] = question.readings
    assert reading.start_time
    assert reading.end_time
    assert (reading.start_time.day, reading.end_time.day) == (18, 23)


def test_a_zone_by_the_name_of_its_other_half_year_is_told() -> None:
    words = {"title": "Call", "date": "Friday", "time": "9am", "zone": "CEST"}
    [booking] = resolved("Call Friday 9am CEST", words).bookings
    assert booking.when.start.isoformat() == "2026-11-20T09:00:00+01:00"
    assert booking.when.warnings == ("Europe/Berlin does not keep CEST on 2026-11-20; its own clock counts.",)


def test_easter_counts_as_the_western_churches_count_it() -> None:
    days = {"2027": "2027-03-28", "2028": "2028-04-16", "2038": "2038-04-25"}
    for year, day in days.items():
        words = {"title": "Brunch", "date": f"Easter Sunday {year}", "time": "11am"}
        [booking] = resolved(f"Brunch on Easter Sunday {year} at 11am", words).bookings
        assert booking.when.start.date().isoformat() == day
