"""GET /api/v1/webhook-logs/{request_id}, from API Gateway's event to API Gateway's answer, on moto."""

import hashlib
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fakes.api_gateway import Answer
from tests.fakes.deliveries import BODY, put
from tests.fakes.functions import EVENTS, Deployed, deployed

FOLDER = "api/webhook_logs"
AT = 1_795_174_154.123


@pytest.fixture
def api() -> Iterator[Deployed]:
    with deployed("http://127.0.0.1:9/unused") as made:
        yield made


def get(api: Deployed, case: str, **more: Any) -> Answer:
    return api.send(FOLDER, case, **more)


@pytest.mark.parametrize("case", ["delivered", "waiting", "unknown"])
def test_the_recorded_answers_are_what_the_function_says(api: Deployed, case: str) -> None:
    if case != "unknown":
        put(case, at=AT, due=AT + 5 if case == "waiting" else None, sealed=("c2VhbGVk",))
    recorded = json.loads((EVENTS / FOLDER / f"{case}.response.json").read_text("utf-8"))
    answer = get(api, case)
    said, expected = answer.json, json.loads(recorded["body"])
    for body in (said, expected):
        body.pop("hint", None)  # a recorded delivery is overdue by now
        body.pop("request_id", None) if case == "unknown" else None
    assert (answer.status, said) == (recorded["statusCode"], expected)


def test_a_log_costs_one_read_and_shows_every_attempt(api: Deployed) -> None:
    put("waiting", due=time.time() + 300)
    api.stack.calls.clear()
    answer = get(api, "waiting")
    assert answer.status == 200
    assert api.stack.calls == ["GetItem"]
    assert answer.json["status"] == "waiting"
    [attempt] = answer.json["attempts"]
    assert (attempt["status_code"], attempt["latency_ms"]) == (503, 212)
    assert attempt["error"] == "The receiver answered 503"
    assert attempt["next_attempt_at"] == answer.json["next_attempt_at"]
    assert answer.json["body_sha256"] == hashlib.sha256(BODY).hexdigest()
    assert answer.json["signed"] is False
    assert "hint" not in answer.json


def test_neither_secrets_nor_query_values_nor_the_body_are_shown(api: Deployed) -> None:
    put("delivered", sealed=("c2VhbGVkIHNlY3JldA==",))
    text = get(api, "delivered").text
    assert not any(secret in text for secret in ("c2VhbGVk", "t0ps3cret", "naïve"))
    assert get(api, "delivered").json["webhook_url"] == "https://receiver.example.com/hook?token=***"


def test_the_callback_of_a_job_has_a_log_too(api: Deployed) -> None:
    put("delivered", subject="job_abc123", secret_names=("CALLBACK_HMAC_SECRET",))
    answer = get(api, "of_a_job").json
    assert (answer["request_id"], answer["webhook_id"], answer["signed"]) == (
        "job_abc123",
        "msg_abc123",
        True,
    )


def test_what_another_tenant_announced_is_not_found(api: Deployed) -> None:
    put("delivered", tenant="other")
    answer = get(api, "delivered")
    assert (answer.status, answer.json["error"]) == (404, "NotFound")


def test_the_key_needs_the_scope(api: Deployed) -> None:
    put("delivered")
    answer = get(api, "delivered", caller={"scopes": "analysis:read"})
    assert (answer.status, answer.json["error"]) == (403, "Forbidden")
