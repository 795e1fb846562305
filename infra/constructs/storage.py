"""The stateful resources: tables, queues, the vector index and the vendors' secrets."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import cast

from aws_cdk import Acknowledgment as Because
from aws_cdk import Duration, Validations
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_events as events
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.constructs.keys import rotating_key
from infra.constructs.shared import keep
from infra.deployment import Deployment
from infra.discovery import Found
from orchestrator import spec
from orchestrator.config.rules import PLACEHOLDER
from orchestrator.config.vendors import VENDORS

DEAD_LETTERS_KEPT = Duration.days(14)


class Tables(Construct):
    """The DynamoDB tables of `orchestrator.spec.TABLES`: on demand, keys `pk` and `sk`, TTL `expires_at`.

    Encrypted with the AWS-managed key `aws/dynamodb`: its use shows in CloudTrail, it costs no monthly fee
    and needs no `kms:` permission in a function's role. A key of our own would add only the right to revoke
    it, at the price of one more action in every role.
    """

    def __init__(self, scope: Construct, deployment: Deployment) -> None:
        """Create every table under `scope`."""
        super().__init__(scope, "Tables")
        self.by_name = {table.name: self._table(table, deployment) for table in spec.TABLES}

    def _table(self, table: spec.Table, deployment: Deployment) -> dynamodb.Table:
        resource = dynamodb.Table(
            self,
            table.name,
            table_name=f"{deployment.prefix}-{table.name}",
            partition_key=dynamodb.Attribute(name="pk", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="sk", type=dynamodb.AttributeType.STRING),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.AWS_MANAGED,
            time_to_live_attribute="expires_at",
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=deployment.prod,
            removal_policy=keep(deployment),
        )
        for order in table.orders:
            resource.add_local_secondary_index(
                index_name=order,
                sort_key=dynamodb.Attribute(name=order, type=dynamodb.AttributeType.NUMBER),
                projection_type=dynamodb.ProjectionType.KEYS_ONLY,
            )
        for index in table.indexes:
            resource.add_global_secondary_index(
                index_name=index.name,
                partition_key=dynamodb.Attribute(name=index.partition, type=dynamodb.AttributeType.STRING),
                sort_key=dynamodb.Attribute(name=index.sort, type=dynamodb.AttributeType.STRING),
                projection_type=dynamodb.ProjectionType[index.projection],
            )
        return resource


@dataclass(frozen=True, slots=True)
class QueuePair:
    """A queue and the dead-letter queue behind it."""

    main: sqs.Queue
    dead: sqs.Queue

    def admit(self, rule: events.CfnRule) -> None:
        """Let an EventBridge rule send to both, and nobody else by the same permission."""
        for queue in (self.main, self.dead):
            queue.add_to_resource_policy(
                iam.PolicyStatement(
                    principals=[cast(iam.IPrincipal, iam.ServicePrincipal("events.amazonaws.com"))],
                    actions=["sqs:SendMessage"],
                    resources=[queue.queue_arn],
                    conditions={"ArnEquals": {"aws:SourceArn": rule.attr_arn}},
                )
            )


class Queues(Construct):
    """The SQS queues of `orchestrator.spec.QUEUES`, each with its dead-letter queue, TLS only.

    A message stays invisible for six times its consumer's time-out, as AWS advises, so that no second worker
    starts on it while Lambda retries a throttled call.
    """

    def __init__(self, scope: Construct, deployment: Deployment, found: list[Found]) -> None:
        """Create every queue under `scope`; `found` tells each consumer's time-out."""
        super().__init__(scope, "Queues")
        timeouts = {one.spec.trigger.queue: one.spec.timeout for one in found if one.spec.trigger}
        self.by_name = {
            queue.name: self._pair(queue, deployment, timeouts.get(queue.name, 30)) for queue in spec.QUEUES
        }

    def _pair(self, queue: spec.Queue, deployment: Deployment, timeout: int) -> QueuePair:
        name = f"{deployment.prefix}-{queue.name}"
        dead = sqs.Queue(
            self,
            f"{queue.name}-dead",
            queue_name=f"{name}-dead",
            retention_period=DEAD_LETTERS_KEPT,
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            removal_policy=keep(deployment),
        )
        main = sqs.Queue(
            self,
            queue.name,
            queue_name=name,
            visibility_timeout=Duration.seconds(6 * timeout),
            retention_period=Duration.days(4),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(queue=dead, max_receive_count=queue.max_receives),
            removal_policy=keep(deployment),
        )
        return QueuePair(main, dead)


class Secrets(Construct):
    """One secret for each vendor that any function names, under one key of ours that rotates every year.

    The value is a JSON object whose fields are empty until somebody fills them in
    (`aws secretsmanager put-secret-value`); CloudFormation leaves a filled-in value alone as long as the
    template's stays the same.
    """

    def __init__(self, scope: Construct, deployment: Deployment, found: list[Found]) -> None:
        """Create the secrets under `scope`."""
        super().__init__(scope, "Secrets")
        used = sorted({vendor for one in found for vendor in one.spec.secrets})
        self.key = (
            rotating_key(self, "key", f"Vendor secrets of {deployment.prefix}", deployment) if used else None
        )
        self.by_vendor = {vendor: self._secret(vendor, self.key, deployment) for vendor in used if self.key}

    def _secret(self, vendor: str, key: kms.Key, deployment: Deployment) -> secretsmanager.CfnSecret:
        about = VENDORS[vendor]
        # The L1 resource: the L2 one would add `kms:ReEncrypt*` and `kms:GenerateDataKey*` to the key.
        secret = secretsmanager.CfnSecret(
            self,
            vendor,
            name=f"orchestrator/{deployment.stage}/{vendor}",
            description=f"JSON object with {', '.join(about.keys)}",
            kms_key_id=key.key_arn,
            secret_string=json.dumps(dict.fromkeys(about.keys, "")),
        )
        secret.apply_removal_policy(keep(deployment))
        told = {
            "vendor": vendor,
            "keys": list(about.keys),
            "optional": list(about.optional),
            "base_url": about.base_url,
            "sample": PLACEHOLDER,
        }
        secret.add_metadata("orchestrator", told)
        Validations.of(secret).acknowledge(
            Because(
                id="AwsSolutions-SMG4",
                reason="The vendor issues this key in its own console; no call could rotate it.",
            )
        )
        return secret
