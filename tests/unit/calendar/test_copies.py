"""An event in several calendars: who has it, whose rows a change reaches, and what is said of the others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from orchestrator.calendar.booking import AT_ONCE
from orchestrator.calendar.models import CalendarResponse
from orchestrator.calendar.ports import Copy, Written
from orchestrator.errors import VendorBusy
from tests.fakes.event_store import MemoryEvents
from tests.unit.calendar.desk import TENANT, Desk, asking, spans
from tests.unit.calendar.world import ALICE, BOB

EVERYBODY = ["user-123", "user-456", "user-789"]
LEFT = (
    "'Review' is in 2 other calendars as well and stays there as it was:"
    ' with "fanout": "participants" it is changed in all of them.'
)
BUSY = VendorBusy("supabase", "busy")


class Counting(MemoryEvents):
    """Counts how often copies are asked for, and how many rows are changed at once."""

    asked = now = most = 0

    async def copies(self, external_id: str, *, deadline: float) -> Sequence[Copy]:
        self.asked += 1
        return await super().copies(external_id, deadline=deadline)

    async def remove(self, user_id: str, event_id: str, *, deadline: float) -> Written:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        return await super().remove(user_id, event_id, deadline=deadline)


def shared(*people: dict[str, str], store: MemoryEvents | None = None) -> Desk:
    """A desk with a review tomorrow at noon in the calendars of the asker and of `people`."""
    desk = Desk(store=store or Counting(tenant=TENANT))
    mentions = list(people or (ALICE, BOB))
    desk.send("Review tomorrow at noon", user_mentions=mentions, fanout="participants")
    return desk


def everybody(desk: Desk, text: str, **more: Any) -> CalendarResponse:
    return desk.send(text, fanout="participants", **more)


def hours(desk: Desk) -> dict[str, str]:
    return {user: f"{row.start:%H:%M}-{row.end:%H:%M}" for (_, user), row in desk.store.rows}


def warned(answer: CalendarResponse) -> list[str]:
    """What else is warned of than the lack of a model."""
    return answer.warnings[1:]


def outcomes(answer: CalendarResponse) -> list[tuple[str | None, bool]]:
    return [(result.user_id, result.success) for result in answer.supabase_results.results]


def test_a_move_for_all_moves_every_row_and_names_each() -> None:
    desk = shared()
    answer = everybody(desk, "Move the review to 3pm tomorrow")
    assert hours(desk) == dict.fromkeys(EVERYBODY, "15:00-16:00")
    assert outcomes(answer) == [("user-456", True), ("user-789", True), ("user-123", True)]
    assert (answer.status, warned(answer), len(answer.events)) == ("success", [], 1)
    assert answer.response_text == "Moved: Review: Thursday, July 24, 2025, 15:00 to 16:00 (UTC)."


def test_a_cancellation_for_all_leaves_nobody_a_row() -> None:
    desk = shared()
    answer = everybody(desk, "Cancel the review")
    assert (answer.status, answer.supabase_results.total_events, desk.rows) == ("success", 3, [])


def test_whoever_takes_part_may_change_it_for_all() -> None:
    desk = shared()
    assert everybody(desk, "Cancel the review", user_id="user-789").status == "success"
    assert desk.rows == []


def test_by_default_one_row_is_changed_and_the_others_are_named() -> None:
    desk = shared()
    moved = desk.send("Move the review to 3pm tomorrow")
    assert hours(desk) == {"user-123": "15:00-16:00", "user-456": "12:00-13:00", "user-789": "12:00-13:00"}
    assert (warned(moved), outcomes(moved)) == ([LEFT], [(None, True)])
    cancelled = desk.send("Cancel the review")
    assert (cancelled.status, warned(cancelled), len(desk.rows)) == ("success", [LEFT], 2)


def test_a_preview_says_who_else_has_it_and_changes_nothing() -> None:
    desk = shared()
    assert warned(desk.send("Cancel the review", dry_run=True)) == [LEFT]
    assert warned(everybody(desk, "Cancel the review", dry_run=True)) == []
    assert len(desk.rows) == 3


def test_one_that_fails_leaves_the_askers_row_to_find_it_by_and_the_rest_can_be_done_later() -> None:
    desk = shared()
    desk.store.failures = [BUSY]
    text = "Push the review back by 30 minutes"
    first = everybody(desk, text, key="k")
    assert (first.status, first.error) == ("partial", "supabase: busy")
    assert outcomes(first) == [("user-456", False), ("user-789", True), ("user-123", False)]
    assert [result.status_code for result in first.supabase_results.results] == [503, 200, 424]
    assert first.response_text.endswith("Not moved in every calendar: 'Review' (supabase: busy).")
    assert "send this change again" in warned(first)[0]
    again = desk.answer(text, key="k", fanout="participants")
    assert (again.replayed, again.response.status) == (False, "success")
    assert hours(desk) == dict.fromkeys(EVERYBODY, "12:30-13:30")


@pytest.mark.parametrize(("doubtful", "replayed"), [(False, False), (True, True)])
def test_if_only_the_askers_row_fails_it_can_be_changed_later_unless_it_may_have_been(
    doubtful: bool, replayed: bool
) -> None:
    class Held(Counting):
        held = True

        async def move(
            self, user_id: str, event_id: str, start: datetime, end: datetime, *, deadline: float
        ) -> Written:
            if self.held and user_id == "user-123":
                return Written(503, failure=BUSY, doubtful=doubtful)
            return await super().move(user_id, event_id, start, end, deadline=deadline)

    store = Held(tenant=TENANT)
    desk, text = shared(store=store), "Push the review back by 30 minutes"
    assert desk.answer(text, key="k", fanout="participants").response.status == "partial"
    store.held = False
    again = desk.answer(text, key="k", fanout="participants")
    assert (again.replayed, again.response.status) == (replayed, "partial" if replayed else "success")
    mine = "12:00-13:00" if replayed else "12:30-13:30"
    assert hours(desk) == dict.fromkeys(EVERYBODY, "12:30-13:30") | {"user-123": mine}


def test_a_cancellation_that_failed_for_one_can_be_sent_again() -> None:
    desk = shared()
    desk.store.failures = [BUSY]
    assert everybody(desk, "Cancel the review").status == "partial"
    assert [user for (_, user), _ in desk.store.rows] == ["user-123", "user-456"]
    assert everybody(desk, "Cancel the review").status == "success"
    assert desk.rows == []


def test_a_row_that_was_moved_alone_comes_to_the_time_of_all() -> None:
    desk = shared()
    desk.send("Push the review back by 30 minutes", user_id="user-456")
    everybody(desk, "Push the review back by 30 minutes")
    assert hours(desk) == dict.fromkeys(EVERYBODY, "12:30-13:30")


def test_a_row_that_vanishes_meanwhile_keeps_nobody_elses_from_moving() -> None:
    class Fleeting(MemoryEvents):
        async def copies(self, external_id: str, *, deadline: float) -> Sequence[Copy]:
            return [*await super().copies(external_id, deadline=deadline), Copy("gone", "user-999")]

    desk = shared(store=Fleeting(tenant=TENANT))
    answer = desk.answer("Cancel the review", fanout="participants")
    assert (answer.response.status, answer.final, desk.rows) == ("partial", True, [])
    assert outcomes(answer.response)[-2:] == [("user-999", False), ("user-123", True)]


def test_when_no_row_could_be_changed_it_is_an_error() -> None:
    desk = shared()
    desk.store.failures = [BUSY, BUSY]
    answer = desk.answer("Cancel the review", fanout="participants")
    assert (answer.response.status, answer.failure, len(desk.rows)) == ("error", BUSY, 3)


def test_no_more_than_five_rows_are_changed_at_once() -> None:
    desk = shared(*({"user_id": f"user-{number}"} for number in range(12)))
    assert everybody(desk, "Cancel the review").supabase_results.successful == 13
    assert desk.store.most == AT_ONCE


def test_an_event_of_ones_own_is_looked_for_nowhere_else() -> None:
    desk = Desk(store=Counting(tenant=TENANT))
    desk.send("Review tomorrow at noon", fanout="participants")
    assert warned(everybody(desk, "Move the review to 3pm tomorrow")) == []
    assert outcomes(everybody(desk, "Cancel the review")) == [("user-123", True)]
    assert desk.store.asked == 0


@pytest.mark.parametrize("made_by_others", [None, "1"])
def test_an_event_without_an_id_of_ours_is_looked_for_nowhere_else(made_by_others: str | None) -> None:
    desk = shared()
    desk.store.rows[:] = [(whose, replace(row, external_id=made_by_others)) for whose, row in desk.store.rows]
    assert everybody(desk, "Cancel the review").supabase_results.total_events == 1
    assert (desk.store.asked, len(desk.rows)) == (0, 2)


def test_rows_of_another_tenant_are_neither_changed_nor_counted() -> None:
    desk = shared(ALICE)
    theirs = (("globex", "user-789"), desk.rows[0])
    desk.store.rows.append(theirs)
    [warning] = warned(desk.send("Move the review to 3pm tomorrow"))
    assert warning.startswith("'Review' is in 1 other calendar as well")
    everybody(desk, "Cancel the review")
    assert desk.store.rows == [theirs]


class Unread(MemoryEvents):
    """A table that does not say whose rows there are."""

    async def copies(self, external_id: str, *, deadline: float) -> Sequence[Copy]:
        raise BUSY


def test_if_the_others_cannot_be_found_out_nothing_is_changed_for_all_and_ones_own_is_with_a_warning() -> (
    None
):
    desk = shared(store=Unread(tenant=TENANT))
    with pytest.raises(VendorBusy):
        everybody(desk, "Cancel the review")
    assert len(desk.rows) == 3
    answer = desk.send("Cancel the review")
    assert (answer.status, len(desk.rows)) == ("success", 2)
    assert warned(answer) == [
        "Whether 'Review' is in other calendars as well is not known: only yours is changed."
    ]


def test_what_is_only_warned_of_is_looked_up_at_once_and_by_one_time() -> None:
    class Slow(MemoryEvents):
        together = asyncio.Barrier(2)

        async def copies(self, external_id: str, *, deadline: float) -> Sequence[Copy]:
            async with asyncio.timeout(1):
                await self.together.wait()
            seen.add(deadline)
            return await super().copies(external_id, deadline=deadline)

    seen = set[float]()
    desk = Desk(store=Slow(tenant=TENANT))
    text = "Review tomorrow at noon and checkup tomorrow at 3pm"
    desk.send(text, user_mentions=[ALICE], fanout="participants")
    both = spans({"operation": "cancel", "title": "review"}, {"operation": "cancel", "title": "checkup"})
    answer = replace(asking(both), store=desk.store).send("Cancel the review and the checkup")
    assert (answer.status, len(answer.warnings), len(seen)) == ("success", 2, 1)
