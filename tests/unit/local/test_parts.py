"""Smaller parts: batches, vendors, what a worker is given, schedules, routes."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from infra.local.environment import WorkerEnvironment
from infra.local.gateway.routes import http_api_of
from infra.local.shared import Invocation
from infra.local.template import Endpoints, Template
from infra.local.triggers.queues import succeeded
from infra.local.triggers.schedules import Schedule, payload_of
from infra.local.vendors import PLACEHOLDER, Vendor, is_configured, secret_value
from tests.fakes.local_functions import local_function

OPENAI = Vendor("openai", "arn", "name", ("OPENAI_API_KEY",), "OPENAI_BASE_URL")


@pytest.mark.parametrize(
    ("payload", "partial", "deleted"),
    [
        (b"null", False, "ab"),
        (b"null", True, "ab"),
        (b'{"batchItemFailures": []}', True, "ab"),
        (b'{"batchItemFailures": [{"itemIdentifier": "a"}]}', True, "b"),
        (b'{"batchItemFailures": [{"itemIdentifier": "a"}]}', False, "ab"),
        (b'{"batchItemFailures": [{"itemIdentifier": "x"}]}', True, ""),
        (b'{"batchItemFailures": [{"itemIdentifier": ""}]}', True, ""),
        (b'{"batchItemFailures": [{}]}', True, ""),
        (b'{"batchItemFailures": null}', True, "ab"),
        (b"not json", True, ""),
        (b'"text"', True, ""),
    ],
)
def test_what_is_deleted_follows_lambdas_rules(payload: bytes, partial: bool, deleted: str) -> None:
    messages = [{"MessageId": "a"}, {"MessageId": "b"}]
    assert (
        "".join(m["MessageId"] for m in succeeded(messages, Invocation(payload, False), partial)) == deleted
    )
    assert succeeded(messages, Invocation(payload, True), partial) == []


def test_a_vendor_without_a_key_or_address_of_its_own_gets_the_placeholder() -> None:
    assert not is_configured(OPENAI, {"OPENAI_API_KEY": " "})
    assert is_configured(OPENAI, {"OPENAI_API_KEY": "sk"})
    assert not is_configured(replace(OPENAI, sample="your-.*"), {"OPENAI_API_KEY": "your-key-here"})
    assert is_configured(OPENAI, {"OPENAI_BASE_URL": "http://ollama"})
    assert json.loads(secret_value(OPENAI, {})) == {"OPENAI_API_KEY": PLACEHOLDER}
    assert json.loads(secret_value(OPENAI, {"OPENAI_API_KEY": " sk "})) == {"OPENAI_API_KEY": "sk"}


def test_an_optional_key_nobody_set_stays_empty() -> None:
    webhooks = Vendor("webhooks", "arn", "name", ("NOW", "BEFORE"), None, optional=("BEFORE",))
    assert json.loads(secret_value(webhooks, {})) == {"NOW": PLACEHOLDER, "BEFORE": ""}
    assert json.loads(secret_value(webhooks, {"BEFORE": "old"}))["BEFORE"] == "old"


def test_a_worker_gets_the_settings_its_metadata_lists_and_the_templates_word_on_the_stage() -> None:
    settings = {"A": "1", "B": "2", "AUTH_MODE": "key", "EMPTY": ""}
    build = WorkerEnvironment("http://aws", settings, {"OPENAI_BASE_URL": "http://stand-in"})
    found = build(local_function(settings=("A", "AUTH_MODE", "EMPTY", "OPENAI_BASE_URL", "MISSING")))
    assert (found["A"], found["AUTH_MODE"], found["OPENAI_BASE_URL"]) == ("1", "open", "http://stand-in")
    assert not {"B", "EMPTY", "MISSING"} & found.keys()
    assert found["AWS_LAMBDA_LOG_FORMAT"] == "JSON"


def test_a_schedules_input_has_its_context_filled_in() -> None:
    from datetime import UTC, datetime

    due = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    text = payload_of(Schedule("s", "", "UTC", "arn", '{"at": "<aws.scheduler.scheduled-time>"}'), due)
    assert json.loads(text) == {"at": "2026-01-02T03:04:05Z"}
    event = json.loads(payload_of(Schedule("s", "", "UTC", "arn", None), due))
    assert (event["source"], event["time"]) == ("aws.scheduler", "2026-01-02T03:04:05Z")


def test_the_default_route_takes_what_no_other_route_does() -> None:
    def route(key: str) -> dict[str, Any]:
        return {
            "Type": "AWS::ApiGatewayV2::Route",
            "Properties": {"ApiId": "Api", "RouteKey": key, "Target": "integrations/I"},
        }

    uri = "arn:aws:lambda:us-east-1:1:function:f/invocations"
    resources = {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"ProtocolType": "HTTP"}},
        "I": {
            "Type": "AWS::ApiGatewayV2::Integration",
            "Properties": {"ApiId": "Api", "IntegrationUri": uri},
        },
        "Default": route("$default"),
        "Greedy": route("GET /{all+}"),
        "One": route("GET /a/{b}"),
        "Two": route("GET /a/{b}/c"),
    }
    api = http_api_of(Template("s", {"Resources": resources}, {}, Endpoints("", "")))
    assert api is not None

    def key(method: str, path: str) -> str:
        found = api.match(method, path)
        return found[0].key if found else ""

    assert [key("GET", path) for path in ("/a/x", "/a/x/c", "/a/x/d")] == [
        "GET /a/{b}",
        "GET /a/{b}/c",
        "GET /{all+}",
    ]
    assert key("POST", "/a/x") == "$default"
