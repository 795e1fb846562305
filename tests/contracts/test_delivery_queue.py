"""What the queue of deliveries and the receive of a message promise: SQS on moto and the list alike."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from orchestrator.aws import clients
from orchestrator.aws.delivery_queue import SqsDeliveries, SqsReceived, SqsVisibility
from orchestrator.errors import Unavailable
from orchestrator.webhooks.ports import DeliveryQueue, Due
from tests.fakes.stack import Stack, stack
from tests.fakes.webhooks import MemoryDeliveryQueue

NOW = 1_795_174_154.25
DUE = Due("acme", "req_1", NOW, "order-4711")


@dataclass
class Line:
    """A queue, and the delays (seconds) and messages that were sent to it."""

    queue: DeliveryQueue
    sent: Callable[[], list[tuple[int, Due]]]


@pytest.fixture(params=["SQS", "list"])
def line(request: pytest.FixtureRequest) -> Iterator[Line]:
    if request.param == "list":
        queue = MemoryDeliveryQueue()
        yield Line(queue, lambda: [(round(at - NOW), due) for at, due in queue.sent])
        return
    with stack() as made:
        sent: list[tuple[int, Due]] = []
        clients.sqs().meta.events.register(
            "provide-client-params.sqs.SendMessage",
            lambda params, **_: sent.append((params["DelaySeconds"], Due.read(params["MessageBody"]))),
        )
        yield Line(SqsDeliveries(made.environment["QUEUE_WEBHOOKS"]), lambda: sent)


@pytest.mark.parametrize(
    ("wait", "delay"), [(0, 0), (-5, 0), (0.001, 1), (4.2, 5), (900, 900), (901, 900), (86_400, 900)]
)
def test_a_message_is_held_back_until_it_is_due_or_for_a_quarter_of_an_hour(
    line: Line, wait: float, delay: int
) -> None:
    due = Due("acme", "req_1", NOW + wait, "order-4711")
    asyncio.run(line.queue.send(due, NOW))
    assert line.sent() == [(delay, due)]


@pytest.mark.parametrize(
    "body",
    [
        "",
        "no json",
        '{"tenant": 1}',
        "[]",
        "5",
        "null",
        "{}",
        '{"tenant": "a", "subject": "b", "due_at": "soon", "correlation_id": ""}',
    ],
)
def test_a_message_of_somebody_else_is_no_delivery(body: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        Due.read(body)


@pytest.fixture
def sqs() -> Iterator[Stack]:
    with stack() as made:
        yield made


def receive(url: str, count: int) -> list[Any]:
    client = clients.sqs()
    return client.receive_message(QueueUrl=url, MaxNumberOfMessages=count).get("Messages", [])


def send(url: str, count: int) -> None:
    for number in range(count):
        due = Due("acme", f"req_{number}", NOW)
        asyncio.run(SqsDeliveries(url).send(due, NOW))


def test_what_is_sent_is_read_back_as_it_was(sqs: Stack) -> None:
    url = sqs.environment["QUEUE_WEBHOOKS"]
    asyncio.run(SqsDeliveries(url).send(DUE, NOW))
    [message] = receive(url, 1)
    assert Due.read(message["Body"]) == DUE


def test_the_messages_of_a_batch_are_hidden_in_one_call(sqs: Stack) -> None:
    url = sqs.environment["QUEUE_WEBHOOKS"]
    send(url, 10)
    visibility = SqsVisibility(url)
    received = [SqsReceived(visibility, message["ReceiptHandle"], 1) for message in receive(url, 10)]

    async def keep() -> None:
        await asyncio.gather(*(asyncio.create_task(one.keep(0)) for one in received))

    sqs.calls.clear()
    asyncio.run(keep())
    assert sqs.calls == ["ChangeMessageVisibilityBatch"]
    assert len(receive(url, 10)) == 10


def test_a_message_that_cannot_be_hidden_fails_alone(sqs: Stack) -> None:
    url = sqs.environment["QUEUE_WEBHOOKS"]
    send(url, 2)
    visibility = SqsVisibility(url)
    first, second = (SqsReceived(visibility, message["ReceiptHandle"], 1) for message in receive(url, 2))
    stranger = SqsReceived(visibility, "AQEBnotahandle", 1)

    async def keep() -> list[BaseException | None]:
        return await asyncio.gather(first.keep(30), stranger.keep(30), second.keep(0), return_exceptions=True)

    outcomes = asyncio.run(keep())
    assert [type(outcome) for outcome in outcomes] == [type(None), Unavailable, type(None)]
    assert len(receive(url, 10)) == 1


def test_without_sqs_every_wish_fails(sqs: Stack) -> None:
    visibility = SqsVisibility(sqs.environment["QUEUE_WEBHOOKS"] + "-gone")

    async def keep() -> list[BaseException | None]:
        keeping = [visibility.hide(f"handle-{number}", 5) for number in range(12)]
        return await asyncio.gather(*keeping, return_exceptions=True)

    assert all(isinstance(outcome, Exception) for outcome in asyncio.run(keep()))
