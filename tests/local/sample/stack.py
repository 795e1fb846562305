"""Writes the sample's cloud assembly: a template as CDK would write it, by hand and at once."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from infra.local.synth import STACK

HANDLERS = Path(__file__).with_name("handlers")
Resources = dict[str, Any]


def attribute(name: str, of: str = "Arn") -> dict[str, Any]:
    return {"Fn::GetAtt": [name, of]}


def function(name: str, handler: str, notes: Path, **more: Any) -> Resources:
    """A Lambda with its role and an (empty) policy; `actions` are its grants."""
    statements = more.pop("statements", [])
    metadata = more.pop("metadata", {})
    properties = {
        "FunctionName": f"sample-{name}",
        "Handler": handler,
        "Code": {"S3Bucket": "assets", "S3Key": "code.zip"},
        "Role": attribute(f"{name}Role"),
        "Environment": {"Variables": {"NOTES": str(notes), "ORCHESTRATOR_STAGE": "local"}},
        "Timeout": 10,
        "MemorySize": 256,
        **more,
    }
    made: Resources = {
        f"{name}Role": {"Type": "AWS::IAM::Role", "Properties": {}},
        name: {
            "Type": "AWS::Lambda::Function",
            "Properties": properties,
            "Metadata": {"orchestrator": {"folder": f"functions/sample/{name}", **metadata}},
        },
    }
    if statements:
        made[f"{name}Policy"] = {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyDocument": {"Statement": statements},
                "Roles": [{"Ref": f"{name}Role"}],
            },
        }
    return made


def allow(resource: Any, *actions: str) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": resource}


def integration(name: str, target: Any) -> Resources:
    uri = {
        "Fn::Join": [
            "",
            ["arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/", target, "/invocations"],
        ]
    }
    properties = {"ApiId": {"Ref": "Api"}, "IntegrationType": "AWS_PROXY", "IntegrationUri": uri}
    return {f"{name}Integration": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": properties}}


def route(key: str, name: str, authorizer: str | None = None) -> Resources:
    properties: dict[str, Any] = {
        "ApiId": {"Ref": "Api"},
        "RouteKey": key,
        "Target": {"Fn::Join": ["", ["integrations/", {"Ref": f"{name}Integration"}]]},
    }
    if authorizer:
        properties |= {"AuthorizationType": "CUSTOM", "AuthorizerId": {"Ref": authorizer}}
    logical = "Route" + "".join(c for c in key if c.isalnum())
    return {logical: {"Type": "AWS::ApiGatewayV2::Route", "Properties": properties}}


def http_api(notes: Path) -> Resources:
    """Echo, result shapes, a slow and a broken function; authorizers with and without cache."""
    api = {"Name": "sample", "ProtocolType": "HTTP", "CorsConfiguration": CORS}
    resources: Resources = {
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": api},
        "Stage": {
            "Type": "AWS::ApiGatewayV2::Stage",
            "Properties": {"ApiId": {"Ref": "Api"}, "StageName": "$default"},
        },
        "LiveVersion": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "echo"}}},
        "Live": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {"FunctionName": {"Ref": "echo"}, "Name": "live"},
        },
        **function("echo", "web.echo", notes, SnapStart={"ApplyOn": "PublishedVersions"}),
        **function(
            "shapes", "web.shapes", notes, metadata={"settings": ["SAMPLE_SETTING"], "layers": ["base"]}
        ),
        **function("slow", "web.slow", notes, Timeout=1),
        **function("broken", "broken.handler", notes),
        **function("authorize", "web.authorize", notes),
        **integration("echo", {"Ref": "Live"}),
        **authorizer("Always", [], 0),
        **authorizer("Cached", ["$request.header.Authorization"], 300),
    }
    for name in ("shapes", "slow", "broken"):
        resources |= integration(name, attribute(name))
    for key in (
        "GET /echo",
        "ANY /any/{proxy+}",
        "GET /any/fixed",
        "GET /things/{id}",
        "POST /echo/{status}",
    ):
        resources |= route(key, "echo")
    resources |= (
        route("GET /shapes/{shape}", "shapes") | route("GET /slow", "slow") | route("GET /broken", "broken")
    )
    return resources | route("GET /always", "echo", "Always") | route("GET /cached", "echo", "Cached")


CORS = {
    "AllowOrigins": ["https://app.example.com"],
    "AllowMethods": ["*"],
    "AllowHeaders": ["authorization"],
    "MaxAge": 60,
}


def authorizer(name: str, sources: list[str], ttl: int) -> Resources:
    uri = {"Fn::Join": ["", ["arn:aws:apigateway:::functions/", attribute("authorize"), "/invocations"]]}
    properties = {
        "ApiId": {"Ref": "Api"},
        "AuthorizerType": "REQUEST",
        "AuthorizerPayloadFormatVersion": "2.0",
        "EnableSimpleResponses": True,
        "AuthorizerUri": uri,
        "AuthorizerResultTtlInSeconds": ttl,
        **({"IdentitySource": sources} if sources else {}),
    }
    return {name: {"Type": "AWS::ApiGatewayV2::Authorizer", "Properties": properties}}


def queues(notes: Path) -> Resources:
    """One queue read message by message, one read in batches; both give up after two receives."""
    resources: Resources = {"Dead": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "sample-dead"}}}
    for name, batch, window in (("Single", 1, 0), ("Batch", 5, 0.2)):
        redrive = {"deadLetterTargetArn": attribute("Dead"), "maxReceiveCount": 2}
        properties = {"QueueName": f"sample-{name.lower()}", "VisibilityTimeout": 1, "RedrivePolicy": redrive}
        resources[name] = {"Type": "AWS::SQS::Queue", "Properties": properties}
        resources |= function(f"consume{name}", "work.consume", notes)
        resources[f"{name}Mapping"] = {
            "Type": "AWS::Lambda::EventSourceMapping",
            "Properties": {
                "FunctionName": {"Ref": f"consume{name}"},
                "EventSourceArn": attribute(name),
                "BatchSize": batch,
                "MaximumBatchingWindowInSeconds": window,
                "FunctionResponseTypes": ["ReportBatchItemFailures"],
            },
        }
    return resources


def schema(keys: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in keys]


def data(notes: Path) -> Resources:
    """A table with TTL and indexes, a vector index, secrets, and a function with few permissions."""
    keys = [("pk", "HASH"), ("sk", "RANGE")]
    listed = [("listed_in", "HASH"), ("listed_at", "RANGE")]
    table = {
        "TableName": "sample-table",
        "KeySchema": schema(keys),
        "AttributeDefinitions": [{"AttributeName": n, "AttributeType": "S"} for n, _ in keys + listed],
        "GlobalSecondaryIndexes": [
            {"IndexName": "listed", "KeySchema": schema(listed), "Projection": {"ProjectionType": "ALL"}},
            {
                "IndexName": "keys",
                "KeySchema": schema(listed),
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            },
        ],
        "TimeToLiveSpecification": {"AttributeName": "expires_at", "Enabled": True},
    }
    index = {
        "VectorBucketName": "sample-vectors",
        "IndexName": "notes",
        "DataType": "float32",
        "Dimension": 4,
        "DistanceMetric": "cosine",
        "MetadataConfiguration": {
            "NonFilterableMetadataKeys": ["text"],
            "TextSearchConfigurations": [{"MetadataKey": "text", "Language": "en"}],
        },
    }
    vendor = {"vendor": "acme", "keys": ["ACME_KEY"], "base_url": "ACME_URL"}
    secret = {"Name": "sample/generated", "GenerateSecretString": {"PasswordLength": 12}}
    reads = [allow(attribute("Table"), "dynamodb:GetItem", "dynamodb:PutItem")]
    return {
        "Table": {"Type": "AWS::DynamoDB::Table", "Properties": table},
        "Vectors": {
            "Type": "AWS::S3Vectors::VectorBucket",
            "Properties": {"VectorBucketName": "sample-vectors"},
        },
        "Index": {"Type": "AWS::S3Vectors::Index", "Properties": index},
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": secret},
        "Vendor": {
            "Type": "AWS::SecretsManager::Secret",
            "Properties": {"Name": "sample/acme", "SecretString": "{}"},
            "Metadata": {"orchestrator": vendor},
        },
        **function("reader", "web.echo", notes, statements=reads),
    }


def sealed(notes: Path) -> Resources:
    """A key with an alias, and functions that may seal, open, or start a workflow."""
    key = attribute("SealKey")
    return {
        "SealKey": {"Type": "AWS::KMS::Key", "Properties": {"Description": "for seals", "KeyPolicy": {}}},
        "SealAlias": {
            "Type": "AWS::KMS::Alias",
            "Properties": {"AliasName": "alias/sample-seal", "TargetKeyId": key},
        },
        **function("sealer", "web.echo", notes, statements=[allow(key, "kms:Encrypt")]),
        **function("opener", "web.echo", notes, statements=[allow(key, "kms:Decrypt")]),
    }


def flow(notes: Path) -> Resources:
    """State machines: one task whose failure is caught, a team of three with a message at the end, and a nap.

    `starter` may start the first, whose ARN it gets made from its name.
    """
    catch = [{"ErrorEquals": ["States.ALL"], "Next": "Caught", "ResultPath": "$.error"}]
    work = {"Type": "Task", "Resource": "${Task}", "Catch": catch, "End": True}
    caught = {"Type": "Pass", "Result": "caught", "ResultPath": "$.caught", "End": True}
    arn = [
        "arn:",
        {"Ref": "AWS::Partition"},
        ":states:",
        {"Ref": "AWS::Region"},
        ":",
        {"Ref": "AWS::AccountId"},
    ]
    joined = {"Fn::Join": ["", [*arn, ":stateMachine:sample-flow"]]}
    environment = {"Variables": {"NOTES": str(notes), "WORKFLOW_FLOW": joined}}
    return {
        **function("task", "work.task", notes, Timeout=2),
        **function(
            "starter",
            "web.echo",
            notes,
            Environment=environment,
            statements=[allow(joined, "states:StartExecution")],
        ),
        **told_when_stopped("Nap", "Stopped"),
        "Letters": {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "sample-letters"}},
        "Events": {"Type": "AWS::Logs::LogGroup", "Properties": {}},
        "FlowRole": {"Type": "AWS::IAM::Role", "Properties": {}},
        "FlowPolicy": {
            "Type": "AWS::IAM::Policy",
            "Properties": {
                "PolicyDocument": {
                    "Statement": [
                        allow(attribute("task"), "lambda:InvokeFunction"),
                        allow(attribute("Letters"), "sqs:SendMessage"),
                    ]
                },
                "Roles": [{"Ref": "FlowRole"}],
            },
        },
        "Flow": state_machine("sample-flow", {"Work": work, "Caught": caught}, Task=attribute("task")),
        "Team": state_machine("sample-team", team(), Task=attribute("task"), Letters={"Ref": "Letters"}),
        "Nap": state_machine(
            "sample-nap",
            {
                "Before": {"Type": "Task", "Resource": "${Task}", "Next": "Wait"},
                "Wait": {"Type": "Wait", "SecondsPath": "$.nap", "Next": "After"},
                "After": {"Type": "Task", "Resource": "${Task}", "End": True},
            },
            Task=attribute("task"),
        ),
        "Stranger": state_machine(
            "sample-stranger",
            {"Work": work, "Caught": caught},
            RoleArn="arn:aws:iam::1:role/x",
            Task=attribute("task"),
        ),
    }


def told_when_stopped(machine: str, queue: str) -> Resources:
    """A queue that is told of a state machine's executions that failed, ran out of time or were aborted."""
    pattern = {
        "source": ["aws.states"],
        "detail-type": ["Step Functions Execution Status Change"],
        "detail": {
            "status": ["FAILED", "TIMED_OUT", "ABORTED"],
            "stateMachineArn": [attribute(machine)],
        },
    }
    properties = {"EventPattern": pattern, "Targets": [{"Id": "queue", "Arn": attribute(queue)}]}
    return {
        queue: {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": f"sample-{queue.lower()}"}},
        f"{queue}Rule": {"Type": "AWS::Events::Rule", "Properties": properties},
    }


def team() -> dict[str, Any]:
    """Three tasks at once, then a message about it."""
    call = {"FunctionName": "${Task}", "Payload.$": "$"}
    member = {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Parameters": call, "End": True}
    branches = [{"StartAt": name, "States": {name: member}} for name in ("one", "two", "three")]
    body = {"name.$": "$.name"}
    return {
        "All": {"Type": "Parallel", "Branches": branches, "ResultPath": None, "Next": "Tell"},
        "Tell": {
            "Type": "Task",
            "Resource": "arn:aws:states:::sqs:sendMessage",
            "Parameters": {"QueueUrl": "${Letters}", "MessageBody": body},
            "ResultPath": None,
            "End": True,
        },
    }


def state_machine(name: str, states: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A state machine that starts at the first of its states; `more` are substitutions."""
    destination = {"CloudWatchLogsLogGroup": {"LogGroupArn": attribute("Events")}}
    properties = {
        "StateMachineName": name,
        "StateMachineType": "STANDARD",
        "RoleArn": more.pop("RoleArn", attribute("FlowRole")),
        "DefinitionString": json.dumps({"StartAt": next(iter(states)), "States": states}),
        "DefinitionSubstitutions": more,
        "LoggingConfiguration": {"Level": "ALL", "Destinations": [destination]},
        "TracingConfiguration": {"Enabled": True},
    }
    return {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}


def schedule(notes: Path, expression: str) -> Resources:
    properties = {
        "Name": "sample-tick",
        "ScheduleExpression": expression,
        "Target": {
            "Arn": attribute("tick"),
            "Input": '{"name": "tick", "at": "<aws.scheduler.scheduled-time>"}',
        },
        "State": "ENABLED",
    }
    return {
        **function("tick", "work.task", notes),
        "Tick": {"Type": "AWS::Scheduler::Schedule", "Properties": properties},
    }


def write(folder: Path, *parts: Resources) -> Path:
    """Write the assembly of the given parts into `folder` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    resources = {name: resource for part in parts for name, resource in part.items()}
    code = {"source": {"path": str(HANDLERS)}, "destinations": {"here": {"objectKey": "code.zip"}}}
    (folder / f"{STACK}.template.json").write_text(json.dumps({"Resources": resources}))
    (folder / f"{STACK}.assets.json").write_text(json.dumps({"files": {"code": code}}))
    return folder
