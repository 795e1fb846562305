"""What the queue of jobs and the delivery of a message promise: SQS on moto and the lists alike."""

import asyncio
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from orchestrator.aws import clients
from orchestrator.aws.jobs import SqsDelivery, SqsJobs
from orchestrator.jobs.ports import Delivery, JobQueue
from tests.fakes.jobs import MemoryDelivery, MemoryQueue
from tests.fakes.stack import stack


@dataclass
class Line:
    """A queue, what has arrived at its other end, and a delivery of a message with how to see it hidden."""

    queue: JobQueue
    arrived: Callable[[], list[dict[str, Any]]]
    deliver: Callable[[], Delivery]
    is_hidden: Callable[[Delivery], bool]


@pytest.fixture(params=["SQS", "list"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    if request.param == "list":
        queue = MemoryQueue()
        names = ("tenant", "job_id", "correlation_id")
        yield Line(
            queue,
            lambda: [dict(zip(names, sent, strict=True)) for sent in queue.sent],
            lambda: MemoryDelivery(1),
            lambda delivery: delivery.kept[-1] > 0,  # type: ignore[attr-defined]
        )
        return
    with stack() as made:
        yield sqs_line(made.environment["QUEUE_JOBS"])


def sqs_line(url: str) -> Line:
    def receive(**more: Any) -> list[Any]:
        return clients.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10, **more).get("Messages", [])

    def deliver() -> Delivery:
        [message] = receive(MessageSystemAttributeNames=["ApproximateReceiveCount"])
        count = int(message["Attributes"]["ApproximateReceiveCount"])
        return SqsDelivery(url, message["ReceiptHandle"], count)

    return Line(
        SqsJobs(url), lambda: [json.loads(m["Body"]) for m in receive()], deliver, lambda _: not receive()
    )


def test_what_is_sent_arrives_as_the_reference_of_the_job(line: Line) -> None:
    asyncio.run(line.queue.send("acme", "job_1", "order-4711"))
    assert line.arrived() == [{"tenant": "acme", "job_id": "job_1", "correlation_id": "order-4711"}]


@pytest.mark.parametrize(("seconds", "hidden"), [(30, True), (1.6, True), (0, False)])
def test_a_delivery_is_hidden_while_it_is_kept_and_shown_when_it_is_not(
    line: Line, seconds: float, hidden: bool
) -> None:
    asyncio.run(line.queue.send("acme", "job_1", ""))
    delivery = line.deliver()
    assert delivery.receive_count == 1
    asyncio.run(delivery.keep(seconds))
    assert line.is_hidden(delivery) == hidden
