"""The worker of the queue `webhooks`, from SQS's event to a receiver on loopback and what is recorded."""

import asyncio
import copy
import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from orchestrator.aws import clients
from orchestrator.aws.vault import KmsVault
from orchestrator.webhooks.signing import Presented, verify
from tests.fakes.deliveries import BODY, find, put
from tests.fakes.functions import Deployed, deployed, load
from tests.fakes.http_server import serving
from tests.fakes.stack import SECRETS

FOLDER = "workers/webhooks"
DONE: dict[str, Any] = {"batchItemFailures": []}


@dataclass
class Receiver:
    """Answers `status` with `headers`, and remembers what came: headers and body."""

    url: str = ""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    came: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    together: threading.Barrier | None = None

    async def answer(self, request: Request) -> Response:
        self.came.append((dict(request.headers), await request.body()))
        if self.together:
            await asyncio.to_thread(self.together.wait, 5)
        return Response("x" * 100_000, self.status, self.headers)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    with serving(Starlette(routes=[Route("/hook", made.answer, methods=["POST"])])) as address:
        made.url = f"{address}/hook?token=t0ps3cret"
        yield made


@pytest.fixture
def api() -> Iterator[Deployed]:
    settings = {"ORCHESTRATOR_STAGE": "local", "WEBHOOK_TIMEOUT": "5", "WEBHOOK_RETRY_SCHEDULE": "1,1000"}
    with deployed("http://127.0.0.1:9/unused", **settings) as made:
        yield made


def deliver(api: Deployed, *events: dict[str, Any]) -> dict[str, Any]:
    """Deliver the records of `events` as one batch; its messages are ones that SQS really has in flight."""
    queue = api.stack.environment["QUEUE_WEBHOOKS"]
    records = [record for event in events for record in copy.deepcopy(event["Records"])]
    for number, record in enumerate(records):
        clients.sqs().send_message(QueueUrl=queue, MessageBody=record["body"])
        received = clients.sqs().receive_message(QueueUrl=queue)["Messages"][0]
        record |= {"messageId": str(number), "receiptHandle": received["ReceiptHandle"]}
    api.stack.calls.clear()
    return api.invoke(FOLDER, {"Records": records})


def message(**changes: Any) -> dict[str, Any]:
    event = load(FOLDER, "one_delivery")
    [record] = event["Records"]
    record["body"] = json.dumps(json.loads(record["body"]) | changes)
    return event


def test_a_delivery_is_posted_signed_and_recorded_with_few_calls_to_aws(
    api: Deployed, receiver: Receiver
) -> None:
    vault = KmsVault(api.stack.environment["KEY_WEBHOOKS"])
    sealed = asyncio.run(vault.seal(("your-secret-key",), "acme", "req_abc123"))
    put(url=receiver.url, sealed=sealed)
    assert deliver(api, message()) == DONE
    [(headers, body)] = receiver.came
    assert body == BODY
    verify(body, Presented.of(headers), ["your-secret-key"], time.time())
    assert headers["webhook-id"] == "msg_abc123"
    assert headers["x-correlation-id"] == "order-4711"
    assert api.stack.calls == [
        "ChangeMessageVisibilityBatch", "UpdateItem", "GetItem", "Decrypt", "UpdateItem",
    ]  # fmt: skip
    kept = find()
    assert (kept.status, kept.log[0].status_code) == ("delivered", 200)


def test_a_busy_receivers_delivery_costs_two_calls_and_its_part_of_a_third(
    api: Deployed, receiver: Receiver
) -> None:
    put(url=receiver.url)
    deliver(api, message())
    for number in range(10):
        put(url=receiver.url, subject=f"req_{number}")
    assert deliver(api, *(message(subject=f"req_{number}") for number in range(10))) == DONE
    assert len(receiver.came) == 11
    assert Counter(api.stack.calls) == {"UpdateItem": 20, "ChangeMessageVisibilityBatch": 1}


def test_a_batch_is_posted_side_by_side(api: Deployed, receiver: Receiver) -> None:
    receiver.together = threading.Barrier(5)
    for number in range(5):
        put(url=receiver.url, subject=f"req_{number}")
    assert deliver(api, *(message(subject=f"req_{number}") for number in range(5))) == DONE
    assert {find(f"req_{number}").status for number in range(5)} == {"delivered"}


def test_a_callback_is_signed_with_our_own_secret(api: Deployed, receiver: Receiver) -> None:
    names = ("CALLBACK_HMAC_SECRET", "CALLBACK_HMAC_SECRET_PREVIOUS")
    put(url=receiver.url, secret_names=names)
    deliver(api, message())
    [(headers, body)] = receiver.came
    verify(body, Presented.of(headers), [SECRETS["webhooks"]["CALLBACK_HMAC_SECRET"]], time.time())


def test_a_failure_waits_in_the_queue_for_its_next_try(api: Deployed, receiver: Receiver) -> None:
    receiver.status, receiver.headers = 429, {"retry-after": "120"}
    put(url=receiver.url)
    assert deliver(api, message()) == DONE
    kept = find()
    assert (kept.status, kept.tries, kept.log[0].status_code) == ("waiting", 1, 429)
    assert kept.next_at is not None
    assert 120 <= kept.next_at - time.time() <= 145
    assert "SendMessage" in api.stack.calls


@pytest.mark.parametrize(("status", "ended"), [(410, "failed"), (301, "waiting"), (500, "waiting")])
def test_what_the_receiver_answers_decides(
    api: Deployed, receiver: Receiver, status: int, ended: str
) -> None:
    receiver.status, receiver.headers = status, {"location": receiver.url}
    put(url=receiver.url)
    assert deliver(api, message()) == DONE
    assert (find().status, len(receiver.came)) == (ended, 1)


def test_a_message_that_comes_twice_in_a_batch_is_posted_once(api: Deployed, receiver: Receiver) -> None:
    put(url=receiver.url)
    outcome = deliver(api, message(), message())
    # The second one stays until the first one's worker has surely recorded.
    assert outcome in (DONE, {"batchItemFailures": [{"itemIdentifier": "1"}]})
    assert (len(receiver.came), len(find().log)) == (1, 1)
    assert deliver(api, message()) == DONE
    assert len(receiver.came) == 1


def test_a_message_that_is_too_early_is_sent_on_without_a_look_at_the_table(api: Deployed) -> None:
    assert deliver(api, load(FOLDER, "too_early")) == DONE
    assert api.stack.calls == ["SendMessage"]


def test_a_message_of_a_delivery_that_is_gone_is_done(api: Deployed) -> None:
    assert deliver(api, message(subject="req_gone")) == DONE


@pytest.mark.parametrize("body", ["this is no delivery", "[]", "5", "null", "{}", '{"tenant": "acme"}'])
def test_a_poison_message_fails_alone(api: Deployed, receiver: Receiver, body: str) -> None:
    put(url=receiver.url)
    poison = load(FOLDER, "poison")
    poison["Records"][0]["body"] = body
    assert deliver(api, poison, message()) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert find().status == "delivered"


def test_deployed_nothing_is_sent_to_loopback(receiver: Receiver) -> None:
    with deployed("http://127.0.0.1:9/unused") as api:
        put(url=receiver.url)
        assert deliver(api, message()) == DONE
        assert (find().status, receiver.came) == ("failed", [])


def test_the_events_are_what_sqs_sends() -> None:
    for case in ("one_delivery", "too_early", "poison"):
        [record] = load(FOLDER, case)["Records"]
        assert record["eventSource"] == "aws:sqs"
        assert record["eventSourceARN"].endswith("-webhooks")
