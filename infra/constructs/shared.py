"""What several constructs decide the same way."""

from __future__ import annotations

from typing import cast

from aws_cdk import Acknowledgment as Because
from aws_cdk import CfnResource, RemovalPolicy, Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.deployment import Deployment


def keep(deployment: Deployment) -> RemovalPolicy:
    """Return what happens to data when its resource goes: it stays in prod."""
    return RemovalPolicy.RETAIN if deployment.prod else RemovalPolicy.DESTROY


def log_group(scope: Construct, id: str, name: str, deployment: Deployment) -> logs.LogGroup:
    """Create log group `name`: kept for a week in dev, three months in prod."""
    days = logs.RetentionDays.THREE_MONTHS if deployment.prod else logs.RetentionDays.ONE_WEEK
    return logs.LogGroup(scope, id, log_group_name=name, retention=days, removal_policy=keep(deployment))


def allow(actions: list[str], *resources: str) -> iam.PolicyStatement:
    """Allow exactly `actions` on exactly `resources`."""
    return iam.PolicyStatement(actions=sorted(actions), resources=list(resources))


def telemetry(group: logs.LogGroup) -> list[iam.PolicyStatement]:
    """Return what writing logs to a function's own group and traces to X-Ray needs."""
    return [
        allow(["logs:CreateLogStream", "logs:PutLogEvents"], group.log_group_arn),
        allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
    ]


def service_role(
    scope: Construct, id: str, service: str, statements: list[iam.PolicyStatement], description: str
) -> iam.Role:
    """Create a role for one AWS service, all its permissions inline: one resource, nothing added later."""
    return iam.Role(
        scope,
        id,
        assumed_by=cast(iam.IPrincipal, iam.ServicePrincipal(service)),
        description=description,
        inline_policies={"grants": iam.PolicyDocument(statements=statements)},
    )


def acknowledge_tracing(role: iam.Role) -> None:
    """Explain the one `*` resource of a role with active tracing."""
    Validations.of(role).acknowledge(
        Because(
            id="AwsSolutions-IAM5[Resource::*]",
            reason="X-Ray's PutTraceSegments and PutTelemetryRecords support no resource-level permission "
            "(Service Authorization Reference, AWS X-Ray: no resource types for both actions).",
        )
    )


def finish(function: lambda_.Function) -> CfnResource:
    """Explain the runtime, drop a redundant dependency, and return the function's CloudFormation resource."""
    Validations.of(function).acknowledge(
        Because(
            id="AwsSolutions-L1",
            reason="Python 3.13 is the version the project is locked and tested on; a newer runtime is a "
            "deliberate step with a new lock and new layers.",
        )
    )
    resource = cast(CfnResource, function.node.default_child)
    # CDK repeats the role, which the property `Role` already waits for (cfn-lint W3005).
    resource.add_deletion_override("DependsOn")
    return resource
