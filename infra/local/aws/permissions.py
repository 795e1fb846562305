"""Which IAM actions on which resources an API call needs.

Source: the Service Authorization Reference and, for S3 Vectors, the "Permissions" section of QueryVectors.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeAlias

from infra.local.aws.message import AwsRequest
from infra.local.shared import ACCOUNT, REGION, Json

Need: TypeAlias = tuple[str, str]
"""An IAM action and the ARN it is needed on."""

_TRANSACTION = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
    "Get": "dynamodb:GetItem",
}
_SQS = {
    "SendMessageBatch": "SendMessage",
    "DeleteMessageBatch": "DeleteMessage",
    "ChangeMessageVisibilityBatch": "ChangeMessageVisibility",
}


def needs(request: AwsRequest, secret_keys: Mapping[str, str]) -> Iterator[Need]:
    """Yield every permission the call needs; `secret_keys` has the keys secrets are encrypted with."""
    finder = _SERVICES.get(request.service)
    if finder:
        yield from finder(request)
    else:
        yield request.action, "*"
    if request.action == "secretsmanager:GetSecretValue":
        for _, secret in _secretsmanager(request):
            if secret in secret_keys:
                yield "kms:Decrypt", secret_keys[secret]


def _dynamodb(request: AwsRequest) -> Iterator[Need]:
    parameters = request.parameters
    if request.operation in ("TransactWriteItems", "TransactGetItems"):
        items: list[Json] = parameters.get("TransactItems", [])
        for kind, operation in (pair for item in items for pair in item.items()):
            yield _TRANSACTION.get(kind, f"dynamodb:{kind}"), _table(operation.get("TableName", ""))
    elif request.operation in ("BatchGetItem", "BatchWriteItem"):
        for table in parameters.get("RequestItems", ()):
            yield request.action, _table(table)
    else:
        index = f"/index/{parameters['IndexName']}" if "IndexName" in parameters else ""
        yield request.action, _table(str(parameters.get("TableName", ""))) + index


def _table(name: str) -> str:
    return name if name.startswith("arn:") else f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"


def _sqs(request: AwsRequest) -> Iterator[Need]:
    queue = str(request.parameters.get("QueueUrl", request.path)).rsplit("/", 1)[-1]
    operation = _SQS.get(request.operation, request.operation)
    yield f"sqs:{operation}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{queue}"


def _s3vectors(request: AwsRequest) -> Iterator[Need]:
    parameters = request.parameters
    resource = str(parameters.get("indexArn") or _index(parameters))
    yield request.action, resource
    detailed = any(parameters.get(key) for key in ("queryTexts", "filter", "returnMetadata"))
    if request.operation == "QueryVectors" and detailed:
        yield "s3vectors:GetVectors", resource


def _index(parameters: Json) -> str:
    bucket, index = parameters.get("vectorBucketName", ""), parameters.get("indexName")
    return f"arn:aws:s3vectors:{REGION}:{ACCOUNT}:bucket/{bucket}" + (f"/index/{index}" if index else "")


def _secretsmanager(request: AwsRequest) -> Iterator[Need]:
    secret = str(request.parameters.get("SecretId", "*"))
    if not secret.startswith("arn:"):
        secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{secret}-local1"
    yield request.action, secret


def _states(request: AwsRequest) -> Iterator[Need]:
    parameters = request.parameters
    yield request.action, str(parameters.get("stateMachineArn") or parameters.get("executionArn") or "*")


def _lambda(request: AwsRequest) -> Iterator[Need]:
    name = request.path.partition("/functions/")[2].partition("/")[0].replace("%3A", ":")
    arn = name if name.startswith("arn:") else f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{name}"
    yield "lambda:InvokeFunction" if request.operation == "Invoke" else "lambda:*", arn


def _kms(request: AwsRequest) -> Iterator[Need]:
    from infra.local.moto_patches import kms

    parameters = request.parameters
    key = parameters.get("KeyId") or kms.key_of(str(parameters.get("CiphertextBlob", "")))
    yield request.action, kms.key_arn(str(key))


_SERVICES: dict[str, Callable[[AwsRequest], Iterator[Need]]] = {
    "dynamodb": _dynamodb,
    "sqs": _sqs,
    "s3vectors": _s3vectors,
    "secretsmanager": _secretsmanager,
    "states": _states,
    "lambda": _lambda,
    "kms": _kms,
}
