"""POST /webhook/receive: who may bring a text, and how often."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from orchestrator import wiring
from orchestrator.aws import clients
from orchestrator.aws.analysis import DynamoAnalysis
from orchestrator.webhooks import signing
from tests.fakes.api_gateway import Answer
from tests.fakes.functions import EVENTS, Deployed, deployed
from tests.fakes.stack import SECRETS

FOLDER = "webhooks/receive"
SECRET = SECRETS["webhooks"]["WEBHOOK_RECEIVE_SECRET"]
TEXT = "The new release is a delight: Ada Lovelace praised it in London on Monday."
BODY = json.dumps({"text": TEXT})
RECORDED = sorted(
    file.name.removesuffix(".response.json") for file in EVENTS.glob(f"{FOLDER}/*.response.json")
)


@pytest.fixture
def api() -> Iterator[Deployed]:
    with deployed("http://127.0.0.1:9/v1") as made:
        yield made


def plainly(body: str = BODY, secret: str = SECRET) -> dict[str, str]:
    return {"x-webhook-signature": signing.plain(body.encode(), secret)}


def standard(
    body: str = BODY, secret: str = SECRET, webhook_id: str = "msg_1", age: int = 0
) -> dict[str, str]:
    made = signing.headers(body.encode(), [secret], webhook_id, int(time.time()) - age)
    return {name: value for name, value in made.items() if name != signing.PLAIN}


def both(**what: Any) -> dict[str, str]:
    return standard(**what) | plainly(what.get("body", BODY))


def send(api: Deployed, headers: dict[str, str], body: str = BODY) -> Answer:
    return api.send(FOLDER, "unsigned", body=body, headers=headers)


def accepted(answer: Answer) -> str:
    assert answer.status == 202, answer.text
    return answer.json["request_id"]


def written(api: Deployed) -> set[str]:
    """The ids of all requests in the table, as `tenant#id`."""
    found = clients.dynamodb().scan(TableName=api.stack.environment["TABLE_ANALYSIS"])["Items"]
    return {item["pk"].get("S", "") for item in found}


@pytest.mark.parametrize("case", RECORDED)
def test_the_recorded_answers_are_those_of_today(api: Deployed, case: str) -> None:
    recorded = json.loads((EVENTS / FOLDER / f"{case}.response.json").read_text("utf-8"))
    answer = api.send(FOLDER, case)
    body = json.loads(recorded["body"])
    assert (answer.status, answer.json.keys()) == (recorded["statusCode"], body.keys())
    assert answer.json.get("message") == body.get("message")


@pytest.mark.parametrize("signed", [plainly, standard, both])
def test_a_signed_text_is_accepted_for_the_tenant_default_whoever_asks(
    api: Deployed, signed: Callable[[], dict[str, str]]
) -> None:
    answer = send(api, signed() | {"x-correlation-id": "order-4711"})
    request_id = accepted(answer)
    assert (answer.json["status"], answer.headers["location"]) == ("pending", f"/api/v1/results/{request_id}")
    assert written(api) == {f"default#{request_id}"}
    assert answer.headers["x-correlation-id"] == "order-4711"
    machine = api.stack.environment["WORKFLOW_ANALYSIS"]
    runs = clients.stepfunctions().list_executions(stateMachineArn=machine)["executions"]
    assert [run["name"] for run in runs] == [request_id]


def test_a_batch_is_accepted_as_one_delivery(api: Deployed) -> None:
    body = json.dumps({"texts": [TEXT, TEXT[::-1]]})
    answer = send(api, both(body=body), body)
    assert len(answer.json["requests"]) == 2
    again = send(api, both(body=body), body)
    assert (again.status, answer.json["batch_id"] in again.json["message"]) == (409, True)


def test_the_raw_bytes_count_also_when_the_gateway_sends_them_in_base64(api: Deployed) -> None:
    body = '{ "text":\t"Ein Text über Köln, gern gelesen." }\r\n'
    event = {"body": base64.b64encode(body.encode()).decode(), "isBase64Encoded": True}
    assert api.send(FOLDER, "unsigned", headers=plainly(body), **event).status == 202


# Made when they are sent: a signature is good for five minutes, and tests may take as long.
REFUSED: dict[str, Callable[[], dict[str, str]]] = {
    "is not signed": dict,
    "X-Webhook-Signature does not match": lambda: plainly(secret="another"),
    "webhook-signature does not match": lambda: standard(secret="another"),
    "webhook-timestamp is more than 300 s": lambda: standard(age=400),
    "webhook-timestamp is more than": lambda: standard(age=-400),
    "webhook-id and webhook-signature did not come": lambda: {"webhook-timestamp": str(int(time.time()))},
    "X-Webhook-Signature does": lambda: standard() | plainly(secret="another"),
    "webhook-signature does": lambda: standard(secret="another") | plainly(),
    "webhook-signature": lambda: standard() | {"webhook-signature": "v1,é"} | plainly(),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_is_not_signed_right_is_a_401_that_names_it_and_leaves_no_trace(
    api: Deployed, said: str
) -> None:
    answer = send(api, REFUSED[said]())
    assert answer.status == 401
    assert said in answer.json["message"]
    assert (set(answer.json) - {"hint"}) == {"error", "message", "request_id"}
    right = [*plainly().values(), standard()["webhook-signature"]]
    assert not any(signature in answer.text for signature in right)
    assert set(api.stack.calls) == {"GetSecretValue"}


@pytest.mark.parametrize("body", ["", "{", "[]", '{"text": 5}', BODY[:-1]])
def test_nobody_learns_what_a_body_should_be_without_a_signature(api: Deployed, body: str) -> None:
    assert send(api, {}, body).status == 401


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ("{", 400, None),
        ("{}", 422, "text"),
        ('{"text": "short"}', 422, "text"),
        (json.dumps({"text": TEXT, "webhook_url": "https://169.254.169.254/"}), 422, "webhook_url"),
        (json.dumps({"text": TEXT, "webhook_url": "http://example.com/"}), 422, "webhook_url"),
    ],
)
def test_a_signed_body_that_is_wrong_is_refused_as_by_the_api_and_may_come_again_mended(
    api: Deployed, body: str, status: int, field: str | None
) -> None:
    answer = send(api, both(body=body), body)
    assert (answer.status, answer.json.get("field")) == (status, field)
    assert accepted(send(api, both()))


def test_the_same_delivery_again_is_a_409_that_names_the_first_ones_request(api: Deployed) -> None:
    first = accepted(send(api, standard()))
    again = send(api, standard(age=100))
    assert (again.status, again.json["error"]) == (409, "Conflict")
    assert first in again.json["message"]
    assert written(api) == {f"default#{first}"}


def test_the_same_plain_signature_again_is_a_409_too(api: Deployed) -> None:
    first = accepted(send(api, plainly()))
    assert first in send(api, plainly()).json["message"]


def test_a_copy_without_the_headers_that_hold_its_id_is_still_a_copy(api: Deployed) -> None:
    first = accepted(send(api, both()))
    for headers in (plainly(), standard(), both()):
        again = send(api, headers)
        assert (again.status, first in again.json["message"]) == (409, True)


def test_the_same_text_in_a_new_delivery_is_a_new_request(api: Deployed) -> None:
    ids = {accepted(send(api, both(webhook_id=f"msg_{number}"))) for number in range(3)}
    assert len(ids) == 3


def test_an_id_that_comes_again_with_another_text_is_a_409(api: Deployed) -> None:
    accepted(send(api, standard()))
    other = json.dumps({"text": TEXT[::-1]})
    again = send(api, standard(body=other), other)
    assert (again.status, "another body" in again.json["message"]) == (409, True)


def test_a_copy_is_refused_even_after_its_request_was_deleted(api: Deployed) -> None:
    first = accepted(send(api, standard()))
    for item in clients.dynamodb().scan(TableName=api.stack.environment["TABLE_ANALYSIS"])["Items"]:
        clients.dynamodb().delete_item(
            TableName=api.stack.environment["TABLE_ANALYSIS"], Key={"pk": item["pk"], "sk": item["sk"]}
        )
    again = send(api, standard())
    assert (again.status, first in again.json["message"]) == (409, True)


def records(api: Deployed) -> list[Any]:
    return clients.dynamodb().scan(TableName=api.stack.environment["TABLE_IDEMPOTENCY"])["Items"]


def change(api: Deployed, attribute: str, seconds: float) -> None:
    for item in records(api):
        clients.dynamodb().update_item(
            TableName=api.stack.environment["TABLE_IDEMPOTENCY"],
            Key={"pk": item["pk"], "sk": item["sk"]},
            UpdateExpression="SET #a = :a",
            ExpressionAttributeNames={"#a": attribute},
            ExpressionAttributeValues={":a": {"N": str(int(seconds))}},
        )


def test_what_was_received_is_remembered_for_a_day_and_then_forgotten(api: Deployed) -> None:
    accepted(send(api, both()))
    assert len(records(api)) == 2
    for item in records(api):
        assert 86_300 < int(item["expires_at"]["N"]) - time.time() < 86_500
    change(api, "expires_at", time.time() - 10)
    accepted(send(api, plainly()))


class Killed(BaseException):
    """As if the process had ended here."""


def test_a_delivery_whose_process_died_half_way_goes_on_under_the_id_it_had(
    api: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def die(*_: Any) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(DynamoAnalysis, "create", die)
        assert send(api, standard()).status == 500
    (claimed,) = records(api)
    change(api, "lock_until", 0)
    assert accepted(send(api, standard())) == claimed["job_id"]["S"]
    assert written(api) == {f"default#{claimed['job_id']['S']}"}


def test_a_delivery_that_could_not_be_accepted_may_come_again_at_once(api: Deployed) -> None:
    events = clients.dynamodb().meta.events

    def throttle(model: Any, params: Any, **_: Any) -> Any:
        if b"analysis" in params["body"]:
            code = "ProvisionedThroughputExceededException"
            raise clients.dynamodb().exceptions.ProvisionedThroughputExceededException(
                {"Error": {"Code": code}}, model.name
            )

    events.register("before-call.dynamodb.PutItem", throttle)
    assert send(api, standard()).status == 503
    events.unregister("before-call.dynamodb.PutItem", throttle)
    assert accepted(send(api, standard()))


def with_secret(api: Deployed, values: dict[str, str]) -> None:
    arn = api.stack.environment["SECRET_WEBHOOKS"]
    clients.secretsmanager().put_secret_value(SecretId=arn, SecretString=json.dumps(values))
    wiring.secret.cache_clear()  # as after the minutes for which a secret is used before it is read again


def test_while_a_secret_is_replaced_both_sign(api: Deployed) -> None:
    with_secret(api, {"WEBHOOK_RECEIVE_SECRET": "new", "WEBHOOK_RECEIVE_SECRET_PREVIOUS": SECRET})
    assert accepted(send(api, standard()))
    assert accepted(send(api, standard(secret="new", webhook_id="msg_2")))
    with_secret(api, {"WEBHOOK_RECEIVE_SECRET": "new"})
    assert send(api, standard(webhook_id="msg_3")).status == 401


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({}, "NotConfigured"),
        ({"WEBHOOK_RECEIVE_SECRET": ""}, "NotConfigured"),
        ({"WEBHOOK_RECEIVE_SECRET": "whsec_no base64"}, "Misconfigured"),
    ],
)
def test_without_a_secret_nothing_is_received_and_the_setting_is_named(
    api: Deployed, values: dict[str, str], error: str
) -> None:
    with_secret(api, values)
    answer = send(api, both())
    assert (answer.status, answer.json["error"]) == (503, error)
    assert "WEBHOOK_RECEIVE_SECRET" in answer.json["message"]


def test_a_text_costs_no_more_calls_than_it_has_to(api: Deployed) -> None:
    send(api, standard())
    assert sorted(api.stack.calls) == [
        "GetSecretValue", "PutItem", "PutItem", "PutItem", "StartExecution", "UpdateItem",
    ]  # fmt: skip
