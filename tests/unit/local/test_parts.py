"""Smaller parts: policies, logs, synth inputs, reload plans, routes, batches, vendors."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from infra.local import synth
from infra.local.aws.message import AwsRequest
from infra.local.aws.permissions import needs
from infra.local.aws.policies import Policies
from infra.local.environment import WorkerEnvironment
from infra.local.gateway.routes import http_api_of
from infra.local.logs import Logs
from infra.local.reload import Plan, plan
from infra.local.shared import Invocation
from infra.local.template import Endpoints, Template
from infra.local.triggers.queues import succeeded
from infra.local.triggers.schedules import Schedule, payload_of
from infra.local.vendors import PLACEHOLDER, Vendor, is_configured, secret_value
from infra.local.workers.function import LocalFunction

OPENAI = Vendor("openai", "arn", "name", ("OPENAI_API_KEY",), "OPENAI_BASE_URL")


def function(**more: Any) -> LocalFunction:
    fields: dict[str, Any] = {
        "name": "stack-api-health",
        "role": "role",
        "handler": "h",
        "code": Path("/code"),
        "layers": (),
        "environment": {"AUTH_MODE": "open"},
        "timeout": 3,
        "memory": 128,
        "snap_start": False,
        "json_logs": True,
        "folder": "functions/api/health",
        "settings": (),
        "secrets": (),
        "groups": (),
        **more,
    }
    return LocalFunction(**fields)


def policies(*statements: dict[str, Any]) -> Policies:
    document = {"PolicyDocument": {"Statement": list(statements)}, "Roles": [{"Ref": "Role"}]}
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "role"}},
        "Policy": {"Type": "AWS::IAM::Policy", "Properties": document},
    }
    template = Template("s", {"Resources": resources}, {}, Endpoints("", ""))
    return Policies.of(template, {"f": function(name="f")})


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("dynamodb:GetItem", "arn:aws:dynamodb:::table/a", True),
        ("dynamodb:getitem", "arn:aws:dynamodb:::table/a", True),
        ("dynamodb:BatchGetItem", "arn:aws:dynamodb:::table/a", False),
        ("dynamodb:GetItem", "arn:aws:dynamodb:::table/b", False),
        ("sqs:SendMessage", "anything", True),
        ("sqs:DeleteQueue", "anything", False),
        ("dynamodb:GetItem", "arn:aws:dynamodb:::table/aa", False),
    ],
)
def test_policies_allow_what_matches_unless_it_is_denied(action: str, resource: str, expected: bool) -> None:
    found = policies(
        {"Effect": "Allow", "Action": "dynamodb:GetItem", "Resource": ["arn:aws:dynamodb:::table/a"]},
        {"Effect": "Allow", "Action": ["sqs:*"], "Resource": "*"},
        {"Effect": "Deny", "Action": "sqs:Delete?ueue", "Resource": "*"},
    )
    assert found.allows("f", action, resource) is expected
    assert not found.allows("stranger", action, resource)


def request(service: str, operation: str, body: dict[str, Any]) -> AwsRequest:
    scope = f"AWS4-HMAC-SHA256 Credential=me/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host"
    headers = {"authorization": scope, "x-amz-target": f"X.{operation}"}
    if service == "s3vectors":
        headers.pop("x-amz-target")
    return AwsRequest("POST", f"/{operation}", headers, json.dumps(body).encode())


ARN = "arn:aws:{}:us-east-1:123456789012:{}"


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        (
            request("dynamodb", "PutItem", {"TableName": "t"}),
            {("dynamodb:PutItem", ARN.format("dynamodb", "table/t"))},
        ),
        (
            request("dynamodb", "Query", {"TableName": "t", "IndexName": "i"}),
            {("dynamodb:Query", ARN.format("dynamodb", "table/t/index/i"))},
        ),
        (
            request(
                "dynamodb", "TransactWriteItems", {"TransactItems": [{"ConditionCheck": {"TableName": "t"}}]}
            ),
            {("dynamodb:ConditionCheckItem", ARN.format("dynamodb", "table/t"))},
        ),
        (
            request("dynamodb", "BatchGetItem", {"RequestItems": {"a": {}, "b": {}}}),
            {("dynamodb:BatchGetItem", ARN.format("dynamodb", f"table/{t}")) for t in "ab"},
        ),
        (
            request("sqs", "SendMessageBatch", {"QueueUrl": "http://x/1/q"}),
            {("sqs:SendMessage", ARN.format("sqs", "q"))},
        ),
        (
            request("s3vectors", "QueryVectors", {"indexArn": "i", "topK": 1}),
            {("s3vectors:QueryVectors", "i")},
        ),
        (
            request("s3vectors", "QueryVectors", {"indexArn": "i", "filter": {"a": 1}}),
            {("s3vectors:QueryVectors", "i"), ("s3vectors:GetVectors", "i")},
        ),
        (request("states", "StartExecution", {"stateMachineArn": "m"}), {("states:StartExecution", "m")}),
        (request("kms", "Decrypt", {}), {("kms:Decrypt", "*")}),
        (
            request("secretsmanager", "GetSecretValue", {"SecretId": "arn:x"}),
            {("secretsmanager:GetSecretValue", "arn:x")},
        ),
    ],
)
def test_a_call_needs_the_permissions_aws_documents(call: AwsRequest, expected: set[tuple[str, str]]) -> None:
    assert set(needs(call, {"s": "k"})) == expected
    assert call.caller == "me"


def test_an_encrypted_secret_also_needs_its_key() -> None:
    call = request("secretsmanager", "GetSecretValue", {"SecretId": "arn:x"})
    assert set(needs(call, {"arn:x": "arn:key"})) == {
        ("secretsmanager:GetSecretValue", "arn:x"),
        ("kms:Decrypt", "arn:key"),
    }


def logged(tmp_path: Path, *lines: str, level: str = "") -> tuple[str, list[dict[str, Any]]]:
    stream = io.StringIO()
    logs = Logs(tmp_path / "logs" / "l.log", level, stream)
    for line in lines:
        logs.function(function(), line)
    logs.close()
    return stream.getvalue(), [
        json.loads(line) for line in (tmp_path / "logs" / "l.log").read_text().splitlines()
    ]


def test_a_record_is_one_line_with_its_extra_keys_and_a_readable_traceback(tmp_path: Path) -> None:
    record = {
        "level": "ERROR",
        "message": "no",
        "correlation_id": "c",
        "job": 1,
        "exception": "Trace\n  File x",
        "service": "s",
    }
    text, kept = logged(tmp_path, json.dumps(record), "plain words", "{not json")
    first, *rest = text.splitlines()
    assert "api/health" in first
    assert "ERROR   no" in first
    assert "job=1 correlation_id=c" in first
    assert "service" not in first
    assert rest[:2] == ["    Trace", "      File x"]
    assert "plain words" in rest[2]
    assert kept[0]["function"] == "stack-api-health"
    assert len(kept) == 3


def test_metrics_are_kept_but_not_shown_and_the_level_is_respected(tmp_path: Path) -> None:
    lines = [json.dumps({"_aws": {}, "Jobs": 1}), json.dumps({"level": "INFO", "message": "quiet"})]
    text, kept = logged(tmp_path, *lines, level="warning")
    assert text == ""
    assert len(kept) == 2


def test_an_unhandled_exception_of_the_runtime_is_readable(tmp_path: Path) -> None:
    error = {
        "errorType": "ValueError",
        "errorMessage": "bad",
        "stackTrace": ['  File "x", line 1\n'],
        "level": "ERROR",
    }
    text, _ = logged(tmp_path, json.dumps(error))
    assert "ValueError: bad" in text
    assert '      File "x", line 1' in text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("functions/api/health/spec.py", True),
        ("functions/api/health/handler.py", False),
        ("infra/app.py", True),
        ("infra/local/app.py", False),
        ("infra/constructs/deep/er.py", True),
        ("infra/stacks/x.py", True),
        ("cdk.json", True),
        ("layers/orchestrator/python/orchestrator/spec.py", True),
        ("layers/orchestrator/python/orchestrator/jobs/spec.py", False),
    ],
)
def test_the_synth_depends_on_what_the_template_is_made_from(name: str, expected: bool) -> None:
    assert synth.is_input(name) is expected


def test_the_fingerprint_changes_with_files_modes_and_origins(tmp_path: Path) -> None:
    (tmp_path / "cdk.json").write_text("{}")
    first = synth.fingerprint("open", {}, tmp_path)
    assert synth.fingerprint("open", {"OTHER": "x"}, tmp_path) == first
    assert synth.fingerprint("key", {}, tmp_path) != first
    assert synth.fingerprint("open", {"CORS_ORIGINS": "https://a"}, tmp_path) != first
    (tmp_path / "cdk.json").write_text("{ }")
    assert synth.fingerprint("open", {}, tmp_path) != first


def test_a_traceback_becomes_the_deepest_place_of_this_project_and_the_error(tmp_path: Path) -> None:
    output = (
        "Traceback (most recent call last):\n"
        f'  File "{tmp_path}/infra/app.py", line 3, in <module>\n'
        f'  File "{tmp_path}/functions/a/b/spec.py", line 7, in <module>\n'
        f'  File "{tmp_path}/.venv/lib/x.py", line 9, in y\n'
        "ValueError: wrong\n"
    )
    assert synth.explain(output, tmp_path) == "functions/a/b/spec.py:7: ValueError: wrong"
    assert synth.explain("a.py: one\nb.py: two\n", tmp_path) == "a.py: one; b.py: two"
    assert synth.explain("", tmp_path) == "it failed without a word"


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        (["functions/api/health/handler.py"], Plan(folders=frozenset({"functions/api/health"}))),
        (["functions/api/health/spec.py"], Plan(synth=True, folders=frozenset({"functions/api/health"}))),
        (["layers/orchestrator/python/orchestrator/jobs/x.py"], Plan(every=True)),
        ([".env"], Plan(settings=True)),
        (["infra/local/host.py"], Plan(runner=True)),
        (["infra/constructs/api.py"], Plan(synth=True)),
    ],
)
def test_a_saved_file_means_no_more_than_it_must(changed: list[str], expected: Plan) -> None:
    found = plan([Path("/root") / name for name in changed], Path("/root"))
    assert found == expected
    affected = changed[0].startswith(("functions/api/health", "layers", ".env"))
    assert found.affects(function()) is affected


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
    assert is_configured(OPENAI, {"OPENAI_BASE_URL": "http://ollama"})
    assert json.loads(secret_value(OPENAI, {})) == {"OPENAI_API_KEY": PLACEHOLDER}
    assert json.loads(secret_value(OPENAI, {"OPENAI_API_KEY": " sk "})) == {"OPENAI_API_KEY": "sk"}


def test_a_worker_gets_the_settings_its_metadata_lists_and_the_templates_word_on_the_stage() -> None:
    settings = {"A": "1", "B": "2", "AUTH_MODE": "key", "EMPTY": ""}
    build = WorkerEnvironment("http://aws", settings, {"OPENAI_BASE_URL": "http://stand-in"})
    found = build(function(settings=("A", "AUTH_MODE", "EMPTY", "OPENAI_BASE_URL", "MISSING")))
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
