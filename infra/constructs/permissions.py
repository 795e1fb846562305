"""A function's permissions: each granted action by name, each on the one resource it is meant for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import aws_iam as iam
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.constructs.keys import Keys
from infra.constructs.shared import acknowledge_tracing, allow, service_role, telemetry
from infra.constructs.storage import Queues, Secrets, Tables
from infra.constructs.vectors import Vectors
from infra.discovery import Found
from orchestrator.spec import Grant

SERVICES = {"table": "dynamodb", "queue": "sqs", "vectors": "s3vectors", "key": "kms", "workflow": "states"}


@dataclass(frozen=True, slots=True)
class Storage:
    """Everything a function may be granted, as its permissions and environment need it.

    `workflows` are ARNs made from names: a state machine needs its functions' ARNs, so that these cannot wait
    for it.
    """

    tables: Tables
    queues: Queues
    vectors: Vectors
    secrets: Secrets
    keys: Keys
    workflows: Mapping[str, str]

    def arn(self, grant: Grant) -> str:
        """Return the ARN of the one resource a grant is about."""
        match grant.kind:
            case "table":
                return self.tables.by_name[grant.name].table_arn
            case "queue":
                return self.queues.by_name[grant.name].main.queue_arn
            case "vectors":
                return self.vectors.by_name[grant.name].attr_index_arn
            case "key":
                return self.keys.by_name[grant.name].key_arn
            case "workflow":
                return self.workflows[grant.name]

    def address(self, grant: Grant) -> str:
        """Return what the function calls the resource by: table name, queue URL, else the ARN."""
        match grant.kind:
            case "table":
                return self.tables.by_name[grant.name].table_name
            case "queue":
                return self.queues.by_name[grant.name].main.queue_url
            case _:
                return self.arn(grant)


def role_of(scope: Construct, found: Found, storage: Storage, log_group: logs.LogGroup) -> iam.IRole:
    """Create the role of one function under `scope`: what its spec grants, and what every Lambda needs."""
    statements = [
        *(statement for grant in found.spec.grants for statement in _granted(grant, storage)),
        *_trigger(found, storage),
        *_secrets(found, storage),
        *telemetry(log_group),
    ]
    role = service_role(scope, "Role", "lambda.amazonaws.com", statements, f"What {found.folder} may do")
    acknowledge_tracing(role)
    # CDK would otherwise add statements of its own, in a second policy resource.
    return role.without_policy_updates()


def _granted(grant: Grant, storage: Storage) -> list[iam.PolicyStatement]:
    arn = storage.arn(grant)
    statements: list[iam.PolicyStatement] = []
    if grant.actions:
        statements.append(allow([f"{SERVICES[grant.kind]}:{action}" for action in grant.actions], arn))
    if grant.indexes:
        statements.append(allow(["dynamodb:Query"], *(f"{arn}/index/{index}" for index in grant.indexes)))
    return statements


def _trigger(found: Found, storage: Storage) -> list[iam.PolicyStatement]:
    if found.spec.trigger is None:
        return []
    actions = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"]
    return [allow(actions, storage.queues.by_name[found.spec.trigger.queue].main.queue_arn)]


def _secrets(found: Found, storage: Storage) -> list[iam.PolicyStatement]:
    if not found.spec.secrets or storage.secrets.key is None:
        return []
    secrets = [storage.secrets.by_vendor[vendor].ref for vendor in sorted(found.spec.secrets)]
    return [
        allow(["secretsmanager:GetSecretValue"], *secrets),
        allow(["kms:Decrypt"], storage.secrets.key.key_arn),
    ]
