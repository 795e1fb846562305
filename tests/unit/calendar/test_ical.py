"""iCalendar: what a calendar program reads back out of it."""

from __future__ import annotations

from typing import Any

import icalendar
import pytest

from orchestrator.calendar.events import event_of
from orchestrator.calendar.grammar.reader import understand
from orchestrator.calendar.ical import calendar
from tests.unit.calendar.desk import Desk
from tests.unit.calendar.world import ALICE, request


def read_back(words: str, **more: Any) -> icalendar.Calendar:
    asked = request(words, **more)
    events = [event_of(booking, asked, ("test",)) for booking in understand(asked).bookings]
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


@pytest.mark.parametrize("address", ["a@b\r\nATTENDEE:x", "a@b\nX-EVIL:1", "a@b\x07", "a@b\rc", "a b@c"])
def test_an_address_that_is_none_costs_nobody_the_answer(address: str) -> None:
    nasty = ALICE | {"user_email": address}
    [event] = events(read_back("Lunch tomorrow at noon", user_mentions=[nasty]))
    assert str(event["SUMMARY"]) == "Lunch"
    assert "ATTENDEE" not in event


def test_no_line_has_a_control_character_or_more_than_75_bytes() -> None:
    nasty = ALICE | {"user_name": "Al\x07\rice\x1b"}
    text, place = "Book 'A\rBEGIN:VEVENT\x07' tomorrow at noon", "x\ry\x0b" + "é😀" * 99
    made = calendar(Desk().send(text, location=place, user_mentions=[nasty]).events)
    lines = made.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert not [line for line in lines if any(byte < 32 and byte != 9 for byte in line)]
    assert made.count(b"\r\nBEGIN:VEVENT\r\n") == 1


def test_the_times_of_a_series_are_single_events_for_who_asked_what_is_there() -> None:
    desk = Desk()
    desk.send("Standup every day at 9am")
    shown = desk.send("What do I have next week?").events
    found = events(icalendar.Calendar.from_ical(calendar(shown, single=True)))
    assert len(found) == 7
    assert len({str(event["UID"]) for event in found}) == 1
    assert [event["RECURRENCE-ID"].to_ical() for event in found] == [e["DTSTART"].to_ical() for e in found]
    assert not [event for event in found if "RRULE" in event]


@pytest.mark.parametrize("words", ["Dinner in 7960 years at 7pm", "Dinner in 7900 years at 7pm"])
def test_events_at_the_end_of_time_have_a_zone(words: str) -> None:
    assert read_back(words, timezone="America/New_York").walk("VTIMEZONE")


def test_a_rule_that_is_none_is_left_out() -> None:
    [standup] = Desk().send("Standup every day at 9am").events
    odd = standup.model_copy(update={"recurrence": "every now and then"})
    [event] = events(icalendar.Calendar.from_ical(calendar([odd])))
    assert "RRULE" not in event


def test_every_event_has_an_id_of_its_own() -> None:
    found = read_back("Lunch tomorrow at noon and dinner at 7pm")
    assert len({str(event["UID"]) for event in events(found)}) == 2
