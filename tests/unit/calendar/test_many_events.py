"""Calendars with more in them than one answer holds."""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from orchestrator.calendar.changing import MOST_SHOWN
from orchestrator.calendar.conflicts import MOST_NAMED
from tests.unit.calendar.desk import Desk

MIDNIGHT = datetime(2025, 7, 24, tzinfo=UTC)
HALF = timedelta(minutes=30)


def full(count: int, *, daily: bool = False) -> Desk:
    """A desk with `count` half hours, one after the other."""
    desk = Desk()
    desk.send("Call tomorrow at noon UTC")
    [(owner, row)] = desk.store.rows
    rule = "FREQ=DAILY" if daily else None
    slots = [MIDNIGHT + index * HALF for index in range(count)]
    desk.store.rows[:] = [
        (owner, replace(row, id=str(index), start=slot, end=slot + HALF, recurrence=rule, external_id=None))
        for index, slot in enumerate(slots)
    ]
    return desk


def test_a_question_without_a_day_is_answered_with_the_first_events_and_says_so() -> None:
    answer = full(40, daily=True).send("What do I have?")
    assert (answer.status, len(answer.events)) == ("success", MOST_SHOWN)
    assert "later ones are left out. Name a day, or a shorter time." in answer.warnings[-1]
    assert len(answer.model_dump_json()) < 200_000


def test_of_thousands_that_are_met_the_first_are_named_in_little_time() -> None:
    desk = full(5000)
    begun = time.process_time()
    answer = desk.send("Retreat from tomorrow 9am to October 30 5pm")
    assert time.process_time() - begun < 2
    assert [len(report.with_events) for report in answer.conflicts] == [MOST_NAMED]
