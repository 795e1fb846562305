"""New events beside one of the same name: which are asked about, and what a look at the calendar may cost."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime

import pytest

from orchestrator.calendar.models import BOOKED
from orchestrator.calendar.ports import StoredEvent
from orchestrator.errors import VendorBusy
from tests.fakes.event_store import MemoryEvents
from tests.unit.calendar.desk import TENANT, Desk, asking, spans


def beside(title: str) -> Desk:
    desk = asking(spans({"title": title, "date": "Friday", "time": "9am"}))
    desk.send(f"{title} Friday 9am")
    return Desk(store=desk.store)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("🎂", "Remove stitches on Monday at 9am"),
        ("🎂", "Move house on Monday at 9am"),
        ("House", "Move house on Monday at 9am"),
        ("Alarm", "Set alarm on Monday at 9am"),
        ("Oil", "Change oil on Monday at 9am"),
        ("Invoice", "Delete old invoice files on Monday at 9am"),
        ("Lunch", "Make lunch on Monday at noon"),
        ("Dentist", "Remind me to reschedule the dentist on Monday at 9am"),
        ("Gym", "Don't forget to move the gym bag on Monday at 9am"),
        ("Website review", "Update the website on Monday at 9am"),
        ("Sofa", "Tim wants to move the sofa on Monday at 9am"),
    ],
)
def test_chores_and_reminders_are_booked_beside_what_shares_their_words(title: str, text: str) -> None:
    assert beside(title).send(text).response_text == BOOKED


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("Oil", "Change the oil on Monday at 9am"),
        ("Yoga", "Prepone yoga on Monday at 9am"),
        ("Dentist", "Remove dentist Monday 9am"),
        ("Haircut", "Slide the haircut to 11:30am"),
        ("Wine tasting", "Adjust the wine tasting to 6:30pm"),
        ("Haircut", "Turns out the haircut is at noon"),
        ("Dentist", "I got the time wrong, the dentist is at 11am"),
        ("Dentist", "The dentist called, they need to move me to Friday at 9am"),
        ("Meeting with Omar", "Omar asked to push our meeting to 4pm"),
        ("Meeting with Omar", "Omar needs to reschedule to Monday at 10am"),
    ],
)
def test_what_changes_an_event_that_is_there_is_asked_about(title: str, text: str) -> None:
    desk = beside(title)
    assert (desk.send(text).status, len(desk.rows)) == ("needs_clarification", 1)


def test_an_event_that_an_earlier_try_has_written_is_not_in_its_own_way() -> None:
    both = spans(
        {"title": "Off yoga", "date": "Friday", "time": "9am"},
        {"title": "Yoga", "date": "Monday", "time": "9am"},
    )
    desk = asking(both, both)
    desk.store.failures.append(VendorBusy("supabase", "busy"))
    text = "Off yoga on Friday at 9am, yoga on Monday at 9am"
    assert desk.send(text, key="k").status == "partial"
    assert desk.send(text, key="k").status == "success"
    assert sorted(row.title for row in desk.rows) == ["Off yoga", "Yoga"]


class Unread(MemoryEvents):
    """A table whose reads give no answer in time; `until` are the moments they were given."""

    until: list[float]

    async def between(
        self, user_id: str, since: datetime, until: datetime, *, deadline: float
    ) -> Sequence[StoredEvent]:
        self.until.append(deadline - asyncio.get_running_loop().time())
        raise VendorBusy("supabase", "busy")


def test_a_table_that_cannot_be_read_is_looked_at_once_and_the_event_is_booked() -> None:
    store = Unread(tenant=TENANT)
    store.until = []
    answer = Desk(store=store).send("Update website on Monday at 9am")
    assert (answer.status, len(store.rows)) == ("success", 1)
    assert any("could not be read" in warning for warning in answer.warnings)
    assert [round(seconds) for seconds in store.until] == [5]


def test_both_looks_share_one_time_limit() -> None:
    class Slow(MemoryEvents):
        limits: list[float]

        async def between(
            self, user_id: str, since: datetime, until: datetime, *, deadline: float
        ) -> Sequence[StoredEvent]:
            self.limits.append(deadline)
            await asyncio.sleep(0.2)
            return await super().between(user_id, since, until, deadline=deadline)

    store = Slow(tenant=TENANT)
    store.limits = []
    Desk(store=store).send("Update website on Monday at 9am")
    first, second = store.limits
    assert abs(second - first) < 0.1
