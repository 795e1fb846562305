"""What breaks in the middle: nothing accepted is lost, nothing runs twice that must not."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from tests.local.running import Running, runner, until

ORCHESTRATE = "orchestrator-local-api-orchestrate"
WORKER = "orchestrator-local-workers-jobs"


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A runner of one's own: faults would meet the tests of others."""
    data = tmp_path_factory.mktemp("failures")
    with runner(data, ORCHESTRATOR_JOB_LEASE="2", ORCHESTRATOR_SYNC_TIMEOUT="3") as running:
        yield running


@pytest.fixture(autouse=True)
def _healthy_afterwards(stack: Running) -> Iterator[None]:
    yield
    stack.delete("/_local/faults")
    stack.delete("/_local/sandbox/openai/faults")


def ask(stack: Running, intent: str, inputs: dict[str, Any], user: str, **headers: str) -> httpx2.Response:
    body = {"intent": intent, "inputs": inputs, "context": {"user_id": user}}
    return stack.post("/orchestrate", json=body, headers=headers)


def vendor(stack: Running, kind: str, **more: Any) -> None:
    assert stack.post("/_local/sandbox/openai/faults", json={"kind": kind, **more}).is_success


def someone() -> str:
    return uuid.uuid4().hex


def dead_letters(stack: Running) -> list[dict[str, Any]]:
    """Read the dead-letter queue without taking anything from it."""
    sqs = stack.boto("sqs")
    url = sqs.get_queue_url(QueueName="orchestrator-local-jobs-dead")["QueueUrl"]
    return sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0).get("Messages", [])


def test_a_killed_workers_job_is_taken_up_and_finished_by_the_next(stack: Running) -> None:
    vendor(stack, "slow", delay_ms=300)
    user = someone()
    texts = [f"survivor {number}" for number in range(10)]
    job = ask(stack, "memory.import", {"texts": texts}, user, Prefer="respond-async").json()["job_id"]
    until(lambda: stack.get(f"/jobs/{job}").json()["status"] == "running")
    stack.kill(WORKER)
    stack.delete("/_local/sandbox/openai/faults")
    ended = until(lambda: _ended(stack, job), 30)
    assert ended["status"] == "success"
    assert ended["attempts"] == 2
    # What the first attempt had stored was not stored twice.
    assert ended["result"]["stored"] + ended["result"]["deduplicated"] == 10
    found = ask(stack, "memory.search", {"query": "survivor", "limit": 50}, user).json()["result"]
    assert found["count"] == 10


def test_a_killed_front_does_not_block_its_request_beyond_its_time(stack: Running) -> None:
    vendor(stack, "slow", delay_ms=2500, count=1)
    user = someone()
    ask(stack, "memory.get", {"item_id": "mem_0"}, user)  # a worker is up
    claims = stack.calls(ORCHESTRATE)["dynamodb:PutItem"]
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(ask, stack, "memory.write", {"text": "cut short"}, user)
        until(lambda: stack.calls(ORCHESTRATE)["dynamodb:PutItem"] > claims)
        stack.kill(ORCHESTRATE)
        assert first.result().status_code == 500
    # The kill may have come before the vendor was asked: the fault would then meet the second request.
    stack.delete("/_local/sandbox/openai/faults")
    # The lock ends ORCHESTRATOR_SYNC_TIMEOUT + 4 s after it was taken; until then one is told to wait.
    # Who has waited nearly all of its own time for that end may have too little left for the work.
    answer = until(lambda: _answered(ask(stack, "memory.write", {"text": "cut short"}, user)), 20)
    assert answer["result"]["status"] == "stored"


def test_a_message_that_is_no_job_ends_in_the_dead_letters(stack: Running) -> None:
    sqs = stack.boto("sqs")
    url = sqs.get_queue_url(QueueName="orchestrator-local-jobs")["QueueUrl"]
    # So that four receives do not take four visibility time-outs.
    before = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])["Attributes"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "1"})
    try:
        sqs.send_message(QueueUrl=url, MessageBody="this is poison")
        until(lambda: [m for m in dead_letters(stack) if m["Body"] == "this is poison"], 30)
    finally:
        sqs.set_queue_attributes(QueueUrl=url, Attributes=before)
    user = someone()
    assert ask(stack, "memory.import", {"texts": ["alive"]}, user).json()["result"]["stored"] == 1


def test_a_throttled_table_is_a_503_that_can_be_repeated(stack: Running) -> None:
    fault = {"action": "dynamodb:PutItem", "error": "ProvisionedThroughputExceededException"}
    stack.post("/_local/faults", json=fault)
    user = someone()
    refused = ask(stack, "memory.write", {"text": "patience"}, user)
    assert (refused.status_code, refused.json()["error_type"]) == (503, "Unavailable")
    assert int(refused.headers["retry-after"]) > 0
    stack.delete("/_local/faults")
    assert ask(stack, "memory.write", {"text": "patience"}, user).json()["result"]["status"] == "stored"


def test_an_answer_that_could_not_be_cached_is_still_given(stack: Running) -> None:
    user = someone()
    ask(stack, "memory.search", {"query": "warm"}, user)
    fault = {"action": "dynamodb:UpdateItem", "error": "ProvisionedThroughputExceededException"}
    stack.post("/_local/faults", json=fault)
    assert ask(stack, "memory.search", {"query": "anything"}, user).status_code == 200


def test_a_dead_embedding_vendor_loses_nothing_and_the_text_is_embedded_later(stack: Running) -> None:
    vendor(stack, "hang_up")
    user = someone()
    written = ask(stack, "memory.write", {"text": "the automobile museum"}, user).json()["result"]
    assert written["status"] == "stored"
    assert "openai" in written["degraded"]
    by_word = ask(stack, "memory.search", {"query": "museum"}, user).json()["result"]
    assert by_word["items"][0]["item_id"] == written["item_id"]
    assert "degraded" in by_word
    stack.delete("/_local/sandbox/openai/faults")
    ended = until(lambda: _ended(stack, written["job_id"]), 30)
    assert ended["result"]["status"] == "re_embedded"
    by_meaning = ask(stack, "memory.search", {"query": "car"}, user).json()["result"]
    assert by_meaning["items"][0]["scores"]["semantic"] > 0.1


def test_what_fails_for_good_waits_in_the_dead_letters_and_runs_when_it_is_redriven(stack: Running) -> None:
    vendor(stack, "error")
    user = someone()
    job = ask(stack, "memory.write", {"text": "late embedding"}, user).json()["result"]["job_id"]
    sqs = stack.boto("sqs")
    failed = until(lambda: _ended(stack, job), 60)
    assert failed["status"] == "failed"
    assert failed["error_type"] in {"VendorBusy", "VendorError"}
    letter = until(lambda: [m for m in dead_letters(stack) if job in m["Body"]], 60)[0]
    stack.delete("/_local/sandbox/openai/faults")
    url = sqs.get_queue_url(QueueName="orchestrator-local-jobs")["QueueUrl"]
    sqs.send_message(QueueUrl=url, MessageBody=letter["Body"])
    assert until(lambda: _succeeded(stack, job), 30)["result"]["status"] == "re_embedded"


def test_a_waiting_job_is_cancelled_at_once(stack: Running) -> None:
    vendor(stack, "slow", delay_ms=400)
    user = someone()
    # More jobs than the two workers a function has on a laptop.
    jobs = [
        ask(
            stack, "memory.import", {"texts": [f"{n} {i}" for i in range(6)]}, user, Prefer="respond-async"
        ).json()["job_id"]
        for n in range(4)
    ]
    waiting = [job for job in jobs if stack.get(f"/jobs/{job}").json()["status"] == "accepted"]
    assert waiting
    assert stack.delete(f"/jobs/{waiting[-1]}").json()["status"] == "cancelled"
    assert stack.get(f"/jobs/{waiting[-1]}").json()["attempts"] == 0


def test_a_running_job_stops_when_it_is_cancelled(stack: Running) -> None:
    vendor(stack, "slow", delay_ms=500)
    texts = [f"never ending {number}" for number in range(100)]
    job = ask(stack, "memory.import", {"texts": texts}, someone(), Prefer="respond-async").json()["job_id"]
    until(lambda: stack.get(f"/jobs/{job}").json()["status"] == "running", 40)
    assert stack.delete(f"/jobs/{job}").json()["cancel_requested"] is True
    assert until(lambda: _ended(stack, job), 20)["status"] == "cancelled"
    assert stack.delete(f"/jobs/{job}").json()["status"] == "cancelled"


def _ended(stack: Running, job: str) -> dict[str, Any] | None:
    view = stack.get(f"/jobs/{job}").json()
    return view if view["status"] in {"success", "failed", "cancelled"} else None


def _succeeded(stack: Running, job: str) -> dict[str, Any] | None:
    view = stack.get(f"/jobs/{job}").json()
    return view if view["status"] == "success" else None


def _answered(answer: httpx2.Response) -> dict[str, Any] | None:
    assert answer.status_code in {200, 409, 504}, answer.text
    return json.loads(answer.text) if answer.status_code == 200 else None
