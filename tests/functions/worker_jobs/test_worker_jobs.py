"""The worker of the queue `jobs`, from SQS's event to the partial batch response."""

import asyncio
import copy
import json
import time
from typing import Any

import pytest

from orchestrator.aws import clients
from orchestrator.aws.deliveries import DynamoDeliveries
from orchestrator.aws.jobs import DynamoJobs
from orchestrator.errors import Unavailable
from orchestrator.jobs.models import Job
from orchestrator.webhooks.models import Delivery
from tests.fakes.functions import Deployed, load
from tests.fakes.sandbox import Sandbox

JOB_ID = "job_abc123"
DONE: dict[str, Any] = {"batchItemFailures": []}


def put(intent: str = "memory.import", inputs: Any = None, **changes: Any) -> None:
    inputs = inputs or {"texts": ["First note", "", "Second note"]}
    context = {"user_id": "u"}
    job = Job("acme", JOB_ID, intent, inputs, "agent", time.time(), context=context, **changes)
    asyncio.run(DynamoJobs("jobs").create(job))


def job() -> Job:
    found = asyncio.run(DynamoJobs("jobs").get("acme", JOB_ID))
    assert found is not None
    return found


def deliver(api: Deployed, case: str = "one_job") -> dict[str, Any]:
    """Deliver the event of a case; its message is one that SQS really has in flight."""
    event = load("workers/jobs", case)
    queue = api.stack.environment["QUEUE_JOBS"]
    for record in event["Records"]:
        clients.sqs().send_message(QueueUrl=queue, MessageBody=record["body"])
        received = clients.sqs().receive_message(QueueUrl=queue)["Messages"][0]
        record["receiptHandle"] = received["ReceiptHandle"]
    return api.invoke("workers/jobs", event)


def test_an_accepted_job_is_worked_off(api: Deployed) -> None:
    put()
    assert deliver(api) == DONE
    done = job()
    assert (done.status, done.attempts) == ("succeeded", 1)
    assert done.result is not None
    assert (done.result["stored"], done.result["deduplicated"]) == (2, 0)
    assert [entry["index"] for entry in done.result["failed"]] == [1]
    body = {"intent": "memory.search", "inputs": {"query": "note"}, "context": {"user_id": "u"}}
    found = api.send("api/orchestrate", "memory_write", body=body).json["result"]
    assert {item["text"] for item in found["items"]} == {"First note", "Second note"}


def test_a_job_delivered_twice_is_run_once(api: Deployed) -> None:
    put()
    deliver(api)
    before = job()
    assert deliver(api) == DONE
    assert job() == before


def test_a_message_that_names_no_job_of_ours_is_done(api: Deployed) -> None:
    assert deliver(api) == DONE


@pytest.mark.parametrize("body", ["this is no job", "[]", "5", "null", "{}", '{"tenant": "acme"}'])
def test_a_poison_message_fails_alone_and_ends_in_the_dead_letters(api: Deployed, body: str) -> None:
    put()
    event = load("workers/jobs", "poison")
    event["Records"][0]["body"] = body
    good = copy.deepcopy(load("workers/jobs", "one_job")["Records"][0]) | {"messageId": "good"}
    queue = api.stack.environment["QUEUE_JOBS"]
    clients.sqs().send_message(QueueUrl=queue, MessageBody=good["body"])
    good["receiptHandle"] = clients.sqs().receive_message(QueueUrl=queue)["Messages"][0]["ReceiptHandle"]
    event["Records"].append(good)
    poison = event["Records"][0]["messageId"]
    assert api.invoke("workers/jobs", event) == {"batchItemFailures": [{"itemIdentifier": poison}]}
    assert job().status == "succeeded"


def stored_without_vendor(api: Deployed, vendors: Sandbox) -> str:
    vendors.fault("error")
    body = {"intent": "memory.write", "inputs": {"text": "Hello"}, "context": {"user_id": "u"}}
    return api.send("api/orchestrate", "memory_write", body=body).json["result"]["item_id"]


def test_while_the_vendor_is_dead_the_job_waits_and_once_it_answers_the_text_is_embedded(
    api: Deployed, vendors: Sandbox
) -> None:
    put("memory.reembed", {"item_id": stored_without_vendor(api, vendors)})
    [failure] = deliver(api)["batchItemFailures"]
    assert failure["itemIdentifier"] == load("workers/jobs", "one_job")["Records"][0]["messageId"]
    assert (job().status, job().attempts) == ("pending", 1)
    vendors.behave()
    assert deliver(api) == DONE
    done = job()
    assert done.result is not None
    assert (done.status, done.result["status"], done.failure) == ("succeeded", "re_embedded", None)


def test_after_the_last_receive_the_job_is_failed_and_a_redrive_runs_it_again(
    api: Deployed, vendors: Sandbox
) -> None:
    put("memory.reembed", {"item_id": stored_without_vendor(api, vendors)})
    assert deliver(api, "last_receive") != DONE
    failed = job()
    assert failed.status == "failed"
    assert failed.failure is not None
    assert failed.failure.dead_lettered
    vendors.behave()
    assert deliver(api) == DONE
    assert job().status == "succeeded"


def test_a_job_that_cannot_succeed_ends_with_its_own_error(api: Deployed) -> None:
    put("memory.reembed", {"item_id": "mem_0"})
    assert deliver(api) == DONE
    failed = job()
    assert failed.failure is not None
    assert (failed.status, failed.failure.error_type) == ("failed", "NotFound")


def test_an_intent_that_is_gone_fails_its_job(api: Deployed) -> None:
    put("gone.away", {})
    assert deliver(api) == DONE
    assert job().status == "failed"


def announced() -> Delivery | None:
    return asyncio.run(DynamoDeliveries("webhooks").get("acme", JOB_ID))


def test_the_end_of_a_job_is_announced_to_its_callback_url_as_get_jobs_shows_it(api: Deployed) -> None:
    put(callback_url="https://example.com/callback")
    assert deliver(api) == DONE
    delivery = announced()
    assert delivery is not None
    body = json.loads(delivery.announcement.body)
    shown = api.send("api/jobs", "get_job").json
    assert {name: body[name] for name in shown} == shown
    assert (body["type"], delivery.announcement.url) == ("job.succeeded", "https://example.com/callback")
    assert (delivery.webhook_id, delivery.status) == ("msg_abc123", "pending")
    sent = clients.sqs().receive_message(QueueUrl=api.stack.environment["QUEUE_WEBHOOKS"])["Messages"]
    assert [json.loads(message["Body"])["subject"] for message in sent] == [JOB_ID]


def test_a_job_that_was_cancelled_while_it_waited_is_announced_when_its_message_comes(api: Deployed) -> None:
    put(callback_url="https://example.com/callback")
    asyncio.run(DynamoJobs("jobs").cancel("acme", JOB_ID, time.time()))
    assert deliver(api) == DONE
    delivery = announced()
    assert delivery is not None
    assert delivery.announcement.event == "job.cancelled"


def test_without_callback_url_nothing_is_announced(api: Deployed) -> None:
    put()
    deliver(api)
    assert announced() is None


def test_while_nothing_can_be_announced_the_message_comes_again_and_then_only_announces(
    api: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(callback_url="https://example.com/callback")
    with monkeypatch.context() as broken:
        broken.setattr(DynamoDeliveries, "create", throttled)
        assert deliver(api) != DONE
    done = job()
    assert (done.status, announced()) == ("succeeded", None)
    assert deliver(api) == DONE
    assert job() == done
    assert announced() is not None


async def throttled(*_: Any) -> None:
    raise Unavailable("PutItem is throttled")


def test_the_events_are_what_sqs_sends() -> None:
    for case in ("one_job", "last_receive", "poison"):
        [record] = load("workers/jobs", case)["Records"]
        assert record["eventSource"] == "aws:sqs"
        assert int(record["attributes"]["ApproximateReceiveCount"]) >= 1
    assert json.loads(load("workers/jobs", "one_job")["Records"][0]["body"])["job_id"] == JOB_ID
