"""KMS keys of ours: one for the vendors' secrets, and those of `orchestrator.spec.KEYS`."""

from __future__ import annotations

from typing import cast

from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.constructs.shared import keep
from infra.deployment import Deployment
from orchestrator import spec

# What CDK's default key policy gives the account (`kms:*`), action by action: IAM policies decide from there.
KEY_ACTIONS = tuple(
    f"kms:{action}"
    for action in (
        "CancelKeyDeletion", "CreateAlias", "CreateGrant", "Decrypt", "DeleteAlias", "DescribeKey",
        "DisableKey", "DisableKeyRotation", "EnableKey", "EnableKeyRotation", "Encrypt", "GenerateDataKey",
        "GetKeyPolicy",
        "GetKeyRotationStatus", "ListGrants", "ListKeyPolicies", "ListKeyRotations", "ListResourceTags",
        "PutKeyPolicy", "ReEncryptFrom", "ReEncryptTo", "RetireGrant", "RevokeGrant", "RotateKeyOnDemand",
        "ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateAlias", "UpdateKeyDescription",
    )
)  # fmt: skip


class Keys(Construct):
    """The keys of `orchestrator.spec.KEYS`, for what callers entrust to us, each with an alias."""

    def __init__(self, scope: Construct, deployment: Deployment) -> None:
        """Create every key and its alias under `scope`."""
        super().__init__(scope, "Keys")
        self.by_name = {key.name: self._key(key, deployment) for key in spec.KEYS}

    def _key(self, key: spec.Key, deployment: Deployment) -> kms.Key:
        made = rotating_key(self, key.name, f"{key.description} of {deployment.prefix}", deployment)
        kms.CfnAlias(
            self,
            f"{key.name}-alias",
            alias_name=f"alias/{deployment.prefix}-{key.name}",
            target_key_id=made.key_arn,
        )
        return made


def rotating_key(scope: Construct, id: str, description: str, deployment: Deployment) -> kms.Key:
    """Create a key that rotates every year and whose use the account's IAM policies decide."""
    administer = iam.PolicyStatement(
        principals=[cast(iam.IPrincipal, iam.AccountRootPrincipal())],
        actions=list(KEY_ACTIONS),
        resources=["*"],
    )
    return kms.Key(
        scope,
        id,
        description=description,
        enable_key_rotation=True,
        policy=iam.PolicyDocument(statements=[administer]),
        removal_policy=keep(deployment),
    )
