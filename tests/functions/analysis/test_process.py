"""POST /api/v1/process (`api/process`): what a text is answered with, and what that costs."""

import json
import threading
import time
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestrator.aws import clients
from tests.fakes.api_gateway import Answer
from tests.fakes.functions import Deployed
from tests.functions.analysis.world import TEXT, executions, messages, status, work

FOLDER = "api/process"


def send(api: Deployed, body: Any = None, case: str = "sequential", **more: Any) -> Answer:
    return api.send(FOLDER, case, **({"body": body} if body is not None else {}), **more)


@pytest.mark.parametrize(
    ("case", "calls"),
    [
        ("sequential", ["PutItem", "PutItem", "StartExecution"]),
        ("with_webhook", ["Encrypt", "PutItem", "PutItem", "StartExecution"]),
        ("with_idempotency_key", ["PutItem", "PutItem", "PutItem", "StartExecution", "UpdateItem"]),
        ("batch", ["BatchWriteItem", "TransactWriteItems", "SendMessageBatch"]),
    ],
)
def test_a_text_is_accepted_with_as_few_calls_as_can_be(api: Deployed, case: str, calls: list[str]) -> None:
    answer = send(api, case=case)
    assert answer.status == 202
    assert api.stack.calls == calls


def test_the_documented_request_is_accepted_and_its_workflow_runs_under_its_id(api: Deployed) -> None:
    answer = send(api)
    request_id = answer.json["request_id"]
    assert answer.json["status"] == "pending"
    assert answer.headers["location"] == answer.json["results_url"] == f"/api/v1/results/{request_id}"
    assert executions(api) == {
        request_id: {
            "tenant": "acme",
            "request_id": request_id,
            "mode": "sequential",
            "correlation_id": answer.headers["x-correlation-id"],
        }
    }
    assert messages(api, "analysis") == []


def test_the_documented_request_with_a_webhook_shows_no_secret(api: Deployed) -> None:
    answer = send(api, case="with_webhook")
    assert answer.json["webhook_url"] == "https://your-app.com/webhook/callback"
    assert "your-secret-key" not in answer.text
    items = clients.dynamodb().scan(TableName=api.stack.environment["TABLE_ANALYSIS"])["Items"]
    assert "your-secret-key" not in repr(items)
    assert [len(item["sealed"]["L"]) for item in items if "sealed" in item] == [1]


@pytest.mark.parametrize("secret", ["one", ["new", "old"], None])
def test_a_secret_may_be_one_or_two_or_none(api: Deployed, secret: Any) -> None:
    answer = send(api, {"text": TEXT, "webhook_url": "https://example.com/", "webhook_secret": secret})
    assert answer.status == 202
    assert api.stack.calls.count("Encrypt") == len(
        secret if isinstance(secret, list) else [secret] if secret else []
    )


def test_a_finished_request_answers_with_its_result(api: Deployed) -> None:
    def finish() -> None:
        while not (found := executions(api)):
            time.sleep(0.01)  # until it is there
        work(api, request_id=next(iter(found)))

    worker = threading.Thread(target=finish)
    worker.start()
    answer = send(api, case="waited_for")
    worker.join()
    assert (answer.status, answer.json["status"]) == (200, "completed")
    assert answer.json["results"]["summary"]["summary"] == "In short."
    assert "location" not in answer.headers


@pytest.mark.parametrize("prefer", ["wait=0", "respond-async", "", "wait=1"])
def test_a_request_that_does_not_end_in_time_is_followed_elsewhere(api: Deployed, prefer: str) -> None:
    answer = send(api, headers={"prefer": prefer})
    assert (answer.status, answer.json["status"]) == (202, "pending")


def test_a_batch_answers_with_all_its_ids(api: Deployed) -> None:
    answer = send(api, case="batch")
    ids = answer.json["request_ids"]
    assert answer.json["counts"]["pending"] == len(set(ids)) == 2
    assert answer.headers["location"] == f"/api/v1/results/{answer.json['batch_id']}"
    assert [message["request_id"] for message in messages(api, "analysis")] == ids
    assert executions(api) == {}


def test_a_throttled_step_functions_is_no_concern_of_the_callers(
    api: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throttled(**_: Any) -> Any:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "no"}}, "StartExecution")

    monkeypatch.setattr(clients.stepfunctions(), "start_execution", throttled)
    answer = send(api)
    assert answer.status == 202
    [message] = messages(api, "analysis")
    assert (message["task"], message["request_id"]) == ("start", answer.json["request_id"])


def test_a_key_is_replayed_as_the_request_stands(api: Deployed) -> None:
    first = send(api, case="with_idempotency_key")
    again = send(api, case="with_idempotency_key")
    assert ("idempotent-replayed" in first.headers, again.headers["idempotent-replayed"]) == (False, "true")
    assert (again.status, again.json) == (202, first.json)
    work(api, request_id=first.json["request_id"])
    finished = send(api, case="with_idempotency_key")
    assert (finished.status, finished.json["status"]) == (200, "completed")
    assert len(executions(api)) == 1


def test_a_batchs_key_is_replayed_too(api: Deployed) -> None:
    key = {"idempotency-key": "k"}
    first, again = send(api, case="batch", headers=key), send(api, case="batch", headers=key)
    assert (again.status, again.json) == (202, first.json)
    assert len(messages(api, "analysis")) == 2


def test_a_key_that_comes_with_another_body_is_refused(api: Deployed) -> None:
    key = {"idempotency-key": "k"}
    send(api, {"text": TEXT}, headers=key)
    answer = send(api, {"text": f"{TEXT}!"}, headers=key)
    assert (answer.status, answer.json["error"]) == (422, "KeyReused")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "text"),
        ({"text": None}, "text"),
        ({"text": "  short  "}, "text"),
        ({"text": 5}, "text"),
        ({"text": "x" * 1001}, "text"),
        ({"texts": []}, "texts"),
        ({"texts": [TEXT] * 26}, "texts"),
        ({"texts": [TEXT, "short"]}, "texts[1]"),
        ({"texts": TEXT}, "texts"),
        ({"text": TEXT, "texts": [TEXT]}, "texts"),
        ({"text": TEXT, "mode": "parallel"}, "mode"),
        ({"text": TEXT, "orchestration_mode": "auto"}, "orchestration_mode"),
        ({"text": TEXT, "webhook": "https://example.com"}, "webhook"),
        ({"text": TEXT, "webhook_url": "ftp://example.com/"}, "webhook_url"),
        ({"text": TEXT, "webhook_url": "http://169.254.169.254/"}, "webhook_url"),
        ({"text": TEXT, "webhook_url": f"https://example.com/{'x' * 2048}"}, "webhook_url"),
        ({"text": TEXT, "webhook_secret": "s"}, "webhook_secret"),
        ({"text": TEXT, "webhook_url": "https://example.com/", "webhook_secret": ""}, "webhook_secret[0]"),
        ({"text": TEXT, "webhook_url": "https://example.com/", "webhook_secret": []}, "webhook_secret"),
        (
            {"text": TEXT, "webhook_url": "https://example.com/", "webhook_secret": ["a"] * 3},
            "webhook_secret",
        ),
        ({"text": TEXT, "webhook_url": "https://example.com/", "webhook_secret": 5}, "webhook_secret"),
        ({"text": TEXT, "webhook_url": "https://example.com/", "webhook_secret": [5]}, "webhook_secret[0]"),
        (
            {"text": TEXT, "webhook_url": "https://example.com/", "webhook_secret": "whsec_?"},
            "webhook_secret",
        ),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_written(api: Deployed, body: Any, field: str) -> None:
    answer = send(api, body)
    assert answer.status == 422, answer.text
    assert (answer.json["error"], answer.json["field"]) == ("InvalidInput", field)
    assert api.stack.calls == []


def test_mode_is_refused_with_the_name_that_is_meant(api: Deployed) -> None:
    answer = send(api, case="mode_of_another_path")
    assert "orchestration_mode" in answer.json["hint"]


def test_an_unknown_field_is_refused_with_a_hint(api: Deployed) -> None:
    assert send(api, {"text": TEXT, "webhook": 1}).json["hint"]


@pytest.mark.parametrize(
    "body", ['{"text": "\\ud800 is half a character"}', '{"texts": ["\\udc00 and so is this"]}']
)
def test_half_a_character_is_refused_with_its_place(api: Deployed, body: str) -> None:
    answer = send(api, body)
    assert answer.status == 422
    assert answer.json["field"] in ("text", "texts[0]")
    assert api.stack.calls == []


def test_control_characters_are_part_of_the_text(api: Deployed) -> None:
    answer = send(api, {"text": "page one\fpage two\x00 and a half\r\n"})
    assert (answer.status, answer.json["text_length"]) == (202, 31)


def test_a_body_is_read_up_to_what_a_batch_may_hold(api: Deployed) -> None:
    assert send(api, {"texts": ["🙂" * 1000] * 25}).status == 202
    too_large = json.dumps({"text": "x" * 400_000})
    assert send(api, too_large).status == 413


def test_a_text_belongs_to_the_keys_tenant(api: Deployed) -> None:
    request_id = send(api, caller={"tenant": "other"}).json["request_id"]
    assert status(api, request_id) is None
    assert executions(api)[request_id]["tenant"] == "other"


def test_a_key_needs_the_scope(api: Deployed) -> None:
    assert send(api, caller={"scopes": "analysis:read"}).status == 403
