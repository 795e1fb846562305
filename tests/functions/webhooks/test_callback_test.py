"""POST /webhook/callback/test: the echo, and what it says of signatures."""

import base64
import hashlib
import json
import time

import pytest

from orchestrator import wiring
from orchestrator.aws import clients
from orchestrator.webhooks import signing
from tests.fakes.api_gateway import Answer
from tests.fakes.functions import EVENTS, Deployed, load
from tests.fakes.stack import SECRETS

FOLDER = "webhooks/callback_test"
SECRET = "your-secret-key"
BODY = '{"request_id":"req_1","status":"completed"}'
RECORDED = sorted(
    file.name.removesuffix(".response.json") for file in EVENTS.glob(f"{FOLDER}/*.response.json")
)
RECEIVE = SECRETS["webhooks"]["WEBHOOK_RECEIVE_SECRET"]


def send(api: Deployed, headers: dict[str, str], body: str = BODY) -> Answer:
    return api.send(FOLDER, "unsigned", body=body, headers=headers)


@pytest.mark.parametrize("case", RECORDED)
def test_the_recorded_answers_are_those_of_today(api: Deployed, case: str) -> None:
    recorded = json.loads((EVENTS / FOLDER / f"{case}.response.json").read_text("utf-8"))
    answer = api.send(FOLDER, case, body=load(FOLDER, case)["body"])
    assert (answer.status, answer.json) == (recorded["statusCode"], json.loads(recorded["body"]))


def test_a_delivery_is_echoed_with_the_headers_that_belong_to_webhooks_and_no_other(api: Deployed) -> None:
    headers = {"x-webhook-secret": SECRET, "authorization": "Bearer abc", "x-api-key": "k", "cookie": "a=b"}
    answer = send(api, headers | {"webhook-id": "msg_1", "x-correlation-id": "order-4711"})
    received = answer.json["received"]
    assert answer.status == 200
    assert (received["body"], received["body_encoding"], received["bytes"]) == (BODY, "utf-8", len(BODY))
    assert received["sha256"] == hashlib.sha256(BODY.encode()).hexdigest()
    assert set(received["headers"]) == {
        "content-type", "content-length", "user-agent", "webhook-id", "x-correlation-id",
    }  # fmt: skip
    assert SECRET not in answer.text.replace(BODY, "")


def test_a_delivery_of_ours_is_valid_in_both_schemes(api: Deployed) -> None:
    made = signing.headers(BODY.encode(), [SECRET, "old"], "msg_1", int(time.time()))
    signature = send(
        api, {name.lower(): value for name, value in made.items()} | {"x-webhook-secret": SECRET}
    )
    said = signature.json["signature"]
    assert said["valid"] is True
    assert [scheme["valid"] for scheme in said["schemes"]] == [True, True]


def test_a_wrong_signature_is_a_200_that_says_why(api: Deployed) -> None:
    given = f"sha256={signing.plain(BODY.encode(), SECRET)}"
    said = send(api, {"x-webhook-secret": SECRET, "x-webhook-signature": given}).json["signature"]
    assert said["valid"] is False
    assert said["because"] == (
        "X-Webhook-Signature: It is the right kind of signature, but with `sha256=` before it."
    )


def test_without_a_secret_header_the_receive_secrets_count_the_previous_one_too(api: Deployed) -> None:
    given = {"x-webhook-signature": signing.plain(BODY.encode(), RECEIVE)}
    assert send(api, given).json["signature"]["valid"] is True
    stored = {"WEBHOOK_RECEIVE_SECRET": "new", "WEBHOOK_RECEIVE_SECRET_PREVIOUS": RECEIVE}
    with_secret(api, stored)
    assert send(api, given).json["signature"]["valid"] is True
    with_secret(api, {"WEBHOOK_RECEIVE_SECRET": "new"})
    assert send(api, given).json["signature"]["valid"] is False


def with_secret(api: Deployed, values: dict[str, str]) -> None:
    arn = api.stack.environment["SECRET_WEBHOOKS"]
    clients.secretsmanager().put_secret_value(SecretId=arn, SecretString=json.dumps(values))
    wiring.secret.cache_clear()  # as after the minutes for which a secret is used before it is read again


def test_without_any_secret_it_says_which_one_to_send(api: Deployed) -> None:
    with_secret(api, {})
    said = send(api, {"x-webhook-signature": "00"}).json["signature"]
    assert said["valid"] is None
    assert "WEBHOOK_RECEIVE_SECRET is not set" in said["because"]
    assert "x-webhook-secret" in said["because"]


def test_the_store_of_secrets_is_asked_only_when_it_is_needed(api: Deployed) -> None:
    assert send(api, {}).json["signature"] == {
        "valid": None,
        "because": "It is not signed: neither X-Webhook-Signature nor webhook-signature came.",
        "schemes": [],
    }
    send(api, {"x-webhook-secret": SECRET, "x-webhook-signature": "00"})
    assert api.stack.calls == []


def test_the_raw_bytes_count_also_when_the_gateway_sends_them_in_base64(api: Deployed) -> None:
    body = b'\xff{"a":  1}\r\n'
    made = {"x-webhook-secret": SECRET, "x-webhook-signature": signing.plain(body, SECRET)}
    answer = api.send(
        FOLDER, "unsigned", body=base64.b64encode(body).decode(), headers=made, isBase64Encoded=True
    )
    received = answer.json["received"]
    assert answer.json["signature"]["valid"] is True
    assert (received["body_encoding"], base64.b64decode(received["body"])) == ("base64", body)


def test_a_body_beyond_the_limit_is_refused(api: Deployed) -> None:
    assert send(api, {}, "x" * 262_144).status == 200
    assert send(api, {}, "x" * 262_145).status == 413


@pytest.mark.parametrize("body", ["", "not json", "[]", "null"])
def test_any_body_will_do(api: Deployed, body: str) -> None:
    assert send(api, {"x-webhook-secret": SECRET}, body).json["received"]["body"] == body
