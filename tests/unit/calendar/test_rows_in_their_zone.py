"""Rows in the zone they are kept in, or their user is in, also over a change of the clocks."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tests.unit.calendar.desk import Desk

NEW_YORK = {"timestamp": "2025-07-23T10:00:00-04:00", "timezone": "America/New_York"}
BERLIN = {"timestamp": "2025-10-19T10:00:00+02:00", "timezone": "Europe/Berlin"}


def kept(title: str, start: str, end: str) -> Desk:
    """A desk with one row, in no zone."""
    desk = Desk()
    desk.send("Lunch tomorrow at noon")
    [(owner, row)] = desk.store.rows
    moments = {"start": datetime.fromisoformat(start), "end": datetime.fromisoformat(end)}
    desk.store.rows[0] = (owner, replace(row, title=title, zone=None, **moments))
    return desk


def test_a_row_without_a_zone_is_where_its_user_is() -> None:
    desk = kept("Dinner", "2025-07-25T01:00:00+00:00", "2025-07-25T02:00:00+00:00")
    shown = desk.send("What do I have tomorrow?", **NEW_YORK).events
    assert [event.start_time.isoformat() for event in shown] == ["2025-07-24T21:00:00-04:00"]
    [event] = desk.send("Move dinner to 8pm", **NEW_YORK).events
    assert event.start_time.isoformat() == "2025-07-24T20:00:00-04:00"


def test_a_row_without_a_zone_keeps_its_users_hour_when_the_clocks_change() -> None:
    desk = kept("Dinner", "2025-10-20T17:00:00+00:00", "2025-10-20T18:00:00+00:00")
    [event] = desk.send("Move dinner to October 28", **BERLIN).events
    assert event.start_time.isoformat() == "2025-10-28T19:00:00+01:00"


@pytest.mark.parametrize("text", ["Move vacation to October 26", "Push vacation back by 6 days"])
def test_whole_days_stay_whole_on_the_day_of_25_hours(text: str) -> None:
    desk = Desk()
    desk.send("Vacation on October 20", **BERLIN)
    [event] = desk.send(text, **BERLIN).events
    assert event.start_time.isoformat() == "2025-10-26T00:00:00+02:00"
    assert event.end_time.isoformat() == "2025-10-27T00:00:00+01:00"


def test_a_shift_by_days_keeps_the_hour_and_one_by_hours_counts_them() -> None:
    desk = Desk()
    desk.send("Dentist on October 25 at 9am", **BERLIN)
    [event] = desk.send("Push the dentist back by 2 days", **BERLIN).events
    assert event.start_time.isoformat() == "2025-10-27T09:00:00+01:00"
    [event] = desk.send("Push the dentist forward by 36 hours", **BERLIN).events
    assert event.start_time.isoformat() == "2025-10-25T22:00:00+02:00"


def test_a_shift_beyond_every_calendar_is_asked_about() -> None:
    desk = Desk()
    desk.send("Dentist on Monday at 8am")
    assert desk.send("Push the dentist back by 999999 weeks").status == "needs_clarification"
