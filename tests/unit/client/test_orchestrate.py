import json
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

import orchestrator
from orchestrator.client import Client, JobFailed, RequestRefused, Unreachable, orchestrate
from orchestrator.client.errors import ClientError, json_object, refusal
from tests.unit.client.conftest import Api

DONE = {
    "status": "success",
    "result": {"item_id": "mem_12345", "status": "stored"},
    "mode": "agent",
    "duration_ms": 45,
    "mode_reason": "memory.* runs in agent mode",
}
ACCEPTED = {
    "status": "accepted",
    "job_id": "job_abc123",
    "message": "Job accepted for async processing",
    "mode": "agent",
    "mode_reason": "memory.* runs in agent mode",
}


def job(status: str, **more: object) -> dict[str, object]:
    return {"job_id": "job_abc123", "status": status, "intent": "memory.import", "mode": "agent", **more}


def test_the_documented_call_sends_the_documented_body_and_returns_the_answer_as_it_is(api: Api) -> None:
    api.will_answer(200, DONE)
    result = orchestrate("memory.write", {"text": "Important note", "tags": ["personal"]})
    assert result == DONE
    assert (api.requests[0].method, api.requests[0].url.path) == ("POST", "/orchestrate")
    assert api.bodies[0] == {
        "intent": "memory.write",
        "inputs": {"text": "Important note", "tags": ["personal"]},
        "mode": "auto",
    }
    assert "x-api-key" not in api.requests[0].headers


def test_what_the_caller_adds_reaches_the_api(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_API_KEY", "orc_key")
    api.will_answer(200, DONE)
    orchestrate(
        "memory.write",
        {"text": "x"},
        "agent",
        context={"user_id": "u1"},
        callback_url="https://example.com/webhook",
        idempotency_key="once",
    )
    assert api.bodies[0]["context"] == {"user_id": "u1"}
    assert api.bodies[0]["callback_url"] == "https://example.com/webhook"
    assert api.requests[0].headers["idempotency-key"] == "once"
    assert api.requests[0].headers["x-api-key"] == "orc_key"
    assert "prefer" not in api.requests[0].headers


def test_without_wait_a_job_comes_back_as_accepted_and_is_not_followed(api: Api) -> None:
    api.will_answer(202, ACCEPTED, location="/jobs/job_abc123")
    assert orchestrate("memory.import", {"texts": ["a"]}) == ACCEPTED
    assert len(api.requests) == 1


def test_wait_zero_asks_for_the_job_at_once(api: Api) -> None:
    api.will_answer(202, ACCEPTED, location="/jobs/job_abc123")
    assert orchestrate("memory.import", {"texts": ["a"]}, wait=0) == ACCEPTED
    assert api.requests[0].headers["prefer"] == "wait=0"
    assert len(api.requests) == 1


def test_wait_follows_the_location_until_the_job_has_its_result(api: Api) -> None:
    api.will_answer(202, ACCEPTED, location="/jobs/job_abc123")
    api.will_answer(200, job("running"))
    api.will_answer(200, job("success", result={"stored": 1}, duration_ms=7))
    answer = orchestrate("memory.import", {"texts": ["a"]}, wait=60)
    assert answer == {
        "status": "success",
        "result": {"stored": 1},
        "mode": "agent",
        "duration_ms": 7,
        "job_id": "job_abc123",
    }
    assert api.requests[0].headers["prefer"] == "wait=25"
    polls = api.requests[1:]
    assert [poll.url.path for poll in polls] == ["/jobs/job_abc123"] * 2
    assert all(0 < float(poll.query_params["wait"]) <= 25 for poll in polls)


def test_a_location_on_another_server_is_not_followed(api: Api) -> None:
    api.will_answer(202, ACCEPTED, location="//evil.example/jobs/job_abc123")
    api.will_answer(200, job("success", result={}))
    with Client(api_key="orc_secret") as client:
        assert client.orchestrate("memory.import", {}, wait=5)["status"] == "success"
    assert api.requests[1].url.path == "/jobs/job_abc123"


def test_a_base_url_with_a_path_keeps_it_for_every_request(api: Api) -> None:
    api.will_answer(202, ACCEPTED, location="/jobs/job_abc123")
    api.will_answer(200, job("success", result={}))
    with Client(f"{api.url}/ai/") as client:
        client.orchestrate("memory.import", {}, wait=5)
    assert [request.url.path for request in api.requests] == ["/ai/orchestrate", "/ai/jobs/job_abc123"]


def test_a_job_that_outlives_the_wait_stays_accepted(api: Api) -> None:
    api.will_answer(202, ACCEPTED, location="/jobs/job_abc123")
    api.will_answer(200, job("running"))
    assert orchestrate("memory.import", {}, wait=0.2) == ACCEPTED


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_job_that_ends_without_a_result_is_an_error_that_says_why(api: Api, status: str) -> None:
    api.will_answer(202, ACCEPTED, location="/jobs/job_abc123")
    api.will_answer(200, job(status, error="no disk", error_type="VendorError", hint="buy one"))
    with pytest.raises(JobFailed, match="job_abc123: no disk") as failed:
        orchestrate("memory.import", {}, wait=5)
    assert (failed.value.error_type, failed.value.hint) == ("VendorError", "buy one")
    assert failed.value.job["status"] == status


def test_watching_a_job_survives_an_api_that_is_away_for_a_moment(api: Api) -> None:
    api.will_answer(503, {"message": "Service Unavailable"})
    api.will_answer(200, job("success", result={}))
    with Client() as client:
        assert client.wait("job_abc123", 30)["status"] == "success"


def test_watching_an_unknown_job_ends_at_once(api: Api) -> None:
    api.will_answer(404, {"error": "Job 'job_x' not found", "status": "error", "error_type": "NotFound"})
    with Client() as client, pytest.raises(RequestRefused, match="not found"):
        client.wait("job_x", 30)
    assert len(api.requests) == 1


def test_a_job_is_read_and_cancelled_under_its_own_path(api: Api) -> None:
    api.will_answer(200, job("cancelled"))
    with Client() as client:
        assert client.cancel("job_abc123")["status"] == "cancelled"
        client.job("../intents", wait=3)
    assert api.requests[0].method == "DELETE"
    assert api.requests[1].scope["raw_path"] == b"/jobs/..%2Fintents"
    assert api.requests[1].query_params["wait"] == "3.000"


def test_intents_are_listed(api: Api) -> None:
    api.will_answer(200, {"intents": [{"intent": "memory.write"}]})
    with Client() as client:
        assert [intent["intent"] for intent in client.intents()] == ["memory.write"]


@pytest.mark.parametrize(
    ("status", "body", "kind", "sentence"),
    [
        (
            404,
            {"error": "Intent 'xyz' not found. Available: []", "status": "error", "error_type": "NotFound"},
            "NotFound",
            "Intent 'xyz' not found. Available: []",
        ),
        (
            503,
            {"error": "Unavailable", "message": "jobs is down", "request_id": "r"},
            "Unavailable",
            "jobs is down",
        ),
        (403, {"message": "Forbidden"}, "Forbidden", "Forbidden"),
    ],
)
def test_each_envelope_of_the_api_becomes_the_same_error(
    api: Api, status: int, body: dict[str, str], kind: str, sentence: str
) -> None:
    api.will_answer(status, body, x_request_id="r1", retry_after="2")
    with pytest.raises(RequestRefused) as refused:
        orchestrate("xyz", {})
    error = refused.value
    assert (error.status, error.error_type, error.message) == (status, kind, sentence)
    assert (error.body, error.request_id, error.retry_after) == (body, "r1", 2)


def test_a_hint_and_a_field_of_the_api_are_kept(api: Api) -> None:
    api.will_answer(
        422, {"error": "bad", "error_type": "InvalidInput", "hint": "do this", "field": "inputs.text"}
    )
    with pytest.raises(RequestRefused, match="do this") as refused:
        orchestrate("memory.write", {})
    assert (refused.value.hint, refused.value.field) == ("do this", "inputs.text")


def test_a_missing_key_is_answered_with_how_to_give_one(api: Api) -> None:
    api.will_answer(401, {"message": "Unauthorized"})
    with pytest.raises(RequestRefused, match="ORCHESTRATOR_API_KEY"):
        orchestrate("memory.write", {})


def test_something_that_is_not_the_api_is_named(api: Api) -> None:
    api.will_answer(200, "<html>")
    with pytest.raises(Unreachable, match="ORCHESTRATOR_BASE_URL") as wrong:
        orchestrate("memory.write", {})
    assert wrong.value.error_type == "NotTheApi"


def test_nobody_listening_says_how_to_start_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    with Client(f"http://127.0.0.1:{port}") as client, pytest.raises(Unreachable, match="make run") as away:
        client.intents()
    assert away.value.status is None


def test_a_server_that_never_answers_is_given_up() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}"
        started = time.monotonic()
        with Client(url, timeout=0.2) as client, pytest.raises(Unreachable, match="in time") as slow:
            client.orchestrate("memory.write", {})
        assert time.monotonic() - started < 10
    assert slow.value.error_type == "Timeout"


def test_every_time_out_is_set_unless_the_caller_chooses() -> None:
    from orchestrator.client.transport import TIMEOUT

    assert None not in (TIMEOUT.connect, TIMEOUT.read, TIMEOUT.write, TIMEOUT.pool)


def test_the_environment_names_the_server_and_the_default_is_the_laptop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("ORCHESTRATOR_BASE_URL", raising=False)
    assert Client().base_url == "http://localhost:8000"
    monkeypatch.setenv("ORCHESTRATOR_BASE_URL", "https://api.example.com/")
    assert Client().base_url == "https://api.example.com"
    assert Client("http://other").base_url == "http://other"


def test_a_request_is_never_sent_twice(api: Api) -> None:
    # Only the server knows whether a failed request took effect.
    api.will_answer(503, {"error": "busy", "error_type": "VendorBusy"}, retry_after="1")
    with pytest.raises(RequestRefused):
        orchestrate("memory.write", {"text": "x"}, wait=5)
    assert len(api.requests) == 1


def test_the_client_loads_nothing_of_the_server() -> None:
    code = "import sys, orchestrator.client; print(*sorted({name.split('.')[0] for name in sys.modules}))"
    wings = "print(*sorted(name for name in sys.modules if name.startswith('orchestrator.')))"
    package = Path(orchestrator.__file__).parents[1]
    run = subprocess.run(
        [sys.executable, "-c", f"{code}; {wings}"],
        env={"PYTHONPATH": str(package)},
        capture_output=True,
        text=True,
        check=True,
    )
    roots, ours = run.stdout.splitlines()
    assert not {"fastapi", "starlette", "boto3", "botocore", "mangum", "aws_lambda_powertools"} & set(
        roots.split()
    )
    assert all(name.startswith("orchestrator.client") for name in ours.split())
    assert httpx2.__name__ in roots.split()


KEYS = st.sampled_from(["error", "error_type", "message", "hint", "field", "status"])
VALUES = st.text() | st.integers() | st.none() | st.dictionaries(st.text(), st.text())


@given(status=st.integers(300, 599), body=st.binary() | st.dictionaries(KEYS, VALUES).map(json.dumps))
def test_whatever_answers_the_caller_gets_an_error_with_its_type_and_status(
    status: int, body: bytes | str
) -> None:
    response = httpx2.Response(status, content=body, headers={"retry-after": "soon"})
    error = refusal(response, json_object(response))
    assert isinstance(error, ClientError)
    assert error.status == status
    assert isinstance(error.error_type, str)
