"""A function's permissions: each granted action by name, each on the one resource it is meant for."""

from __future__ import annotations

from dataclasses import dataclass

from aws_cdk import Acknowledgment as Because
from aws_cdk import Validations
from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct
from orchestrator.spec import TABLES, Grant

from infra.constructs.storage import Queues, Secrets, Tables
from infra.constructs.vectors import Vectors
from infra.discovery import Found

SERVICES = {"table": "dynamodb", "queue": "sqs", "vectors": "s3vectors"}


@dataclass(frozen=True, slots=True)
class Storage:
    """All stateful resources, as a function's permissions and environment need them."""

    tables: Tables
    queues: Queues
    vectors: Vectors
    secrets: Secrets

    def arn(self, grant: Grant) -> str:
        """Return the ARN of the one resource a grant is about."""
        match grant.kind:
            case "table":
                return self.tables.by_name[grant.name].table_arn
            case "queue":
                return self.queues.by_name[grant.name].main.queue_arn
            case "vectors":
                return self.vectors.by_name[grant.name].attr_index_arn

    def address(self, grant: Grant) -> str:
        """Return what the function calls the resource by: table name, queue URL or index ARN."""
        match grant.kind:
            case "table":
                return self.tables.by_name[grant.name].table_name
            case "queue":
                return self.queues.by_name[grant.name].main.queue_url
            case "vectors":
                return self.vectors.by_name[grant.name].attr_index_arn


class Role(Construct):
    """The role of one function, with all its permissions inline: one resource, nothing shared, nothing added later."""

    def __init__(self, scope: Construct, found: Found, storage: Storage, log_group: logs.LogGroup) -> None:
        """Create the role under `scope`."""
        super().__init__(scope, "Access")
        statements = [
            *(statement for grant in found.spec.grants for statement in _granted(grant, storage)),
            *_trigger(found, storage),
            *_secrets(found, storage),
            *_telemetry(log_group),
        ]
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"What {found.folder} may do",
            inline_policies={"grants": iam.PolicyDocument(statements=statements)},
        )
        acknowledge_tracing(self.role)


def acknowledge_tracing(role: iam.Role) -> None:
    """Explain the one `*` resource of a role with active tracing."""
    Validations.of(role).acknowledge(
        Because(
            id="AwsSolutions-IAM5[Resource::*]",
            reason="X-Ray's PutTraceSegments and PutTelemetryRecords support no resource-level permission "
            "(Service Authorization Reference, AWS X-Ray: resource types of both actions are empty).",
        )
    )


def telemetry(log_group: logs.LogGroup) -> list[iam.PolicyStatement]:
    """Return what writing logs to the function's own group and traces to X-Ray needs."""
    return _telemetry(log_group)


def _granted(grant: Grant, storage: Storage) -> list[iam.PolicyStatement]:
    arn = storage.arn(grant)
    statements = [_allow([f"{SERVICES[grant.kind]}:{action}" for action in grant.actions], arn)]
    orders = next((table.orders for table in TABLES if (grant.kind, grant.name) == ("table", table.name)), ())
    if orders and "Query" in grant.actions:
        indexes = [f"{arn}/index/{order}" for order in orders]
        statements.append(iam.PolicyStatement(actions=["dynamodb:Query"], resources=indexes))
    return statements


def _allow(actions: list[str], resource: str) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=sorted(actions), resources=[resource])


def _trigger(found: Found, storage: Storage) -> list[iam.PolicyStatement]:
    if found.spec.trigger is None:
        return []
    actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    return [_allow(actions, storage.queues.by_name[found.spec.trigger.queue].main.queue_arn)]


def _secrets(found: Found, storage: Storage) -> list[iam.PolicyStatement]:
    if not found.spec.secrets or storage.secrets.key is None:
        return []
    read = iam.PolicyStatement(
        actions=["secretsmanager:GetSecretValue"],
        resources=[storage.secrets.by_vendor[vendor].ref for vendor in sorted(found.spec.secrets)],
    )
    return [read, _allow(["kms:Decrypt"], storage.secrets.key.key_arn)]


def _telemetry(log_group: logs.LogGroup) -> list[iam.PolicyStatement]:
    return [
        _allow(["logs:CreateLogStream", "logs:PutLogEvents"], log_group.log_group_arn),
        _allow(["xray:PutTraceSegments", "xray:PutTelemetryRecords"], "*"),
    ]
