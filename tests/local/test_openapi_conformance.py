"""Requests made up from the published document, on the real stack: no fault of ours, nothing undocumented."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from orchestrator import wiring
from orchestrator.intents.registry import Tool
from orchestrator.webhooks import signing
from tests.local.analysing import accepted, delivery_ended, marker, process, text
from tests.local.receiving import Receiver
from tests.local.running import Running

DOCUMENT = Path(__file__).resolve().parents[2] / "functions" / "api" / "docs" / "openapi.json"
schema = schemathesis.openapi.from_path(DOCUMENT)
AS_DOCUMENTED = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_the_stack_answers_as_it_says_it_does(case: schemathesis.Case, runner: Running) -> None:
    _stay_at_home(case, runner)
    response = case.call(base_url=runner.url, timeout=60)
    checks = [*AS_DOCUMENTED]
    # 503 NotConfigured is the documented answer of a mode whose engine is not set up.
    if not (response.status_code == 503 and response.json().get("error_type") == "NotConfigured"):
        checks.append(not_a_server_error)
    case.validate_response(response, checks=checks)


def _stay_at_home(case: schemathesis.Case, runner: Running) -> None:
    """Send to the laptop's receiver what the document's examples would send to somebody's real host."""
    if isinstance(case.body, dict):
        for name in ("webhook_url", "callback_url"):
            if str(case.body.get(name)).startswith(("https://your-app.com/", "https://example.com/")):
                case.body[name] = f"{runner.url}/_local/deliveries/conformance"


def _document_of(tool: Tool) -> dict[str, Any]:
    """The document with the one operation that runs `tool`, its inputs spelled out."""
    document = json.loads(DOCUMENT.read_text())
    operation = document["paths"]["/orchestrate"]["post"]
    schema = {"intent": {"const": tool.intent}, "inputs": tool.schema, "mode": {"const": "agent"}}
    body = {"type": "object", "properties": schema, "required": list(schema), "additionalProperties": False}
    operation["requestBody"]["content"]["application/json"] = {"schema": body}
    return {**document, "paths": {"/orchestrate": {"post": operation}}}


@pytest.mark.parametrize("tool", list(wiring.tools()), ids=lambda tool: tool.intent)
def test_every_intent_takes_what_its_schema_allows(tool: Tool, runner: Running) -> None:
    operation = schemathesis.openapi.from_dict(_document_of(tool))["/orchestrate"]["POST"]

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def check(case: schemathesis.Case) -> None:
        case.headers = {"prefer": "wait=1"}
        case.call_and_validate(base_url=runner.url, checks=[not_a_server_error, response_schema_conformance])

    check()


def test_answers_to_what_is_there_are_as_documented_too(runner: Running, receiver: Receiver) -> None:
    """Made-up requests name ids that are not there, and have no signature."""
    url = receiver.at(f"/{marker()}")
    request_id = accepted(runner, text(marker()), webhook_url=url, webhook_secret="a secret")
    batch_id = process(runner, None, texts=[text(marker())] * 2).json()["batch_id"]
    delivery_ended(runner, request_id)
    body = {"text": text(marker())}
    signed = signing.headers(json.dumps(body).encode(), ["local-stand-in"], marker(), int(time.time()))
    key = {"idempotency-key": marker()}
    for status, method, path, options in [
        (200, "GET", "/api/v1/results/{request_id}", {"request_id": request_id}),
        (200, "GET", "/api/v1/results/{request_id}", {"request_id": batch_id}),
        (200, "GET", "/api/v1/results", {}),
        (200, "GET", "/jobs/{job_id}", {"job_id": request_id}),
        (200, "GET", "/api/v1/webhook-logs/{request_id}", {"request_id": request_id}),
        (202, "POST", "/api/v1/webhook/retry/{request_id}", {"request_id": request_id}),
        (202, "POST", "/api/v1/process", {"body": body, "headers": key}),
        (422, "POST", "/api/v1/process", {"body": {"text": "another text"}, "headers": key}),
        (200, "POST", "/api/v1/process", {"body": body, "headers": {"prefer": "wait=20"}}),
        (202, "POST", "/webhook/receive", {"body": body, "headers": signed}),
        (409, "POST", "/webhook/receive", {"body": body, "headers": signed}),
        (200, "POST", "/webhook/callback/test", {"body": body, "headers": signed}),
        (204, "DELETE", "/api/v1/results/{request_id}", {"request_id": request_id}),
        (409, "DELETE", "/jobs/{job_id}", {"job_id": request_id}),
    ]:
        given = {name: options.pop(name) for name in ("body", "headers") if name in options}
        case = schema[path][method].Case(path_parameters=options, **given, media_type="application/json")
        response = case.call(base_url=runner.url, timeout=60)
        assert response.status_code == status, (path, response.text)
        case.validate_response(response, checks=AS_DOCUMENTED)
