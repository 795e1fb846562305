from __future__ import annotations

import pytest

from infra.deployment import ROOT
from infra.discovery import discover
from orchestrator.spec import KEYS
from tests.infra.synthesized import Stack, documents, listed

TRACING = {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}
WORKFLOW_TRACING = TRACING | {"xray:GetSamplingRules", "xray:GetSamplingTargets"}
LOG_DELIVERY = {
    "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups", "logs:GetLogDelivery",
    "logs:DescribeResourcePolicies", "logs:ListLogDeliveries", "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
}  # fmt: skip
SERVICES = {"table": "dynamodb", "queue": "sqs", "vectors": "s3vectors", "key": "kms", "workflow": "states"}
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


def test_only_what_knows_no_resources_and_the_keys_own_policies_name_every_resource(stack: Stack) -> None:
    for id, role in stack.of("IAM::Role").items():
        for statement in stack.statements(id):
            if "*" in listed(statement["Resource"]):
                assert set(listed(statement["Action"])) in (TRACING, WORKFLOW_TRACING, LOG_DELIVERY), role
            assert not [r for r in listed(statement["Resource"]) if isinstance(r, str) and r != "*"]


def test_every_function_has_a_role_of_its_own_with_everything_inline(stack: Stack) -> None:
    roles = [r["Properties"]["Role"]["Fn::GetAtt"][0] for r in stack.of("Lambda::Function").values()]
    assert len(set(roles)) == len(roles)
    for role in stack.of("IAM::Role").values():
        assert "ManagedPolicyArns" not in role["Properties"]
    assert not stack.of("IAM::Policy")
    assert not stack.of("IAM::ManagedPolicy")


def test_a_role_holds_exactly_the_specs_grants_and_what_every_lambda_needs(dev: Stack) -> None:
    for one in FOUND:
        role = dev.functions()[one.folder]["Properties"]["Role"]["Fn::GetAtt"][0]
        actual = {action for statement in dev.statements(role) for action in listed(statement["Action"])}
        granted = {
            f"{SERVICES[grant.kind]}:{action}" for grant in one.spec.grants for action in grant.actions
        }
        if any(grant.indexes for grant in one.spec.grants):
            granted.add("dynamodb:Query")
        expected = granted | TRACING | {"logs:CreateLogStream", "logs:PutLogEvents"}
        if one.spec.secrets:
            expected |= {"secretsmanager:GetSecretValue", "kms:Decrypt"}
        if one.spec.trigger:
            expected |= {"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"}
        assert actual == expected, one.folder


def test_a_query_may_read_the_tables_and_the_indexes_that_are_granted_and_no_others(small: Stack) -> None:
    role = small.functions()["functions/workers/tidy_up"]["Properties"]["Role"]["Fn::GetAtt"][0]
    queries = [s for s in small.statements(role) if "dynamodb:Query" in listed(s["Action"])]
    assert all(listed(s["Action"]) == ["dynamodb:Query"] for s in queries)
    resources = [resource for s in queries for resource in listed(s["Resource"])]
    tables = {
        logical: made["Properties"]["TableName"].removeprefix("orchestrator-local-")
        for kind in ("DynamoDB::Table", "DynamoDB::GlobalTable")
        for logical, made in small.of(kind).items()
    }
    indexes = [r["Fn::Join"][1] for r in resources if "Fn::Join" in r]
    assert sorted((tables[part["Fn::GetAtt"][0]], end) for part, end in indexes) == [
        ("analysis", "/index/by_status"), ("analysis", "/index/listed"), ("webhooks", "/index/failed")
    ]  # fmt: skip
    own = [r["Fn::GetAtt"][0] for r in resources if "Fn::GetAtt" in r]
    assert sorted(tables[one] for one in own) == ["analysis", "memory"]


def test_a_grant_on_a_key_or_a_workflow_names_that_one(small: Stack) -> None:
    role = small.functions()["functions/api/greet"]["Properties"]["Role"]["Fn::GetAtt"][0]
    resources = {s["Action"]: s["Resource"] for s in small.statements(role) if isinstance(s["Action"], str)}
    (key,) = [
        id for id, made in small.of("KMS::Key").items() if "receivers" in made["Properties"]["Description"]
    ]
    assert resources["kms:Encrypt"] == {"Fn::GetAtt": [key, "Arn"]}
    machine = resources["states:StartExecution"]["Fn::Join"][1]
    assert machine[-1] == ":stateMachine:orchestrator-local-analysis"
    assert machine[1] == {"Ref": "AWS::Partition"}


def test_a_schedule_may_start_one_function_and_keep_what_it_could_not_deliver(small: Stack) -> None:
    (schedule,) = small.of("Scheduler::Schedule").values()
    properties = schedule["Properties"]
    assert properties["ScheduleExpression"] == "cron(0 3 * * ? *)"
    assert properties["ScheduleExpressionTimezone"] == "Europe/Berlin"
    role = properties["Target"]["RoleArn"]["Fn::GetAtt"][0]
    assert [(s["Action"], s["Resource"]) for s in small.statements(role)] == [
        ("lambda:InvokeFunction", properties["Target"]["Arn"]),
        ("sqs:SendMessage", properties["Target"]["DeadLetterConfig"]["Arn"]),
    ]


def test_one_key_encrypts_every_vendors_secret(stack: Stack) -> None:
    (key,) = [id for id, key in stack.of("KMS::Key").items() if "Vendor" in key["Properties"]["Description"]]
    used = {str(secret["Properties"]["KmsKeyId"]) for secret in stack.of("SecretsManager::Secret").values()}
    assert used == {str({"Fn::GetAtt": [key, "Arn"]})}


def test_every_key_rotates_and_leaves_it_to_the_accounts_policies_who_uses_it(stack: Stack) -> None:
    keys = stack.of("KMS::Key").values()
    assert len(keys) == 1 + len(KEYS)
    for key in keys:
        assert key["Properties"]["EnableKeyRotation"] is True
        (statement,) = key["Properties"]["KeyPolicy"]["Statement"]
        assert statement["Principal"]["AWS"]["Fn::Join"][1][-1] == ":root"


def test_a_key_for_callers_secrets_has_an_alias_that_people_recognise(stack: Stack) -> None:
    aliases = {alias["Properties"]["AliasName"]: alias for alias in stack.of("KMS::Alias").values()}
    assert set(aliases) == {f"alias/orchestrator-{stack.stage}-{key.name}" for key in KEYS}
    for alias in aliases.values():
        assert alias["Properties"]["TargetKeyId"]["Fn::GetAtt"][0] in stack.of("KMS::Key")
