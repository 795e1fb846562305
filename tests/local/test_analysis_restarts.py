"""What a restart and a killed worker leave undone, the runner's next life does: once, or the same again."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from standardwebhooks import Webhook

from orchestrator.webhooks import signing
from tests.local.analysing import (
    PASS,
    accepted,
    agents,
    calls_about,
    delivery,
    delivery_ended,
    ended,
    marker,
    result,
    text,
    vendor,
)
from tests.local.receiving import Receiver, after, status
from tests.local.running import Running, runner, until

WEBHOOKS = "orchestrator-local-workers-webhooks"
SECRET = "a secret of two lives"
# A killed worker's delivery is free again ten seconds after its time-out.
SETTINGS = {"WEBHOOK_TIMEOUT": "3", "WEBHOOK_RETRY_SCHEDULE": "6", "OPENAI_TIMEOUT": "40"}


@dataclass(frozen=True)
class Lives:
    """A runner that was stopped and started again; `before` are results as its first life showed them."""

    runner: Running
    before: dict[str, dict[str, Any]]
    requests: dict[str, str]
    marks: dict[str, str]


@pytest.fixture(scope="module")
def lives(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Lives]:
    data = tmp_path_factory.mktemp("lives")
    marks = {name: marker() for name in ("cut", "late", "running")}
    with runner(data, **SETTINGS) as first:
        requests = _first_life(first, receiver, marks)
        before = {name: result(first, one) for name, one in requests.items()}
    with runner(data, **SETTINGS) as second:
        yield Lives(second, before, requests, marks)


def _first_life(first: Running, receiver: Receiver, marks: dict[str, str]) -> dict[str, str]:
    requests: dict[str, str] = {}

    def begin(name: str, url: str, mode: str = "parallel") -> None:
        more = {"orchestration_mode": mode, "webhook_url": url, "webhook_secret": SECRET}
        requests[name] = accepted(first, text(marks[name]), **more)

    begin(
        "cut", receiver.at(f"/{marks['cut']}", after(lambda: first.kill(WEBHOOKS), status(204)), status(204))
    )
    until(lambda: receiver.got(f"/{marks['cut']}"), 60)
    begin("late", receiver.at(f"/{marks['late']}", status(503), status(204)))
    until(lambda: delivery(first, requests["late"]).get("status") == "waiting", 60)
    vendor(first, marks["running"], PASS, {"kind": "slow", "delay_ms": 60_000})
    begin("running", receiver.at(f"/{marks['running']}"), mode="sequential")
    until(lambda: len(result(first, requests["running"])["agents"]) == 2, 60)
    return requests


def test_results_survive_a_restart(lives: Lives) -> None:
    assert lives.before["late"]["status"] == "completed"
    assert result(lives.runner, lives.requests["late"]) == lives.before["late"]
    listed = lives.runner.get("/api/v1/results").json()["results"]
    newest_first = [lives.requests[name] for name in ("running", "late", "cut")]
    assert [one["request_id"] for one in listed] == newest_first


def test_a_running_analysis_goes_on_after_a_restart_where_it_was(lives: Lives, receiver: Receiver) -> None:
    assert lives.before["running"]["status"] == "processing"
    found = ended(lives.runner, lives.requests["running"])
    assert (found["status"], found["errors"]) == ("completed", {})
    assert [one["attempts"] for one in found["agents"]] == [1, 2, 1]
    summary = lives.before["running"]["results"]["summary"]
    assert found["results"]["summary"] == summary
    # The second life asked for what was missing only, and handed the first life's summary on.
    asked = calls_about(lives.runner, lives.marks["running"])
    assert [call["body"]["input"][0]["content"] for call in asked] == [summary["summary"]] * 2
    assert agents(found)["summarizer"] == agents(lives.before["running"])["summarizer"]
    assert delivery_ended(lives.runner, found["request_id"])["status"] == "delivered"
    assert len(receiver.got(f"/{lives.marks['running']}")) == 1


def test_what_was_not_delivered_before_a_restart_is_after_it(lives: Lives, receiver: Receiver) -> None:
    log = delivery_ended(lives.runner, lives.requests["late"])
    assert (log["status"], [one["status_code"] for one in log["attempts"]]) == ("delivered", [503, 204])
    first, second = receiver.got(f"/{lives.marks['late']}")
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"]


def test_a_worker_killed_after_its_post_leaves_a_delivery_that_is_made_again_under_its_id(
    lives: Lives, receiver: Receiver
) -> None:
    log = delivery_ended(lives.runner, lives.requests["cut"])
    assert [one["outcome"] for one in log["attempts"]] == ["unknown", "delivered"]
    first, second = receiver.got(f"/{lives.marks['cut']}")
    assert first.body == second.body
    assert {first.headers["webhook-id"], second.headers["webhook-id"]} == {log["webhook_id"]}
    assert int(first.headers["webhook-timestamp"]) + 10 <= int(second.headers["webhook-timestamp"])
    assert abs(int(second.headers["webhook-timestamp"]) - time.time()) < 60
    official = Webhook(signing.portable(SECRET))
    assert official.verify(first.body, first.headers) == official.verify(second.body, second.headers)
