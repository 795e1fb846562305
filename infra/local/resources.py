"""Creates the stateful resources of the template in moto, and knows which types need nothing on a laptop.

Creating is repeatable: a resource that is there from an earlier run (persisted data) is kept as it is.
"""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Callable
from typing import TypeAlias

from infra.local.aws.message import AwsError
from infra.local.errors import RunnerError
from infra.local.shared import Json, as_array, as_object
from infra.local.template import Resource, Template

Call: TypeAlias = Callable[[str, str, Json], Json]
"""Calls an AWS operation: service, operation, parameters."""

_NOTHING_TO_DO = (
    "AWS::IAM::",
    "AWS::Logs::",
    "AWS::CloudWatch::",
    "AWS::CDK::",
    "AWS::ApiGatewayV2::",
    "AWS::Lambda::",
    "AWS::Scheduler::",
    "AWS::Events::Rule",
    "AWS::StepFunctions::StateMachine",
    "AWS::XRay::",
    "AWS::ApplicationSignals::",
    "AWS::SQS::QueuePolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::S3::BucketPolicy",
    "AWS::SecretsManager::ResourcePolicy",
)
_EXISTS = (
    "ResourceInUse",
    "AlreadyExists",
    "Conflict",
    "ResourceExists",
    "QueueNameExists",
    "QueueAlreadyExists",
)


def check_types(template: Template) -> None:
    """Refuse a template with a resource the runner cannot stand in for.

    Raises:
        RunnerError: naming the resource and its type.
    """
    for logical_id, raw in template.document["Resources"].items():
        kind = raw["Type"]
        if kind not in _CREATE and not kind.startswith(_NOTHING_TO_DO):
            raise RunnerError(
                f"{logical_id} is an {kind}, which the laptop runner does not know: "
                "add it to infra/local/resources.py"
            )


def create_resources(template: Template, call: Call) -> None:
    """Create whatever the template has and moto has not."""
    order = list(_CREATE)
    resources = [resource for kind in order for resource in _sorted(template, kind)]
    for resource in resources:
        try:
            _CREATE[resource.type](template, resource, call)
        except AwsError as error:
            if not error.code.startswith(_EXISTS):
                raise RunnerError(f"{resource.id} ({resource.type}) cannot be created: {error}") from error


def _sorted(template: Template, kind: str) -> list[Resource]:
    """Dead-letter queues come before the queues that name them."""
    return sorted(template.of(kind), key=lambda resource: "RedrivePolicy" in resource.properties)


def _table(template: Template, resource: Resource, call: Call) -> None:
    properties = resource.properties
    name = template.name(resource.id)
    parameters: Json = {
        "TableName": name,
        "KeySchema": properties["KeySchema"],
        "AttributeDefinitions": properties["AttributeDefinitions"],
        "BillingMode": "PAY_PER_REQUEST",
    }
    for indexes in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
        if properties.get(indexes):
            keep = ("IndexName", "KeySchema", "Projection")
            parameters[indexes] = [{k: index[k] for k in keep} for index in properties[indexes]]
    call("dynamodb", "CreateTable", parameters)
    ttl = properties.get("TimeToLiveSpecification")
    if ttl:
        call("dynamodb", "UpdateTimeToLive", {"TableName": name, "TimeToLiveSpecification": ttl})


def _queue(template: Template, resource: Resource, call: Call) -> None:
    kept = (
        "VisibilityTimeout",
        "DelaySeconds",
        "MessageRetentionPeriod",
        "ReceiveMessageWaitTimeSeconds",
        "FifoQueue",
        "ContentBasedDeduplication",
        "RedrivePolicy",
    )
    attributes = {
        name: value if isinstance(value, str) else json.dumps(value)
        for name, value in resource.properties.items()
        if name in kept
    }
    name = template.name(resource.id)
    try:
        call("sqs", "CreateQueue", {"QueueName": name, "Attributes": attributes})
    except AwsError:  # there already, with other attributes: a changed template wins
        call(
            "sqs",
            "SetQueueAttributes",
            {"QueueUrl": template.resolve({"Ref": resource.id}), "Attributes": attributes},
        )


def _secret(template: Template, resource: Resource, call: Call) -> None:
    properties = resource.properties
    text = str(properties.get("SecretString", ""))
    generate = properties.get("GenerateSecretString")
    if generate is not None:  # CDK's default is an empty object
        text = _generated(generate)
    call("secretsmanager", "CreateSecret", {"Name": template.name(resource.id), "SecretString": text or "{}"})


def _generated(generate: Json) -> str:
    letters = string.ascii_letters + string.digits
    password = "".join(secrets.choice(letters) for _ in range(int(generate.get("PasswordLength", 32))))
    if "GenerateStringKey" not in generate:
        return password
    fields: Json = json.loads(generate.get("SecretStringTemplate", "{}"))
    return json.dumps({**fields, generate["GenerateStringKey"]: password})


def _vector_bucket(template: Template, resource: Resource, call: Call) -> None:
    call("s3vectors", "CreateVectorBucket", {"vectorBucketName": template.name(resource.id)})


def _vector_index(template: Template, resource: Resource, call: Call) -> None:
    properties = resource.properties
    bucket = str(properties.get("VectorBucketArn") or properties["VectorBucketName"]).rsplit("/", 1)[-1]
    parameters: Json = {
        "vectorBucketName": bucket,
        "indexName": template.name(resource.id),
        "dataType": properties["DataType"],
        "dimension": int(properties["Dimension"]),
        "distanceMetric": properties["DistanceMetric"],
    }
    if "MetadataConfiguration" in properties:
        parameters["metadataConfiguration"] = _lower_keys(properties["MetadataConfiguration"])
    call("s3vectors", "CreateIndex", parameters)


def _lower_keys(value: object) -> object:
    """CloudFormation writes `MetadataKey` where the service's API writes `metadataKey`."""
    named, array = as_object(value), as_array(value)
    if named is not None:
        return {key[0].lower() + key[1:]: _lower_keys(item) for key, item in named.items()}
    return value if array is None else [_lower_keys(item) for item in array]


def _key(template: Template, resource: Resource, call: Call) -> None:
    from infra.local.moto_patches import kms

    kms.ensure_key(template.name(resource.id), str(resource.properties.get("Description", "")))


def _alias(template: Template, resource: Resource, call: Call) -> None:
    from infra.local.moto_patches import kms

    kms.ensure_alias(template.name(resource.id), str(resource.properties["TargetKeyId"]).rsplit("/", 1)[-1])


def _topic(template: Template, resource: Resource, call: Call) -> None:
    """Make nothing: topics carry alarms to people, and alarms do not run on a laptop."""


_Create: TypeAlias = Callable[[Template, Resource, Call], None]
_CREATE: dict[str, _Create] = {
    "AWS::KMS::Key": _key,
    "AWS::KMS::Alias": _alias,
    "AWS::SNS::Topic": _topic,
    "AWS::SNS::Subscription": _topic,
    "AWS::DynamoDB::Table": _table,
    "AWS::DynamoDB::GlobalTable": _table,
    "AWS::SQS::Queue": _queue,
    "AWS::SecretsManager::Secret": _secret,
    "AWS::S3Vectors::VectorBucket": _vector_bucket,
    "AWS::S3Vectors::Index": _vector_index,
}
