"""`Idempotency-Key`: a success is replayed, what failed or was partly done can be sent again."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.calendar import once
from orchestrator.calendar.models import Event
from orchestrator.calendar.ports import Written
from orchestrator.errors import KeyReused, VendorBusy
from orchestrator.idempotency import Claim
from tests.fakes.event_store import MemoryEvents
from tests.fakes.idempotency import MemoryIdempotency
from tests.unit.calendar.desk import TENANT, Desk, asking, spans


class FailingInserts(MemoryEvents):
    """A table into which nothing can be put."""

    def __init__(self, rows: list[Any]) -> None:
        super().__init__(tenant=TENANT, rows=rows)

    async def insert(self, event: Event, *, owner: str, deadline: float) -> Written:
        return Written(503, failure=VendorBusy("supabase", "busy"))


TWO = "Lunch tomorrow at noon and dinner at 7pm"


def test_a_success_is_answered_again_and_nothing_is_done() -> None:
    desk = Desk()
    first = desk.answer(TWO, key="k")
    again = desk.answer(TWO, key="k")
    assert (first.replayed, again.replayed) == (False, True)
    assert again.response == first.response
    assert desk.store.writes == 2


def test_a_key_stands_for_one_request() -> None:
    desk = Desk()
    desk.answer(TWO, key="k")
    with pytest.raises(KeyReused):
        desk.answer("Lunch tomorrow at 1pm", key="k")


def test_without_a_key_nothing_is_kept() -> None:
    desk = Desk()
    desk.answer(TWO)
    assert desk.keys.records == {}


def test_what_was_partly_done_is_finished_by_sending_it_again() -> None:
    desk = Desk(store=MemoryEvents(failures=[VendorBusy("supabase", "busy")]))
    assert desk.send(TWO, key="k").status == "partial"
    again = desk.send(TWO, key="k")
    assert (again.status, again.conflicts) == ("success", [])
    assert sorted(row.title for row in desk.rows) == ["Dinner", "Lunch"]


def test_another_text_under_a_key_whose_record_is_gone_is_booked_as_well() -> None:
    desk = Desk(store=MemoryEvents(failures=[VendorBusy("supabase", "busy")]))
    assert desk.send(TWO, key="k").status == "partial"
    assert desk.send("Breakfast tomorrow at 8am and tea at 4pm", key="k").status == "success"
    assert sorted(row.title for row in desk.rows) == ["Breakfast", "Dinner", "Tea"]


def test_what_was_refused_can_be_booked_under_its_key_and_the_rest_is_not_booked_twice() -> None:
    desk = Desk()
    desk.send("Tea with Bob tomorrow at 7pm")
    refused = desk.send(TWO, key="k", on_conflict="reject")
    assert (refused.status, len(desk.rows)) == ("partial", 2)
    again = desk.send(TWO, key="k", on_conflict="book", user_mentions=[], fanout="participants")
    assert again.status == "success"
    assert sorted(row.title for row in desk.rows) == ["Dinner", "Lunch", "Tea with Bob"]


def test_a_model_that_changes_its_mind_doubles_no_row() -> None:
    words = {"date": "tomorrow", "time": "noon"}
    desk = asking(spans({"title": "Lunch", **words}), spans({"title": "Lunch with Anna", **words}))
    desk.store.failures = []
    first = desk.send("Lunch with Anna tomorrow at noon", key="k")
    desk.keys.records.clear()  # the process died before it could keep its answer
    again = desk.send("Lunch with Anna tomorrow at noon", key="k")
    assert [event.external_id for event in first.events] == [event.external_id for event in again.events]
    assert [row.title for row in desk.rows] == ["Lunch"]


@pytest.mark.parametrize("text", ["Lunch with Anna tomorrow", "Cancel the dentist"])
def test_a_question_is_no_answer_that_is_kept(text: str) -> None:
    desk = Desk()
    assert desk.send(text, key="k").status == "needs_clarification"
    assert desk.keys.records == {}


def test_a_preview_does_not_use_the_key_up() -> None:
    desk = Desk()
    desk.answer(TWO, key="k", dry_run=True)
    assert desk.answer(TWO, key="k").replayed is False
    assert len(desk.rows) == 2


def test_an_error_frees_the_key() -> None:
    desk = Desk(store=MemoryEvents(down=VendorBusy("supabase", "busy")))
    with pytest.raises(VendorBusy):
        desk.answer("What do I have tomorrow?", key="k")
    assert desk.keys.records == {}


def test_what_was_moved_in_part_is_not_moved_again() -> None:
    desk = Desk()
    desk.send("Lunch tomorrow at noon")
    words = spans(
        {"operation": "reschedule", "title": "Lunch", "shift": "back by 30 minutes"},
        {"title": "Dinner", "date": "tomorrow", "time": "7pm"},
    )
    both = replace(asking(words, words), store=FailingInserts(desk.store.rows))
    text = "Push Lunch back by 30 minutes and book Dinner tomorrow at 7pm"
    first, again = both.answer(text, key="k"), both.answer(text, key="k")
    assert first.response.status == "partial"
    assert (again.replayed, again.response) == (True, first.response)
    assert [f"{row.start:%H:%M}" for row in both.rows] == ["12:30"]


class Stuck(MemoryIdempotency):
    """Keys that can be claimed; after that nothing answers."""

    async def complete(self, claim: Claim, response: Mapping[str, Any] | None, now: float) -> None:
        await asyncio.Event().wait()

    async def release(self, claim: Claim) -> None:
        await asyncio.Event().wait()


@pytest.mark.parametrize(
    ("text", "status"), [(TWO, "success"), ("Cancel the dentist", "needs_clarification")]
)
def test_an_answer_does_not_wait_for_its_key(text: str, status: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(once, "KEEPING", 0.01)
    assert Desk(keys=Stuck()).send(text, key="k").status == status
