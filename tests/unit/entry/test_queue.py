import asyncio
from typing import Any

import pytest

from orchestrator.config import SettingsError
from orchestrator.entry.queue import Message, queue_handler
from orchestrator.errors import Unavailable
from orchestrator.spec import Function, QueueTrigger
from tests.unit.entry.conftest import Lines

SPEC = Function("test", trigger=QueueTrigger("long-jobs"))
URL = "http://127.0.0.1:9/123456789012/jobs"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUE_LONG_JOBS", URL)


def record(name: str, body: str = "{}", **attributes: str) -> dict[str, Any]:
    return {
        "messageId": name,
        "receiptHandle": f"handle-{name}",
        "body": body,
        "attributes": {"ApproximateReceiveCount": "2", "SentTimestamp": "1795174154123"},
        "messageAttributes": {
            key: {"stringValue": value, "dataType": "String"} for key, value in attributes.items()
        },
        "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:eu-central-1:123456789012:jobs",
        "awsRegion": "eu-central-1",
    }


def run(work: Any, *records: dict[str, Any]) -> list[str]:
    answer = queue_handler(SPEC, work)({"Records": list(records)}, None)
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_a_message_reaches_the_work_as_it_was_sent() -> None:
    seen: list[Message] = []

    async def work(message: Message) -> None:
        seen.append(message)

    assert run(work, record("m1", '{"job_id": "j"}', correlation_id="order-4711")) == []
    assert seen == [Message("m1", '{"job_id": "j"}', "handle-m1", 2, URL, "order-4711")]


def test_only_the_messages_that_failed_come_back() -> None:
    async def work(message: Message) -> None:
        if message.body == "bad":
            raise RuntimeError("broken")
        if message.body == "later":
            raise Unavailable("throttled")

    assert run(work, record("1", "good"), record("2", "bad"), record("3", "later"), record("4")) == ["2", "3"]


def test_a_record_that_is_not_sqss_is_a_failure_not_a_crash() -> None:
    async def work(message: Message) -> None:
        del message

    assert run(work, {"messageId": "odd"}, record("fine")) == ["odd"]


@pytest.mark.parametrize(
    ("body", "attributes", "expected"),
    [
        ('{"correlation_id": "from-body"}', {}, "from-body"),
        ('{"correlation_id": "from-body"}', {"correlation_id": "from-attribute"}, "from-attribute"),
    ],
)
def test_log_lines_carry_the_correlation_id_of_their_own_message(
    body: str, attributes: dict[str, str], expected: str, lines: Lines
) -> None:
    async def work(message: Message) -> None:
        await asyncio.sleep(0)  # let the other message of the batch run in between

    run(work, record("1", body, **attributes), record("2", '{"correlation_id": "other"}'))
    assert {line["request_id"]: line["correlation_id"] for line in lines()} == {"1": expected, "2": "other"}


def test_log_lines_name_the_request_or_job_that_their_own_message_is_about(lines: Lines) -> None:
    async def work(message: Message) -> None:
        del message
        await asyncio.sleep(0)

    bodies = ['{"job_id": "job_1"}', '{"request_id": "req_1"}', '{"subject": "req_2"}', "not json", "{}"]
    run(work, *(record(str(number), body) for number, body in enumerate(bodies)))
    said = {line["request_id"]: line.get("subject") for line in lines()}
    assert said == {"0": "job_1", "1": "req_1", "2": "req_2", "3": None, "4": None}


@pytest.mark.parametrize(
    "body", ["not json", "[]", "7", '{"correlation_id": 7}', '{"correlation_id": "a b"}']
)
def test_a_message_without_a_sane_correlation_id_gets_a_new_one(body: str) -> None:
    seen: list[str] = []

    async def work(message: Message) -> None:
        seen.append(message.correlation_id)

    assert run(work, record("1", body)) == []
    assert len(seen[0]) == 32


def test_one_event_loop_serves_all_invocations() -> None:
    loops: list[asyncio.AbstractEventLoop] = []

    async def work(message: Message) -> None:
        del message
        loops.append(asyncio.get_running_loop())

    handler = queue_handler(SPEC, work)
    handler({"Records": [record("1")]}, None)
    handler({"Records": [record("2")]}, None)
    assert loops[0] is loops[1]


def test_the_messages_of_a_batch_are_worked_on_at_once() -> None:
    async def work(message: Message) -> None:
        del message
        await barrier.wait()

    barrier = asyncio.Barrier(2)
    assert run(work, record("1"), record("2")) == []


def test_a_missing_queue_address_stops_the_function_before_it_works(monkeypatch: pytest.MonkeyPatch) -> None:
    async def work(message: Message) -> None:
        del message

    monkeypatch.delenv("QUEUE_LONG_JOBS")
    with pytest.raises(SettingsError, match="QUEUE_LONG_JOBS: not set"):
        queue_handler(SPEC, work)
