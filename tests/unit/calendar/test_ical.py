"""iCalendar: what a calendar program reads back out of it."""

from __future__ import annotations

from typing import Any

import icalendar

from orchestrator.calendar.events import event_of
from orchestrator.calendar.grammar.reader import understand
from orchestrator.calendar.ical import calendar
from tests.unit.calendar.world import ALICE, request


def read_back(words: str, **more: Any) -> icalendar.Calendar:
    asked = request(words, **more)
    events = [event_of(booking, asked) for booking in understand(asked).bookings]
    return icalendar.Calendar.from_ical(calendar(events))


def events(found: icalendar.Calendar) -> list[Any]:
    return list(found.walk("VEVENT"))


def test_a_series_keeps_its_rule_and_brings_the_rules_of_its_zone() -> None:
    found = read_back(
        "Standup every Monday at 9am", timestamp="2025-10-20T10:00:00+02:00", timezone="Europe/Berlin"
    )
    [event] = events(found)
    assert event["RRULE"].to_ical() == b"FREQ=WEEKLY;BYDAY=MO"
    assert event["DTSTART"].params["TZID"] == "Europe/Berlin"
    assert event["DTSTART"].dt.isoformat() == "2025-10-27T09:00:00+01:00"
    [zone] = found.walk("VTIMEZONE")
    assert zone["TZID"] == "Europe/Berlin"
    assert {part.name for part in zone.subcomponents} == {"STANDARD", "DAYLIGHT"}


def test_an_offset_is_a_zone_of_its_own() -> None:
    found = read_back("Lunch tomorrow at noon", timestamp="2025-07-23T18:30:00+05:30")
    [zone] = found.walk("VTIMEZONE")
    assert zone["TZID"] == "UTC+0530"
    [event] = events(found)
    assert event["DTSTART"].to_ical() == b"20250724T120000"
    assert event["DTSTART"].params["TZID"] == "UTC+0530"


def test_utc_needs_no_zone_and_whole_days_are_dates() -> None:
    found = read_back("Vacation from July 30 to August 8; call tomorrow at 3pm UTC")
    assert not found.walk("VTIMEZONE")
    days, call = events(found)
    assert days["DTSTART"].to_ical() == b"20250730"
    assert days["DTEND"].to_ical() == b"20250809"
    assert call["DTSTART"].to_ical() == b"20250724T150000Z"


def test_people_and_words_cannot_break_out_of_their_line() -> None:
    nasty = ALICE | {"user_name": 'Al"ice;\r\nX-EVIL:1'}
    found = read_back(
        "Meeting called 'a, b; c' tomorrow at 3pm", location="Room\r\nATTENDEE:x", user_mentions=[nasty]
    )
    [event] = events(found)
    assert str(event["SUMMARY"]) == "a, b; c"
    assert str(event["LOCATION"]).splitlines() == ["Room", "ATTENDEE:x"]
    assert "X-EVIL" not in event
    assert str(event["ATTENDEE"]) == "mailto:alice@example.com"


def test_every_event_has_an_id_of_its_own() -> None:
    found = read_back("Lunch tomorrow at noon and dinner at 7pm")
    assert len({str(event["UID"]) for event in events(found)}) == 2
