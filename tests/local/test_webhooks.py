"""Deliveries as receivers get them: what they hold, what signs them, how many come."""

from __future__ import annotations

import base64
import json
import uuid
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from standardwebhooks import Webhook, WebhookVerificationError

from orchestrator.webhooks import signing
from tests.local.analysing import accepted, delivery_ended, marker, process, result, text
from tests.local.receiving import CALLBACK_SECRETS, Delivered, Receiver
from tests.local.running import Running, until

NEWER, OLDER = "the newer secret 5b1a", "whsec_dGhlIG9sZGVyIHNlY3JldA=="


def verifies(secret: str, one: Delivered) -> bool:
    """Whether the official library takes the delivery for one signed with this secret."""
    try:
        return Webhook(signing.portable(secret)).verify(one.body, one.headers) == json.loads(one.body)
    except WebhookVerificationError:
        return False


def first_at(receiver: Receiver, path: str) -> Delivered:
    return until(lambda: receiver.got(path), 60)[0]


def test_a_delivery_holds_what_the_result_holds_and_names_its_event(
    impatient_runner: Running, receiver: Receiver
) -> None:
    path, trace = f"/{uuid.uuid4().hex}", {"x-correlation-id": marker()}
    sent = process(impatient_runner, text(marker()), trace, webhook_url=receiver.at(path))
    one = first_at(receiver, path)
    found = result(impatient_runner, sent.json()["request_id"])
    event = {"type": "analysis.completed", "timestamp": found["completed_at"]}
    assert json.loads(one.body) == event | found
    assert one.headers["content-type"] == "application/json"
    assert trace.items() <= one.headers.items()
    log = delivery_ended(impatient_runner, found["request_id"])
    assert (log["webhook_id"], log["event"]) == (one.headers["webhook-id"], "analysis.completed")
    assert (log["body_bytes"], log["signed"]) == (len(one.body), False)
    assert not {"webhook-signature", "x-webhook-signature"} & one.headers.keys()


def test_while_secrets_change_over_either_verifies(impatient_runner: Running, receiver: Receiver) -> None:
    path = f"/{uuid.uuid4().hex}"
    url = receiver.at(path)
    accepted(impatient_runner, text(marker()), webhook_url=url, webhook_secret=[NEWER, OLDER])
    one = first_at(receiver, path)
    assert [verifies(secret, one) for secret in (NEWER, OLDER, "neither")] == [True, True, False]
    assert one.headers["x-webhook-signature"] == signing.plain(one.body, NEWER)


def test_the_end_of_a_job_is_called_back_signed_with_the_secrets_of_the_deployment(
    impatient_runner: Running, receiver: Receiver
) -> None:
    path = f"/{uuid.uuid4().hex}"
    body = {"intent": "memory.import", "inputs": {"texts": ["a text"]}, "callback_url": receiver.at(path)}
    answer = impatient_runner.post("/orchestrate", json=body, headers={"prefer": "respond-async"})
    job_id = answer.json()["job_id"]
    one = first_at(receiver, path)
    job = impatient_runner.get(f"/jobs/{job_id}").json()
    assert json.loads(one.body) == {"type": "job.succeeded", "timestamp": job["updated_at"]} | job
    assert all(verifies(secret, one) for secret in CALLBACK_SECRETS.values())
    newer = CALLBACK_SECRETS["CALLBACK_HMAC_SECRET"]
    assert one.headers["x-webhook-signature"] == signing.plain(one.body, newer)
    assert delivery_ended(impatient_runner, job_id)["status"] == "delivered"


def stored(running: Running) -> Iterator[str]:
    """Every item of every table as it is stored, what is compressed or in base64 also as it reads."""
    dynamodb = running.boto("dynamodb")
    for name in dynamodb.list_tables()["TableNames"]:
        for page in dynamodb.get_paginator("scan").paginate(TableName=name):
            for item in page["Items"]:
                yield repr(item)
                yield from map(readable, values(item))


def values(value: Any) -> Iterator[Any]:
    if isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from values(one)
    else:
        yield value


def readable(value: Any) -> str:
    try:
        if isinstance(value, bytes):
            return zlib.decompress(value).decode()
        return base64.b64decode(value, validate=True).decode("latin-1")
    except (ValueError, TypeError, zlib.error):
        return ""


def test_secrets_are_nowhere_to_be_read(impatient_runner: Running, receiver: Receiver) -> None:
    secret = f"never to be seen {uuid.uuid4().hex}"
    url = receiver.at(f"/{uuid.uuid4().hex}")
    answer = impatient_runner.post(
        "/api/v1/process", json={"text": text(marker()), "webhook_url": url, "webhook_secret": secret}
    )
    request_id = answer.json()["request_id"]
    delivery_ended(impatient_runner, request_id)
    paths = [f"/api/v1/{kind}/{request_id}" for kind in ("results", "webhook-logs")]
    shown = [impatient_runner.get(path).text for path in [*paths, "/api/v1/results", f"/jobs/{request_id}"]]
    shown.append(impatient_runner.post(f"/api/v1/webhook/retry/{request_id}").text)
    everything = [answer.text, *shown, impatient_runner.get("/_local/outbox").text, impatient_runner.log()]
    everything += stored(impatient_runner)
    for hidden in (secret, *CALLBACK_SECRETS.values()):
        spelled = (hidden, base64.b64encode(hidden.encode()).decode())
        assert not [one for one in everything if any(spelling in one for spelling in spelled)]
    assert any(request_id in one for one in stored(impatient_runner))


def test_of_two_hundred_requests_at_once_none_is_lost_and_none_comes_under_two_ids(
    impatient_runner: Running, receiver: Receiver
) -> None:
    path = f"/{uuid.uuid4().hex}"
    body = {"orchestration_mode": "parallel", "webhook_url": receiver.at(path), "webhook_secret": NEWER}
    with impatient_runner.http() as client, ThreadPoolExecutor(32) as pool:

        def send(number: int) -> str:
            answer = client.post("/api/v1/process", json={"text": f"Ada met {number} bears.", **body})
            assert answer.status_code == 202, answer.text
            return answer.json()["request_id"]

        sent = list(pool.map(send, range(200)))
    assert len(set(sent)) == 200

    def told() -> dict[str, set[str]]:
        ids: dict[str, set[str]] = {}
        for one in receiver.got(path):
            ids.setdefault(json.loads(one.body)["request_id"], set()).add(one.headers["webhook-id"])
        return ids

    found = until(lambda: len(ids := told()) == 200 and ids, 180)
    assert found.keys() == set(sent)
    assert {len(ids) for ids in found.values()} == {1}
    assert len({id for ids in found.values() for id in ids}) == 200
    assert {json.loads(one.body)["status"] for one in receiver.got(path)} == {"completed"}
