"""Sentences over the client: what is sent, and what of an answer is an error."""

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest

from orchestrator.client import Client, Mention, RequestRefused
from tests.unit.client.conftest import Api

TEXT = "Lunch with Anna tomorrow at noon"
NOW = datetime(2025, 7, 23, 18, 30, tzinfo=timezone(timedelta(hours=2)))


def test_a_sentence_is_sent_with_all_that_was_said_about_it(api: Api) -> None:
    api.will_answer(200, {"status": "success", "events": [{"title": "Lunch with Anna"}]})
    with Client() as client:
        anna: Mention = {"user_id": "u-2", "user_name": "Anna"}
        booked = client.calendar(
            TEXT, "u-1", timestamp=NOW, user_mentions=[anna], dry_run=True, idempotency_key="once"
        )
    assert booked["events"][0]["title"] == "Lunch with Anna"
    assert (api.requests[0].method, api.requests[0].url.path) == ("POST", "/api/v1/orchestrate/")
    assert api.requests[0].headers["idempotency-key"] == "once"
    assert api.bodies == [
        {
            "content": TEXT,
            "user_id": "u-1",
            "timestamp": "2025-07-23T18:30:00+02:00",
            "user_mentions": [anna],
            "dry_run": True,
        }
    ]


def test_a_time_without_a_zone_is_this_machines(api: Api) -> None:
    api.will_answer(200, {"status": "success"})
    here = datetime(2025, 7, 23, 18, 30).astimezone()
    with Client() as client:
        client.calendar(TEXT, "u-1", timestamp=here.replace(tzinfo=None))
        client.calendar(TEXT, "u-1")
    given, now = (datetime.fromisoformat(body["timestamp"]) for body in api.bodies)
    assert given == here
    assert now.tzinfo is not None


def test_a_refused_conflict_brings_its_alternatives(api: Api) -> None:
    body: dict[str, Any] = {
        "error": "It meets 'Gym'.",
        "error_type": "Conflict",
        "conflicts": [{"alternatives": []}],
    }
    api.will_answer(409, body)
    with Client() as client, pytest.raises(RequestRefused, match="Gym") as refused:
        client.calendar(TEXT, "u-1", on_conflict="reject")
    assert refused.value.body["conflicts"] == [{"alternatives": []}]
