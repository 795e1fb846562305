"""Physical names, ARNs and references of the resource types the runner knows.

Sources: the "Return values" section of each type in the CloudFormation resource reference, and the
"Resource types" tables of the Service Authorization Reference for the ARN formats.
"""

from __future__ import annotations

import uuid

from infra.local.shared import ACCOUNT, REGION, Json

_NAME_PROPERTIES = {
    "AWS::Lambda::Function": "FunctionName",
    "AWS::DynamoDB::Table": "TableName",
    "AWS::DynamoDB::GlobalTable": "TableName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::S3Vectors::VectorBucket": "VectorBucketName",
    "AWS::S3Vectors::Index": "IndexName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::IAM::Role": "RoleName",
    "AWS::KMS::Alias": "AliasName",
}
_ARNS = {
    "AWS::Lambda::Function": "lambda:{r}:{a}:function:{n}",
    "AWS::SQS::Queue": "sqs:{r}:{a}:{n}",
    "AWS::StepFunctions::StateMachine": "states:{r}:{a}:stateMachine:{n}",
    "AWS::DynamoDB::Table": "dynamodb:{r}:{a}:table/{n}",
    "AWS::DynamoDB::GlobalTable": "dynamodb:{r}:{a}:table/{n}",
    "AWS::S3::Bucket": "s3:::{n}",
    "AWS::S3Vectors::VectorBucket": "s3vectors:{r}:{a}:bucket/{n}",
    "AWS::SecretsManager::Secret": "secretsmanager:{r}:{a}:secret:{n}-local1",
    "AWS::KMS::Key": "kms:{r}:{a}:key/{n}",
    "AWS::SNS::Topic": "sns:{r}:{a}:{n}",
    "AWS::IAM::Role": "iam::{a}:role/{n}",
    "AWS::Events::EventBus": "events:{r}:{a}:event-bus/{n}",
    "AWS::Events::Rule": "events:{r}:{a}:rule/{n}",
    "AWS::Scheduler::Schedule": "scheduler:{r}:{a}:schedule/default/{n}",
    "AWS::Logs::LogGroup": "logs:{r}:{a}:log-group:{n}:*",
    "AWS::CloudWatch::Alarm": "cloudwatch:{r}:{a}:alarm:{n}",
}
REF_IS_ARN = (
    "AWS::StepFunctions::StateMachine",
    "AWS::SecretsManager::Secret",
    "AWS::SNS::Topic",
    "AWS::S3Vectors::VectorBucket",
    "AWS::S3Vectors::Index",
)


def name_of(stack: str, logical_id: str, raw: Json) -> str:
    """Return the name the template gives, else one made from stack and logical id (a UUID for a key)."""
    properties = raw.get("Properties", {})
    given = properties.get(_NAME_PROPERTIES.get(raw["Type"], "Name"))
    if isinstance(given, str):
        return given
    made = f"{stack}-{logical_id}"
    if raw["Type"] == "AWS::KMS::Key":
        return str(uuid.uuid5(uuid.NAMESPACE_URL, made))
    return made.lower() if raw["Type"].endswith("Bucket") else made[:64]


def arn_of(resource_type: str, name: str) -> str:
    """Return the ARN of a resource by type and physical name."""
    service = resource_type.split("::")[1].lower()
    return "arn:aws:" + _ARNS.get(resource_type, service + ":{r}:{a}:{n}").format(r=REGION, a=ACCOUNT, n=name)


def reference_of(resource_type: str, logical_id: str, name: str, endpoint: str) -> str:
    """Return what `Ref` gives for a resource whose reference is not its ARN (`REF_IS_ARN`)."""
    if resource_type == "AWS::SQS::Queue":
        return queue_url(endpoint, name)
    if resource_type == "AWS::Lambda::LayerVersion":
        return f"arn:aws:lambda:{REGION}:{ACCOUNT}:layer:{logical_id}:1"
    if resource_type.startswith("AWS::ApiGatewayV2::") and not resource_type.endswith("Stage"):
        return logical_id
    return name


def attribute_of(attribute: str, name: str, endpoint: str) -> str:
    """Return what `Fn::GetAtt` gives for the attributes that are not ARNs."""
    if attribute == "QueueUrl":
        return queue_url(endpoint, name)
    if attribute == "Version":
        return "1"
    return name


def queue_url(endpoint: str, name: str) -> str:
    """Return the URL of a queue at this runner's AWS endpoint."""
    return f"{endpoint}/{ACCOUNT}/{name}"
