"""The document's own requests and the fields of its answer."""

from __future__ import annotations

import json

import pytest
from pydantic import ValidationError

from orchestrator.calendar.events import address_warnings, event_of, external_id
from orchestrator.calendar.grammar.reader import understand
from orchestrator.calendar.models import (
    BOOKED,
    CalendarRequest,
    CalendarResponse,
    InsertResult,
    SupabaseResults,
)
from orchestrator.calendar.service import Asked
from tests.unit.calendar.world import ALICE, request

DOCUMENTED = {
    "content": "Schedule a meeting called 'Invoice Approval Test' for July 23rd at 6:30 PM UTC for 1 hour.",
    "user_id": "910457a9-96e9-4c5e-b995-30e454d06018",
    "user_name": "Lalit",
    "user_email": "lalit.hyperbots@gmail.com",
    "user_mentions": [
        {
            "user_id": "910457a9-96e9-4c5e-b995-30e454d06019",
            "user_name": "Charan",
            "user_email": "charan.hyperbots@gmail.com",
        }
    ],
    "timestamp": "2025-07-23T18:30:00+00:00",
    "location": "4309 Hacienda Dr SUITE 110 PLEASANTON CA United States 94588-2768",
}


def test_the_documented_request_becomes_the_documented_event() -> None:
    asked = CalendarRequest.model_validate(DOCUMENTED)
    [booking] = understand(asked).bookings
    event = json.loads(event_of(booking, asked, ()).model_dump_json())
    wanted = {
        "title": "Invoice Approval Test",
        "start_time": "2025-07-23T18:30:00+00:00",
        "end_time": "2025-07-23T19:30:00+00:00",
        "location": DOCUMENTED["location"],
        "category": "internal_meeting",
        "user_id": DOCUMENTED["user_id"],
        "created_at": "2025-07-23T18:30:00+00:00",
        "updated_at": "2025-07-23T18:30:00+00:00",
        "priority": "medium",
        "participants": ["Lalit", "Charan"],
        "amount": None,
    }
    assert {name: event[name] for name in wanted} == wanted
    assert list(event)[:13] == [
        *("title", "description", "start_time", "end_time", "location", "category", "user_id"),
        *("created_at", "updated_at", "priority", "participants", "amount", "currency"),
    ]


def test_the_answer_begins_with_the_documented_fields_in_their_order() -> None:
    result = InsertResult(success=True, status_code=201, event_title="Invoice Approval Test")
    answer = CalendarResponse(
        response_text=BOOKED,
        events=[],
        supabase_results=SupabaseResults(total_events=1, successful=1, results=[result]),
        status="success",
        error=None,
    )
    body = json.loads(answer.model_dump_json())
    assert list(body)[:5] == ["response_text", "events", "supabase_results", "status", "error"]
    assert body["response_text"] == "Event is updated in respected calendars successfully!"
    assert body["supabase_results"]["results"] == [
        {
            "success": True,
            "status_code": 201,
            "event_title": "Invoice Approval Test",
            "data": None,
            "error": None,
        }
    ]


def test_missing_lists_are_empty_and_unknown_fields_are_ignored() -> None:
    asked = request("Lunch", surprise=1)
    assert asked.user_mentions == []
    assert asked.location is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"timestamp": "2025-07-23T18:30:00"},
        {"timezone": "Mars/Olympus"},
        {"content": "   "},
        {"user_id": ""},
        {"locale": "english please"},
        {"on_conflict": "maybe"},
    ],
)
def test_a_wrong_value_is_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        request("Lunch", **wrong) if "content" not in wrong else request(wrong["content"])


def test_a_malformed_address_is_a_warning_and_no_error() -> None:
    people = [{"user_id": "2", "user_name": "Ann", "user_email": "ann"}]
    assert address_warnings(request("Lunch", user_email="nobody", user_mentions=people)) == [
        "user_email is no e-mail address.",
        "user_mentions[0].user_email is no e-mail address.",
    ]


@pytest.mark.parametrize(("key", "alike"), [(None, False), ("k", True)])
def test_the_same_request_sent_again_is_another_one_unless_a_key_names_it(
    key: str | None, *, alike: bool
) -> None:
    first, again = (Asked(request("Lunch tomorrow at noon"), "acme", key) for _ in range(2))
    assert (external_id(first.origin, 0) == external_id(again.origin, 0)) is alike
    assert external_id(first.origin, 0) == external_id(first.origin, 0)


@pytest.mark.parametrize(
    "other",
    [
        Asked(request("x"), "globex", "k"),
        Asked(request("x", user_id="user-9"), "acme", "k"),
        Asked(request("x"), "acme", "k2"),
        Asked(request("x"), "acme", token="k"),
        Asked(request("y"), "acme", "k"),
        Asked(request("x", user_mentions=[ALICE]), "acme", "k"),
    ],
    ids=["tenant", "user", "key", "no key", "text", "mentions"],
)
def test_an_id_belongs_to_one_place_in_the_text_of_one_tenants_user(other: Asked) -> None:
    same = Asked(request("x"), "acme", "k").origin
    assert external_id(same, 0) not in {external_id(other.origin, 0), external_id(same, 1)}
