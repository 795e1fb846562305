"""Booking: what is written, what is said about it, and that each event succeeds or fails alone."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from orchestrator.calendar.booking import AT_ONCE
from orchestrator.calendar.models import BOOKED, Event
from orchestrator.calendar.ports import Written
from orchestrator.errors import NotConfigured, VendorBusy, VendorError
from tests.fakes.event_store import MemoryEvents
from tests.unit.calendar.desk import Desk, asking, spans
from tests.unit.calendar.world import ALICE, BOB

TWO = "Lunch tomorrow at noon and dinner at 7pm"


def test_a_success_is_answered_to_the_byte_as_documented() -> None:
    answer = Desk().answer("Schedule 'Invoice Approval Test' for July 23rd at 6:30 PM UTC for 1 hour.")
    assert answer.failure is None
    body = answer.response.model_dump(mode="json")
    assert body["response_text"] == "Event is updated in respected calendars successfully!"
    assert body["supabase_results"] == {
        "total_events": 1,
        "successful": 1,
        "failed": 0,
        "results": [
            {
                "success": True,
                "status_code": 201,
                "event_title": "Invoice Approval Test",
                "data": None,
                "error": None,
            }
        ],
    }
    assert (body["status"], body["error"], body["operation"]) == ("success", None, "create")
    assert body["events"][0]["start_time"] == "2025-07-23T18:30:00+00:00"


def test_one_of_two_that_fails_leaves_the_other_booked_and_is_named() -> None:
    desk = Desk(store=MemoryEvents(failures=[VendorBusy("supabase", "too many (429)")]))
    answer = desk.answer(TWO)
    assert answer.failure is None
    response = answer.response
    assert (response.status, response.error) == ("partial", "supabase: too many (429)")
    assert [event.title for event in response.events] == ["Dinner"]
    assert [result.success for result in response.supabase_results.results] == [False, True]
    assert response.supabase_results.results[0].status_code == 503
    assert response.response_text == (
        "Booked: Dinner: Thursday, July 24, 2025, 19:00 to 20:00 (UTC)."
        " Not booked: 'Lunch' (supabase: too many (429))."
    )


def test_when_nothing_was_booked_the_failure_comes_along() -> None:
    failures = [VendorError("supabase", "no such table (404)"), VendorBusy("supabase", "busy (503)")]
    answer = Desk(store=MemoryEvents(failures=[*failures])).answer(TWO)
    assert answer.failure is failures[0]
    assert (answer.response.status, answer.response.events) == ("error", [])
    assert answer.response.supabase_results.failed == 2


def test_an_event_that_cannot_be_is_refused_alone() -> None:
    text = "Interview tomorrow from 5pm to 3pm; dentist on Monday at 8am"
    answer = Desk().send(text)
    assert answer.status == "partial"
    first, second = answer.supabase_results.results
    assert (first.success, first.status_code, first.event_title) == (False, 422, "Interview")
    assert "before it starts" in first.error
    assert (second.success, second.status_code) == (True, 201)


def test_one_open_question_holds_back_the_whole_text() -> None:
    desk = Desk()
    answer = desk.send("Dentist on Monday at 8am; lunch with Ann on Friday")
    assert (answer.status, answer.error, answer.events) == ("needs_clarification", None, [])
    assert answer.supabase_results.total_events == 0
    assert [question.event for question in answer.clarifications] == [1]
    assert answer.response_text.startswith("Nothing was booked yet. ")
    assert desk.rows == []


def test_a_preview_shows_everything_and_writes_nothing() -> None:
    desk = Desk()
    answer = desk.send(TWO, dry_run=True)
    assert (answer.status, answer.dry_run, len(answer.events), desk.rows) == ("success", True, 2, [])
    assert answer.response_text == (
        "Nothing was written; this is what would be done. Booked: Lunch: Thursday, July 24, 2025,"
        " 12:00 to 13:00 (UTC); Dinner: Thursday, July 24, 2025, 19:00 to 20:00 (UTC)."
    )


def test_what_meets_another_event_is_booked_and_reported_with_free_times() -> None:
    desk = Desk()
    desk.send("Standup tomorrow at noon")
    answer = desk.send("Lunch tomorrow at 12:30")
    assert (answer.response_text, len(desk.rows)) == (BOOKED, 2)
    [conflict] = answer.conflicts
    assert (conflict.event, conflict.with_events, len(conflict.alternatives)) == (0, ["Standup"], 3)


def test_what_meets_another_event_is_refused_if_that_is_asked_for() -> None:
    desk = Desk()
    desk.send("Standup tomorrow at noon")
    answer = desk.answer("Lunch tomorrow at 12:30", on_conflict="reject")
    assert answer.failure is not None
    assert answer.failure.error_type == "Conflict"
    assert [result.status_code for result in answer.response.supabase_results.results] == [409]
    assert len(answer.response.conflicts[0].alternatives) == 3
    assert len(desk.rows) == 1


def test_two_events_of_one_text_are_in_each_others_way() -> None:
    answer = Desk().send("Lunch tomorrow at noon and call Bob at 12:30pm", on_conflict="reject")
    assert (answer.status, [event.title for event in answer.events]) == ("partial", ["Lunch"])
    assert answer.conflicts[0].with_events == ["Lunch"]


def test_every_time_of_a_series_that_is_there_already_is_in_the_way() -> None:
    desk = Desk()
    desk.send("Standup every weekday at 9am for 15 minutes")
    [conflict] = desk.send("Dentist next Wednesday at 9am").conflicts
    assert conflict.with_events == ["Standup"]
    assert desk.send("Gym next Saturday at 9am").conflicts == []


@pytest.mark.parametrize("down", [VendorBusy("supabase", "busy"), NotConfigured("SUPABASE_URL is not set")])
def test_a_table_that_cannot_be_read_is_a_warning(down: Any) -> None:
    answer = Desk(store=MemoryEvents(down=down)).send("Lunch tomorrow at noon")
    assert (answer.status, answer.response_text) == ("success", BOOKED)
    assert "whether anything is in the way is not known" in answer.warnings[-1]


def test_what_a_table_could_not_hold_is_said() -> None:
    class Narrow(MemoryEvents):
        async def insert(self, event: Event, *, owner: str, deadline: float) -> Written:
            written = await super().insert(event, owner=owner, deadline=deadline)
            return Written(written.status, warnings=("The table has no column for timezone.",))

    assert Desk(store=Narrow()).send(TWO).warnings[-1:] == ["The table has no column for timezone."]


def test_every_participant_gets_a_row_if_that_is_asked_for() -> None:
    desk = Desk()
    people = [ALICE, BOB]
    answer = desk.send("Review with @Alice tomorrow at noon", user_mentions=people, fanout="participants")
    assert [user for (_, user), _ in desk.store.rows] == ["user-123", "user-456", "user-789"]
    results = answer.supabase_results.model_dump(mode="json")["results"]
    assert [result["user_id"] for result in results] == ["user-123", "user-456", "user-789"]
    assert (answer.supabase_results.total_events, len(answer.events)) == (3, 1)
    assert len({row.external_id for row in desk.rows}) == 1


def test_the_row_of_one_participant_can_fail_alone() -> None:
    desk = Desk(store=MemoryEvents(failures=[VendorBusy("supabase", "busy")]))
    answer = desk.send("Review tomorrow at noon", user_mentions=[ALICE], fanout="participants")
    assert (answer.status, len(answer.events), len(desk.rows)) == ("partial", 1, 1)
    assert answer.supabase_results.failed == 1


class Counting(MemoryEvents):
    now = most = 0

    async def insert(self, event: Event, *, owner: str, deadline: float) -> Written:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0)
        self.now -= 1
        return await super().insert(event, owner=owner, deadline=deadline)


def test_no_more_than_five_rows_are_written_at_once() -> None:
    text = " ".join(f"'Talk {number}' tomorrow at {number}:00." for number in range(10, 22))
    words = [
        {"title": f"Talk {number}", "date": "tomorrow", "time": f"{number}:00"} for number in range(10, 22)
    ]
    desk = asking(spans(*words))
    desk.store = Counting()
    assert desk.send(text).supabase_results.successful == 12
    assert desk.store.most == AT_ONCE


def test_the_same_request_sent_twice_is_booked_twice_and_meets_itself() -> None:
    desk = Desk()
    first, again = (desk.send(TWO) for _ in range(2))
    assert (first.conflicts, again.status, len(desk.rows)) == ([], "success", 4)
    assert [found.with_events for found in again.conflicts] == [["Lunch"], ["Dinner"]]
    assert len({row.external_id for row in desk.rows}) == 4


def test_two_equal_events_of_one_text_are_two() -> None:
    words = {"title": "Standup", "date": "tomorrow", "time": "noon"}
    desk = asking(spans(words, words))
    answer = desk.send("Standup tomorrow at noon. Standup tomorrow at noon.", key="k")
    assert (answer.status, len(answer.events), len(desk.rows)) == ("success", 2, 2)
    assert len({row.external_id for row in desk.rows}) == 2


def test_malformed_addresses_are_warnings() -> None:
    assert "user_email is no e-mail address." in Desk().send(TWO, user_email="nobody").warnings
