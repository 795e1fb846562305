"""What a function may call: the policies of its role, and what each call needs."""

import json
from typing import Any

import pytest

from infra.local.aws.message import AwsRequest
from infra.local.aws.permissions import needs
from infra.local.aws.policies import Policies
from infra.local.template import Endpoints, Template


def policies(*statements: dict[str, Any]) -> Policies:
    document = {"PolicyDocument": {"Statement": list(statements)}, "Roles": [{"Ref": "Role"}]}
    resources = {
        "Role": {"Type": "AWS::IAM::Role", "Properties": {"RoleName": "role"}},
        "Policy": {"Type": "AWS::IAM::Policy", "Properties": document},
    }
    template = Template("s", {"Resources": resources}, {}, Endpoints("", ""))
    return Policies.of(template, {"f": "role"})


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
        (request("kms", "Encrypt", {"KeyId": "k"}), {("kms:Encrypt", ARN.format("kms", "key/k"))}),
        (request("kms", "Decrypt", {"CiphertextBlob": "?"}), {("kms:Decrypt", ARN.format("kms", "key/*"))}),
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
