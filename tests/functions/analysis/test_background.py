"""`agents/collector`, `workers/analysis`, `workers/sweep`: what ends, starts and removes requests."""

import asyncio
import json
import time
from typing import Any

import pytest

from orchestrator.aws import clients
from orchestrator.errors import Unavailable
from orchestrator.webhooks.models import Announcement
from orchestrator.wiring import webhooks
from tests.fakes.functions import Deployed, load
from tests.functions.analysis.world import REQUEST, executions, messages, put, status, store, work

DONE: dict[str, Any] = {"batchItemFailures": []}
DAY = 24 * 3600


def collect(api: Deployed) -> dict[str, Any]:
    return api.invoke("agents/collector", load("agents/collector", "parallel"))


def deliver(api: Deployed, case: str, **changes: Any) -> dict[str, Any]:
    event = load("workers/analysis", case)
    record = event["Records"][0]
    if changes:
        record["body"] = json.dumps(json.loads(record["body"]) | changes)
    return api.invoke("workers/analysis", event)


def test_the_collector_settles_a_completed_request_and_announces_it_once(api: Deployed) -> None:
    put(api)
    work(api)
    api.stack.calls.clear()
    assert collect(api) == {"status": "completed"}
    assert api.stack.calls == ["Query", "UpdateItem", "PutItem", "SendMessage", "Query"]
    assert collect(api) == {"status": "completed"}
    assert {message["subject"] for message in messages(api, "webhooks")} == {REQUEST}
    delivery = asyncio.run(webhooks.webhooks().log("acme", REQUEST))
    assert json.loads(delivery.announcement.body)["type"] == "analysis.completed"


def test_the_collector_costs_two_calls_when_nobody_wants_to_be_told(api: Deployed) -> None:
    put(api, receiver=None)
    work(api)
    api.stack.calls.clear()
    collect(api)
    assert api.stack.calls == ["Query", "UpdateItem"]


def test_the_collector_ends_what_its_agents_did_not(api: Deployed) -> None:
    put(api)
    work(api, "summarizer")
    assert collect(api) == {"status": "partial"}
    shown = api.send("api/results", "get_result").json
    assert (shown["status"], set(shown["errors"])) == ("partial", {"sentiment", "entity_extractor"})


def test_the_collector_removes_what_is_left_of_a_deleted_request(api: Deployed) -> None:
    asyncio.run(store(api).begin("acme", REQUEST, "sentiment", time.time()))
    assert collect(api) == {"status": "deleted"}
    assert clients.dynamodb().scan(TableName=api.stack.environment["TABLE_ANALYSIS"])["Items"] == []


def test_a_message_starts_its_request_and_starting_it_again_changes_nothing(api: Deployed) -> None:
    put(api)
    assert deliver(api, "start") == deliver(api, "start") == DONE
    assert executions(api) == {
        REQUEST: {"tenant": "acme", "request_id": REQUEST, "mode": "parallel", "correlation_id": "order-4711"}
    }


def test_a_message_settles_a_request_whose_collector_failed(api: Deployed) -> None:
    put(api)
    work(api)
    assert deliver(api, "settle") == DONE
    assert status(api) == "completed"
    assert len(messages(api, "webhooks")) == 1


@pytest.mark.parametrize("status", ["FAILED", "TIMED_OUT", "ABORTED"])
def test_a_request_whose_execution_was_stopped_is_settled_and_announced_once(
    api: Deployed, status: str
) -> None:
    put(api)
    work(api, "summarizer")
    [record] = load("workers/analysis", "stopped")["Records"]
    event = json.loads(record["body"])
    detail = event["detail"] | {"status": status}
    assert deliver(api, "stopped", detail=detail) == deliver(api, "stopped", detail=detail) == DONE
    shown = api.send("api/results", "get_result").json
    assert (shown["status"], set(shown["errors"])) == ("partial", {"sentiment", "entity_extractor"})
    assert all("the workflow was stopped" in one["message"] for one in shown["errors"].values())
    assert {message["subject"] for message in messages(api, "webhooks")} == {REQUEST}
    delivery = asyncio.run(webhooks.webhooks().log("acme", REQUEST))
    assert json.loads(delivery.announcement.body)["type"] == "analysis.partial"


def test_what_an_execution_does_otherwise_settles_nothing(api: Deployed) -> None:
    put(api)
    [record] = load("workers/analysis", "stopped")["Records"]
    detail = json.loads(record["body"])["detail"] | {"status": "RUNNING"}
    assert len(deliver(api, "stopped", detail=detail)["batchItemFailures"]) == 1
    assert status(api) == "pending"


@pytest.mark.parametrize("changes", [{"task": "dance"}, {"task": None}])
def test_a_message_of_nobodys_ends_in_the_dead_letters(api: Deployed, changes: dict[str, Any]) -> None:
    [failed] = deliver(api, "start", **changes)["batchItemFailures"]
    assert failed["itemIdentifier"] == load("workers/analysis", "start")["Records"][0]["messageId"]
    assert executions(api) == {}


def test_a_start_that_is_throttled_comes_again(api: Deployed, monkeypatch: pytest.MonkeyPatch) -> None:
    async def throttled(*_: Any) -> None:
        raise Unavailable("throttled")

    monkeypatch.setattr("orchestrator.aws.workflows.StepFunctionsWorkflow.start", throttled)
    assert len(deliver(api, "start")["batchItemFailures"]) == 1


def test_the_sweep_removes_expired_requests_and_deliveries_and_says_how_many(
    api: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(api, "req_old", expires_at=int(time.time()) - DAY)
    put(api, "req_young")
    announcement = Announcement("acme", "req_old", "analysis.completed", "https://example.com/", b"{}")
    engine = webhooks.webhooks()
    long_ago = time.time() - engine._kept - DAY
    with monkeypatch.context() as past:
        past.setattr(engine, "_clock", lambda: long_ago)
        asyncio.run(engine.announce(announcement))
    swept = api.invoke("workers/sweep", load("workers/sweep", "daily"))
    assert swept == {"requests": 1, "deliveries": 1, "unfinished": False}
    left = clients.dynamodb().scan(TableName=api.stack.environment["TABLE_ANALYSIS"])["Items"]
    assert {item["pk"]["S"] for item in left} == {"acme#req_young"}


def test_the_sweep_of_a_clean_table_removes_nothing(api: Deployed) -> None:
    swept = api.invoke("workers/sweep", load("workers/sweep", "daily"))
    assert swept == {"requests": 0, "deliveries": 0, "unfinished": False}
