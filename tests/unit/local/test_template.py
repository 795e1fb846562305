"""The template resolver."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.local.errors import RunnerError
from infra.local.resources import check_types
from infra.local.template import Endpoints, Template

QUEUE = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": "jobs"}}


def template(resources: dict[str, Any] | None = None, **document: Any) -> Template:
    endpoints = Endpoints("http://aws:1", "http://web:2")
    return Template("stack", {"Resources": resources or {}, **document}, {}, endpoints)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"Ref": "AWS::Region"}, "us-east-1"),
        ({"Ref": "Q"}, "http://aws:1/123456789012/jobs"),
        ({"Fn::GetAtt": ["Q", "Arn"]}, "arn:aws:sqs:us-east-1:123456789012:jobs"),
        ({"Fn::GetAtt": "Q.QueueName"}, "jobs"),
        ({"Fn::GetAtt": ["Q", "QueueUrl"]}, "http://aws:1/123456789012/jobs"),
        ({"Fn::Join": ["/", ["a", {"Ref": "AWS::Partition"}, {"Ref": "P"}]]}, "a/aws/default"),
        ({"Fn::Select": [1, {"Fn::Split": [":", "a:b:c"]}]}, "b"),
        (
            {"Fn::Sub": "${Q.Arn}-${!Literal}-${AWS::AccountId}"},
            "arn:aws:sqs:us-east-1:123456789012:jobs-${Literal}-123456789012",
        ),
        ({"Fn::Sub": ["${name}!", {"name": {"Ref": "P"}}]}, "default!"),
        ({"a": {"Ref": "AWS::NoValue"}, "b": [1, {"Ref": "AWS::NoValue"}]}, {"b": [1]}),
        ({"Ref": "Live"}, "arn:aws:lambda:us-east-1:123456789012:function:f:live"),
        ({"Ref": "Version"}, "arn:aws:lambda:us-east-1:123456789012:function:f:1"),
        ({"Fn::GetAtt": ["Api", "ApiEndpoint"]}, "http://web:2"),
        ({"Ref": "Machine"}, "arn:aws:states:us-east-1:123456789012:stateMachine:stack-Machine"),
        (
            {"Fn::GetAtt": ["Index", "IndexArn"]},
            "arn:aws:s3vectors:us-east-1:123456789012:bucket/stack-bucket/index/i",
        ),
        ({"Ref": "Secret"}, "arn:aws:secretsmanager:us-east-1:123456789012:secret:a/b-local1"),
    ],
)
def test_intrinsic_functions_give_what_cloudformation_gives(value: Any, expected: Any) -> None:
    resources = {
        "Q": QUEUE,
        "F": {"Type": "AWS::Lambda::Function", "Properties": {"FunctionName": "f"}},
        "Live": {"Type": "AWS::Lambda::Alias", "Properties": {"FunctionName": {"Ref": "F"}, "Name": "live"}},
        "Version": {
            "Type": "AWS::Lambda::Version",
            "Properties": {"FunctionName": {"Fn::GetAtt": ["F", "Arn"]}},
        },
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {}},
        "Machine": {"Type": "AWS::StepFunctions::StateMachine"},
        "Bucket": {"Type": "AWS::S3Vectors::VectorBucket"},
        "Index": {
            "Type": "AWS::S3Vectors::Index",
            "Properties": {
                "IndexName": "i",
                "VectorBucketArn": {"Fn::GetAtt": ["Bucket", "VectorBucketArn"]},
            },
        },
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {"Name": "a/b"}},
    }
    assert template(resources, Parameters={"P": {"Default": "default"}}).resolve(value) == expected


def test_an_unknown_function_names_the_place_to_teach_it() -> None:
    with pytest.raises(RunnerError, match=r"Fn::Cidr .* infra/local/template.py"):
        template().resolve({"Fn::Cidr": []})


def test_unknown_resource_types_are_refused_and_known_ones_are_not() -> None:
    check_types(template({"Q": QUEUE, "Alarm": {"Type": "AWS::CloudWatch::Alarm"}}))
    with pytest.raises(RunnerError, match="Blimp is an AWS::Airship::Blimp"):
        check_types(template({"Blimp": {"Type": "AWS::Airship::Blimp"}}))


def test_assets_are_found_by_their_object_key(tmp_path: Path) -> None:
    asset = {"source": {"path": "../code"}, "destinations": {"here": {"objectKey": "k.zip"}}}
    (tmp_path / "s.template.json").write_text(json.dumps({"Resources": {}}))
    (tmp_path / "s.assets.json").write_text(json.dumps({"files": {"a": asset}}))
    loaded = Template.load(tmp_path, "s", Endpoints("", ""))
    assert loaded.assets == {"k.zip": (tmp_path.parent / "code").resolve()}
