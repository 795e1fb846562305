"""Queues against what Lambda's SQS event source mapping does."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

import pytest

from tests.local.running import Running, until


@pytest.fixture(scope="module")
def sqs(sample: Running) -> Any:
    return sample.boto("sqs")


def name() -> str:
    return uuid.uuid4().hex


def url(sample: Running, queue: str) -> str:
    return f"{sample.endpoint}/123456789012/sample-{queue}"


def notes(sample: Running, message: str) -> list[dict[str, Any]]:
    file = sample.data / "notes"
    lines = file.read_text().splitlines() if file.exists() else []
    found = [json.loads(line) for line in lines if line.startswith("{")]
    return [line for line in found if line["name"] == message]


def starts(sample: Running, message: str) -> list[dict[str, Any]]:
    return [line for line in notes(sample, message) if "start" in line]


def send(sample: Running, sqs: Any, queue: str, order: dict[str, Any], **options: Any) -> None:
    sqs.send_message(QueueUrl=url(sample, queue), MessageBody=json.dumps(order), **options)


def dead(sample: Running, sqs: Any) -> list[str]:
    """The names of the messages in the dead-letter queue; they stay there for other tests to see."""
    answer = sqs.receive_message(QueueUrl=url(sample, "dead"), MaxNumberOfMessages=10, VisibilityTimeout=0)
    return [json.loads(message["Body"])["name"] for message in answer.get("Messages", [])]


def test_a_message_is_delivered_within_milliseconds_and_deleted(sample: Running, sqs: Any) -> None:
    send(sample, sqs, "single", {"name": name()})  # wakes a worker
    delays: list[float] = []
    for _ in range(5):
        mine = name()
        until(lambda: len(sample.workers("sample-consumeSingle")) > 0)
        sent = time.time()
        send(sample, sqs, "single", {"name": mine})
        until(lambda mine=mine: len(notes(sample, mine)) == 2)
        delays.append(starts(sample, mine)[0]["start"] - sent)
    assert min(delays) < 0.05
    time_left = 1.3  # longer than the visibility time-out: a message that was not deleted would be back
    end = time.monotonic() + time_left
    until(lambda: time.monotonic() > end)
    assert len(starts(sample, mine)) == 1


def test_only_the_failed_messages_of_a_batch_come_back(sample: Running, sqs: Any) -> None:
    good, bad = name(), name()
    entries = [
        {"Id": "0", "MessageBody": json.dumps({"name": good})},
        {"Id": "1", "MessageBody": json.dumps({"name": bad, "fail": [1]})},
    ]
    sqs.send_message_batch(QueueUrl=url(sample, "batch"), Entries=entries)
    until(lambda: len(starts(sample, bad)) == 2)
    assert starts(sample, bad)[0]["batch"] >= 2
    assert [line["count"] for line in starts(sample, bad)] == [1, 2]
    assert len(starts(sample, good)) == 1


@pytest.mark.parametrize("failure", ["raise", "exit", "fail"])
def test_what_fails_twice_lies_in_the_dead_letter_queue(sample: Running, sqs: Any, failure: str) -> None:
    mine = name()
    send(sample, sqs, "single", {"name": mine, failure: [1, 2]})
    until(lambda: mine in dead(sample, sqs))
    assert [line["count"] for line in starts(sample, mine)] == [1, 2]


def test_a_killed_worker_does_not_lose_its_message(sample: Running, sqs: Any) -> None:
    mine = name()
    send(sample, sqs, "single", {"name": mine, "exit": [1]})
    until(lambda: [line for line in notes(sample, mine) if line.get("end")])
    assert [line["count"] for line in starts(sample, mine)] == [1, 2]


def test_a_delayed_message_waits(sample: Running, sqs: Any) -> None:
    mine = name()
    sent = time.time()
    send(sample, sqs, "single", {"name": mine}, DelaySeconds=1)
    until(lambda: starts(sample, mine))
    assert 1.0 <= starts(sample, mine)[0]["start"] - sent < 2.5


def test_no_more_messages_run_at_once_than_there_are_workers(sample: Running, sqs: Any) -> None:
    mine = [name() for _ in range(6)]
    for one in mine:
        send(sample, sqs, "single", {"name": one, "sleep": 0.1})
    until(lambda: all(len(notes(sample, one)) == 2 for one in mine))
    spans = [(starts(sample, one)[0]["start"], notes(sample, one)[1]["end"]) for one in mine]
    assert max(sum(a <= start < b for a, b in spans) for start, _ in spans) <= 2
    assert len(sample.workers("sample-consumeSingle")) <= 2


def test_a_long_poll_ends_when_a_message_arrives(sample: Running, sqs: Any) -> None:
    from concurrent.futures import ThreadPoolExecutor

    queue = sqs.create_queue(QueueName=f"poll-{name()}")["QueueUrl"]
    with ThreadPoolExecutor() as pool:
        started = time.monotonic()
        waiting = pool.submit(sqs.receive_message, QueueUrl=queue, WaitTimeSeconds=10)
        sqs.send_message(QueueUrl=queue, MessageBody="hello")
        assert waiting.result()["Messages"][0]["Body"] == "hello"
        assert time.monotonic() - started < 5
