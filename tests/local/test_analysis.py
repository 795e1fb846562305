"""Texts through the agents as their senders meet them: curl's requests against the real runner."""

from __future__ import annotations

import json
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from orchestrator.webhooks import signing
from tests.local.analysing import result, vendor
from tests.local.receiving import Receiver
from tests.local.running import Running, until

TEXT = (
    "Ada Lovelace wrote the first program for Charles Babbage's engine in London in 1843. "
    "The work was brilliant, but the engine was never built. That was a sad loss."
)


def process(runner: Running, body: dict[str, Any] | None = None, **headers: str) -> httpx2.Response:
    return runner.post("/api/v1/process", json={"text": TEXT} | (body or {}), headers=headers)


def settled(runner: Running, request_id: str) -> dict[str, Any]:
    """The result once the collector has had its turn: only then does it stand in the lists of a status."""

    def found() -> dict[str, Any] | None:
        page = runner.get("/api/v1/results?status=completed&page_size=100").json()
        listed = request_id in [one["request_id"] for one in page["results"]]
        return result(runner, request_id) if listed else None

    return until(found, 60)


def curl(runner: Running, body: str) -> httpx2.Response:
    return runner.post("/api/v1/process", content=body, headers={"Content-Type": "application/json"})


def test_the_documents_first_curl_is_accepted_and_its_result_can_be_read(runner: Running) -> None:
    accepted = curl(
        runner,
        """{
    "text": "Your text here with at least 10 characters...",
    "orchestration_mode": "sequential"
  }""",
    )
    assert (accepted.status_code, accepted.json()["status"]) == (202, "pending")
    request_id = accepted.json()["request_id"]
    assert accepted.headers["location"] == f"/api/v1/results/{request_id}"
    done = runner.get(f"/api/v1/results/{request_id}?wait=27").json()
    assert done["status"] == "completed"


def test_the_documents_second_curl_is_accepted_and_delivered(runner: Running, receiver: Receiver) -> None:
    body = """{
    "text": "Your text here...",
    "orchestration_mode": "parallel",
    "webhook_url": "https://your-app.com/webhook/callback",
    "webhook_secret": "your-secret-key"
  }"""
    # Unchanged it is taken back before its agents are done: nobody out there is called by a test.
    vendor(runner, "Your text here...", {"kind": "slow", "delay_ms": 2000, "count": 3})
    accepted = curl(runner, body)
    assert (accepted.status_code, accepted.json()["status"]) == (202, "pending")
    assert accepted.json()["webhook_url"] == "https://your-app.com/webhook/callback"
    assert runner.delete(accepted.headers["location"]).status_code == 204
    url = receiver.at(f"/{uuid.uuid4().hex}")
    here = curl(runner, body.replace("https://your-app.com/webhook/callback", url)).json()
    delivered = until(lambda: receiver.got(url.removeprefix(receiver.base)), 60)[0]
    assert json.loads(delivered.body)["request_id"] == here["request_id"]
    assert delivered.headers["x-webhook-signature"] == signing.plain(delivered.body, "your-secret-key")
    assert "your-secret-key" not in runner.log()


def test_the_documents_third_curl_as_a_shell_sends_it_finds_nothing(runner: Running) -> None:
    answer = runner.get("/api/v1/results/request_id")
    assert (answer.status_code, answer.json()["error"]) == (404, "NotFound")


@pytest.mark.parametrize("mode", ["sequential", "parallel"])
def test_a_result_that_is_waited_for_is_whole_and_its_offsets_fit_the_text(
    runner: Running, mode: str
) -> None:
    answer = process(runner, {"orchestration_mode": mode}, prefer="wait=27")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["status"], found["orchestration_mode"], found["errors"]) == ("completed", mode, {})
    assert found["results"]["summary"]["words"] <= found["results"]["summary"]["word_budget"]
    entities = [*found["results"]["entities"]["entities"], *found["results"]["sentiment"]["entities"]]
    assert {"Ada Lovelace", "London"} <= {entity["text"] for entity in entities}
    assert all(TEXT[entity["start"] : entity["end"]] == entity["text"] for entity in entities)
    assert [agent["attempts"] for agent in found["agents"]] == [1, 1, 1]
    assert all(agent["model"] and agent["prompt_version"] for agent in found["agents"])
    assert found["usage"]["input_tokens"] == sum(agent["input_tokens"] for agent in found["agents"]) > 0


def test_accepting_a_text_costs_three_calls(runner: Running) -> None:
    """Counted by the runner: whatever the function did with its own permissions."""
    before = runner.calls("orchestrator-local-api-process")
    assert process(runner).status_code == 202
    after = runner.calls("orchestrator-local-api-process")
    new = {name: count - before.get(name, 0) for name, count in after.items()}
    assert new["states:StartExecution"] >= 1
    # Other tests may send texts at the same time, each with the same calls.
    assert new["dynamodb:PutItem"] == 2 * new["states:StartExecution"]


def test_a_settled_request_stands_in_lists_and_among_the_jobs(runner: Running) -> None:
    request_id = process(runner, {"orchestration_mode": "parallel"}).json()["request_id"]
    done = settled(runner, request_id)
    assert done["status"] == "completed"
    job = runner.get(f"/jobs/{request_id}").json()
    assert (job["status"], job["result"]["results"]) == ("success", done["results"])
    page = runner.get(f"/api/v1/results?since={done['created_at']}&until={done['created_at']}").json()
    assert request_id in [one["request_id"] for one in page["results"]]


def test_a_batch_comes_through_the_queue_and_is_followed_as_one(runner: Running) -> None:
    texts = [f"{TEXT} Number {number}." for number in range(5)]
    answer = runner.post("/api/v1/process", json={"texts": texts, "orchestration_mode": "parallel"})
    assert answer.status_code == 202
    batch_id, ids = answer.json()["batch_id"], answer.json()["request_ids"]
    until(lambda: result(runner, batch_id)["status"] == "completed", 90)
    whole = result(runner, batch_id)
    assert (whole["counts"]["completed"], [one["request_id"] for one in whole["requests"]]) == (5, ids)
    assert runner.delete(f"/api/v1/results/{batch_id}").status_code == 204
    assert [runner.get(f"/api/v1/results/{one}").status_code for one in (batch_id, *ids)] == [404] * 6


def test_one_key_is_one_request_however_many_send_it_at_once(runner: Running) -> None:
    key = uuid.uuid4().hex
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: process(runner, **{"idempotency-key": key}), range(20)))
    assert {answer.status_code for answer in answers} <= {200, 202}
    assert len({answer.json()["request_id"] for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1
    other = process(runner, {"text": f"{TEXT}!"}, **{"idempotency-key": key})
    assert (other.status_code, other.json()["error"]) == (422, "KeyReused")
