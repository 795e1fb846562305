import asyncio
import json
from typing import Any

import pytest
from fastapi import Response
from pydantic import BaseModel

from orchestrator.config import SettingsError
from orchestrator.entry.http import Caller, Trace, create_app, lambda_handler
from orchestrator.errors import Conflict, NotFound
from orchestrator.spec import ErrorFamily, Function, Route
from tests.fakes.api_gateway import Answer, Handler, event, send
from tests.unit.entry.conftest import Lines

ROUTES = (
    Route("GET", "/public", None),
    Route("GET", "/things/{name}", "things:read"),
    Route("POST", "/things", "things:write"),
    Route("GET", "/broken", None),
    Route("GET", "/busy", None),
    Route("GET", "/half", None),
)


class Thing(BaseModel):
    name: str
    count: int = 1


def make(errors: ErrorFamily = "intents", **limits: int) -> Handler:
    app = create_app(Function("test", routes=ROUTES, errors=errors), **limits)

    @app.get("/public")
    async def public(caller: Caller, trace: Trace) -> dict[str, Any]:
        return {
            "tenant": caller.tenant,
            "scopes": sorted(caller.scopes),
            "correlation_id": trace.correlation_id,
        }

    @app.get("/things/{name}")
    async def read(name: str, caller: Caller) -> dict[str, Any]:
        if name == "none":
            raise NotFound("no such thing")
        return {"name": name, "tenant": caller.tenant}

    @app.post("/things")
    async def write(thing: Thing) -> Thing:
        return thing

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("password=hunter2")

    @app.get("/busy")
    async def busy() -> None:
        raise Conflict("still at it", retry_after=3)

    @app.get("/half")
    async def half() -> Response:
        return Response(status_code=204)

    return lambda_handler(app)


@pytest.fixture
def open_api(monkeypatch: pytest.MonkeyPatch) -> Handler:
    monkeypatch.setenv("AUTH_MODE", "open")
    monkeypatch.setenv("ORCHESTRATOR_STAGE", "local")
    return make()


@pytest.fixture
def keyed_api(monkeypatch: pytest.MonkeyPatch) -> Handler:
    monkeypatch.setenv("AUTH_MODE", "key")
    return make()


def call(handler: Handler, route: str, **request: Any) -> Answer:
    return send(handler, event(route, **request))


def test_the_callers_correlation_id_comes_back_with_the_gateways_request_id(open_api: Handler) -> None:
    answer = call(open_api, "GET /public", headers={"x-correlation-id": "order-4711"})
    assert answer.headers["x-correlation-id"] == "order-4711"
    assert answer.headers["x-request-id"] == "UQ1nJhVvliAEMwg="
    assert answer.json["correlation_id"] == "order-4711"


def test_a_traceparent_is_continued(open_api: Handler) -> None:
    sent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    answer = call(open_api, "GET /public", headers={"traceparent": sent})
    assert answer.headers["traceparent"].split("-")[1] == sent.split("-")[1]


def test_errors_carry_the_ids_too(open_api: Handler) -> None:
    for route in ("GET /nowhere", "GET /broken", "GET /things/none"):
        answer = call(open_api, route, headers={"x-correlation-id": "order-4711"})
        assert answer.headers["x-correlation-id"] == "order-4711", route


def test_a_slash_at_the_end_finds_the_same_route(open_api: Handler) -> None:
    assert call(open_api, "GET /public/").status == 200
    assert call(open_api, "POST /things/", body='{"name": "a"}').json == {"name": "a", "count": 1}


def test_an_unknown_path_and_a_wrong_method_answer_in_the_familys_envelope(open_api: Handler) -> None:
    unknown, wrong = call(open_api, "GET /nowhere"), call(open_api, "DELETE /public")
    assert (unknown.status, unknown.json["error_type"]) == (404, "NotFound")
    assert (wrong.status, wrong.json["error_type"]) == (405, "MethodNotAllowed")


def test_fastapis_own_documents_are_switched_off(open_api: Handler) -> None:
    assert [call(open_api, f"GET {path}").status for path in ("/docs", "/redoc", "/openapi.json")] == [
        404
    ] * 3


def test_malformed_json_is_a_400_that_says_where(open_api: Handler) -> None:
    answer = call(open_api, "POST /things", body='{"name": "Team')
    assert (answer.status, answer.json["error_type"]) == (400, "MalformedBody")
    assert "char 9" in answer.json["error"]


def test_a_body_that_is_not_utf_8_is_a_400(open_api: Handler) -> None:
    assert call(open_api, "POST /things", body=b'{"name": "\xff"}').status == 400


def test_a_body_nested_too_deep_is_a_400(open_api: Handler) -> None:
    assert call(open_api, "POST /things", body="[" * 200_000).status == 400


def test_a_wrong_value_is_a_422_that_names_its_path_and_never_repeats_it(open_api: Handler) -> None:
    answer = call(open_api, "POST /things", body='{"name": "a", "count": "s3cr3t"}')
    assert (answer.status, answer.json["field"]) == (422, "count")
    assert "s3cr3t" not in answer.text


def test_a_form_is_a_422_that_names_the_header(open_api: Handler) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    answer = call(open_api, "POST /things", body="name=a", headers=form)
    assert answer.status == 422
    assert "Content-Type: application/json" in answer.json["hint"]


@pytest.mark.parametrize("declared", [{}, {"content-length": "5000"}])
def test_a_body_over_the_limit_is_a_413_whatever_its_length_header_says(
    monkeypatch: pytest.MonkeyPatch, declared: dict[str, str]
) -> None:
    monkeypatch.setenv("AUTH_MODE", "open")
    monkeypatch.setenv("ORCHESTRATOR_STAGE", "local")
    handler = make(max_body=100)
    exact, over = json.dumps({"name": "a" * 88}), json.dumps({"name": "a" * 89})
    assert len(exact) == 100
    assert call(handler, "POST /things", body=exact).status == 200
    answer = call(handler, "POST /things", body=over, headers=declared)
    assert (answer.status, answer.json["error_type"]) == (413, "TooLarge")


def test_a_fault_of_ours_tells_the_caller_nothing_but_the_id(open_api: Handler, lines: Lines) -> None:
    answer = call(open_api, "GET /broken", headers={"x-correlation-id": "order-4711"})
    assert (answer.status, answer.json["correlation_id"]) == (500, "order-4711")
    assert "hunter2" not in answer.text
    assert "Traceback" not in answer.text
    logged = next(line for line in lines() if line["level"] == "ERROR")
    assert "hunter2" in logged["exception"]
    assert logged["correlation_id"] == "order-4711"


def test_a_conflict_says_when_to_come_back(open_api: Handler) -> None:
    answer = call(open_api, "GET /busy")
    assert (answer.status, answer.headers["retry-after"]) == (409, "3")


def test_the_platform_family_answers_in_its_own_shape(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_MODE", "open")
    monkeypatch.setenv("ORCHESTRATOR_STAGE", "local")
    answer = call(make("platform"), "GET /things/none")
    expected = {"error": "NotFound", "message": "no such thing", "request_id": "UQ1nJhVvliAEMwg="}
    assert answer.json == expected


def test_open_mode_lets_everybody_in_as_the_default_tenant(open_api: Handler) -> None:
    assert call(open_api, "GET /things/a").json == {"name": "a", "tenant": "default"}


def test_key_mode_without_an_authorizer_is_a_401(keyed_api: Handler) -> None:
    answer = call(keyed_api, "GET /things/a", headers={"x-api-key": "orc_made_up"})
    assert (answer.status, answer.json["error_type"]) == (401, "Unauthenticated")
    assert "x-api-key" in answer.json["hint"]


def test_a_public_route_needs_no_key_and_grants_no_scope(keyed_api: Handler) -> None:
    assert call(keyed_api, "GET /public").json["scopes"] == []


def test_the_authorizer_names_tenant_and_scopes(keyed_api: Handler) -> None:
    context = {"tenant": "acme", "key_id": "k1", "scopes": "things:read jobs:read"}
    assert call(keyed_api, "GET /things/a", authorizer=context).json["tenant"] == "acme"


@pytest.mark.parametrize("scopes", ["things:read", "", "things:writer", None])
def test_a_key_without_the_routes_scope_is_a_403(keyed_api: Handler, scopes: str | None) -> None:
    context = {"tenant": "acme", "key_id": "k1", "scopes": scopes}
    answer = call(keyed_api, "POST /things", body='{"name": "a"}', authorizer=context)
    assert (answer.status, answer.json["error_type"]) == (403, "Forbidden")


def test_the_scope_star_opens_every_route(keyed_api: Handler) -> None:
    context = {"tenant": "acme", "key_id": "k1", "scopes": "*"}
    assert call(keyed_api, "POST /things", body='{"name": "a"}', authorizer=context).status == 200


def test_a_request_is_one_log_line_and_one_line_of_metrics(
    open_api: Handler, lines: Lines, capsys: pytest.CaptureFixture[str]
) -> None:
    call(open_api, "GET /things/a", headers={"x-correlation-id": "order-4711"})
    (line,) = lines()
    expected = {
        "route": "GET /things/{name}",
        "status": 200,
        "correlation_id": "order-4711",
        "tenant": "default",
    }
    assert expected.items() <= line.items()
    assert line["duration_ms"] > 0
    assert "taskName" not in line
    (metrics,) = capsys.readouterr().out.splitlines()
    published = json.loads(metrics)
    assert (published["Requests"], published["Errors"]) == ([1.0], [0.0])
    assert published["_aws"]["CloudWatchMetrics"][0]["Dimensions"] == [["service"]]


def test_the_log_names_what_was_asked_for_by_its_id_and_what_was_begun(
    monkeypatch: pytest.MonkeyPatch, lines: Lines
) -> None:
    monkeypatch.setenv("AUTH_MODE", "open")
    monkeypatch.setenv("ORCHESTRATOR_STAGE", "local")
    routes = (Route("GET", "/jobs/{job_id}", None), Route("POST", "/jobs", None))
    app = create_app(Function("test", routes=routes))

    @app.get("/jobs/{job_id}")
    async def read(job_id: str) -> str:
        return job_id

    @app.post("/jobs", status_code=202)
    async def begin(response: Response) -> None:
        response.headers["Location"] = "/jobs/job_2"

    handler = lambda_handler(app)
    for route in ("GET /jobs/job_1", "POST /jobs", "GET /jobs/a%20b", "GET /nowhere"):
        call(handler, route)
    assert [line.get("subject") for line in lines()] == ["job_1", "job_2", None, None]


def test_keys_of_one_request_do_not_leak_into_the_next(open_api: Handler, lines: Lines) -> None:
    call(open_api, "GET /public", headers={"x-correlation-id": "first"})
    call(open_api, "GET /public", headers={"x-correlation-id": "second"})
    assert [line["correlation_id"] for line in lines()] == ["first", "second"]


def test_a_server_error_counts_as_an_error(open_api: Handler, capsys: pytest.CaptureFixture[str]) -> None:
    call(open_api, "GET /broken")
    emitted = [json.loads(line) for line in capsys.readouterr().out.splitlines() if '"_aws"' in line]
    assert [line["Errors"] for line in emitted] == [[1.0]]


def test_an_answer_without_a_body_is_left_without_one(open_api: Handler) -> None:
    assert (call(open_api, "GET /half").status, call(open_api, "GET /half").content) == (204, b"")


def test_a_body_meant_for_another_path_is_shown_that_path(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUTH_MODE", "open")
    monkeypatch.setenv("ORCHESTRATOR_STAGE", "local")
    app = create_app(
        Function("test", routes=(Route("POST", "/orchestrate", "intents:run"),), errors="intents")
    )

    @app.post("/orchestrate")
    async def orchestrate(thing: Thing) -> Thing:
        return thing

    answer = call(lambda_handler(app), "POST /orchestrate", body='{"content": "Lunch at 12", "user_id": "u"}')
    assert (answer.status, answer.json["field"]) == (422, "content")
    assert "/api/v1/orchestrate/" in answer.json["error"]


def test_another_event_loop_in_the_process_does_no_harm(open_api: Handler) -> None:
    assert call(open_api, "GET /public").status == 200
    asyncio.run(asyncio.sleep(0))
    assert call(open_api, "GET /public").status == 200


def test_a_wrong_setting_stops_the_function_before_it_serves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_SYNC_TIMEOUT", "soon")
    with pytest.raises(SettingsError, match=r"ORCHESTRATOR_SYNC_TIMEOUT: .* \(example: 8\)"):
        create_app(Function("test", settings=("intents",)))


def test_the_log_level_of_the_orchestrator_wins(monkeypatch: pytest.MonkeyPatch, lines: Lines) -> None:
    monkeypatch.setenv("ORCHESTRATOR_LOG_LEVEL", "error")
    monkeypatch.setenv("LOG_LEVEL", "DEBUG")
    monkeypatch.setenv("AUTH_MODE", "open")
    monkeypatch.setenv("ORCHESTRATOR_STAGE", "local")
    call(make(), "GET /public")
    assert lines() == []
    monkeypatch.delenv("ORCHESTRATOR_LOG_LEVEL")
    call(make(), "GET /public")
    assert len(lines()) == 1
