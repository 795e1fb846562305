"""SQS in moto: what our changes must keep and what they must better."""

from __future__ import annotations

import time
import uuid
from typing import Any

import pytest

from infra.local import moto_patches
from infra.local.aws.moto_calls import MotoCalls
from infra.local.moto_patches.sqs import next_visible

moto_patches.install(["sqs"], "http://127.0.0.1:1")
CALLS = MotoCalls("http://127.0.0.1:1")


@pytest.fixture
def queue() -> str:
    name = f"q-{uuid.uuid4().hex}"
    CALLS.call("sqs", "CreateQueue", {"QueueName": name, "Attributes": {"VisibilityTimeout": "7"}})
    return name


def call(operation: str, queue: str, **parameters: Any) -> dict[str, Any]:
    return CALLS.call(
        "sqs", operation, {"QueueUrl": f"http://127.0.0.1:1/123456789012/{queue}", **parameters}
    )


def test_the_next_message_is_due_when_its_delay_or_its_visibility_timeout_ends(queue: str) -> None:
    assert next_visible(queue) is None
    assert next_visible("no-such-queue") is None
    call("SendMessage", queue, MessageBody="later", DelaySeconds=60)
    assert next_visible(queue) == pytest.approx(time.time() + 60, abs=2)
    call("SendMessage", queue, MessageBody="now")
    due = next_visible(queue)
    assert due is not None
    assert due < time.time() + 1
    assert [message["Body"] for message in call("ReceiveMessage", queue)["Messages"]] == ["now"]
    assert next_visible(queue) == pytest.approx(time.time() + 7, abs=2)
    assert call("ReceiveMessage", queue) == {}


def test_sending_stays_cheap_with_a_backlog(queue: str) -> None:
    def cost() -> float:
        started = time.perf_counter()
        for _ in range(20):
            call("SendMessage", queue, MessageBody="x")
        return time.perf_counter() - started

    cost()
    small = min(cost() for _ in range(3))
    for _ in range(600):
        call("SendMessage", queue, MessageBody="x")
    assert min(cost() for _ in range(3)) < 10 * small  # moto's own way: 30 times
