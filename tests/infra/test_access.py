from __future__ import annotations

import pytest

from infra.deployment import ROOT
from infra.discovery import discover
from tests.infra.synthesized import Stack, documents, listed

TRACING = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
FOUND = discover(ROOT)


@pytest.fixture(params=["dev", "prod", "local"])
def stack(request: pytest.FixtureRequest) -> Stack:
    return request.getfixturevalue(request.param)


def test_nothing_is_allowed_by_an_action_with_a_star(stack: Stack) -> None:
    statements = list(documents(stack.template["Resources"]))
    assert statements
    for statement in statements:
        assert "NotAction" not in statement
        if statement["Effect"] == "Allow":
            assert not [action for action in listed(statement["Action"]) if "*" in action]


def test_only_traces_and_the_keys_own_policy_name_every_resource(stack: Stack) -> None:
    for id, role in stack.of("IAM::Role").items():
        for statement in stack.statements(id):
            if "*" in listed(statement["Resource"]):
                assert set(listed(statement["Action"])) == TRACING, role
            assert not [r for r in listed(statement["Resource"]) if isinstance(r, str) and r != "*"]


def test_every_function_has_a_role_of_its_own_with_everything_inline(stack: Stack) -> None:
    roles = [r["Properties"]["Role"]["Fn::GetAtt"][0] for r in stack.of("Lambda::Function").values()]
    assert len(set(roles)) == len(roles)
    for role in stack.of("IAM::Role").values():
        assert "ManagedPolicyArns" not in role["Properties"]
    assert not stack.of("IAM::Policy")
    assert not stack.of("IAM::ManagedPolicy")


def test_a_role_holds_exactly_the_specs_grants_and_what_every_lambda_needs(dev: Stack) -> None:
    services = {"table": "dynamodb", "queue": "sqs", "vectors": "s3vectors"}
    for one in FOUND:
        role = dev.functions()[one.folder]["Properties"]["Role"]["Fn::GetAtt"][0]
        actual = {action for statement in dev.statements(role) for action in listed(statement["Action"])}
        granted = {
            f"{services[grant.kind]}:{action}" for grant in one.spec.grants for action in grant.actions
        }
        expected = granted | TRACING | {"logs:CreateLogStream", "logs:PutLogEvents"}
        if one.spec.secrets:
            expected |= {"secretsmanager:GetSecretValue", "kms:Decrypt"}
        if one.spec.trigger:
            expected |= {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
        assert actual == expected, one.folder


def test_a_query_may_also_read_the_tables_own_indexes_by_name(two: Stack) -> None:
    role = two.functions()["functions/workers/tidy_up"]["Properties"]["Role"]["Fn::GetAtt"][0]
    queries = [s for s in two.statements(role) if listed(s["Action"]) == ["dynamodb:Query"]]
    ends = sorted(r["Fn::Join"][1][1] for s in queries for r in listed(s["Resource"]) if "Fn::Join" in r)
    assert ends == ["/index/changed_at", "/index/removed_at"]


def test_a_schedule_may_start_one_function_and_keep_what_it_could_not_deliver(two: Stack) -> None:
    (schedule,) = two.of("Scheduler::Schedule").values()
    properties = schedule["Properties"]
    assert properties["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert properties["ScheduleExpressionTimezone"] == "Europe/Berlin"
    role = properties["Target"]["RoleArn"]["Fn::GetAtt"][0]
    assert [(s["Action"], s["Resource"]) for s in two.statements(role)] == [
        ("lambda:InvokeFunction", properties["Target"]["Arn"]),
        ("sqs:SendMessage", properties["Target"]["DeadLetterConfig"]["Arn"]),
    ]


def test_the_secrets_key_rotates_and_encrypts_every_secret(stack: Stack) -> None:
    ((id, key),) = stack.of("KMS::Key").items()
    assert key["Properties"]["EnableKeyRotation"] is True
    used = {str(secret["Properties"]["KmsKeyId"]) for secret in stack.of("SecretsManager::Secret").values()}
    assert used == {str({"Fn::GetAtt": [id, "Arn"]})}
