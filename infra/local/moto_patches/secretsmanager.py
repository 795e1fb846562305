"""Secrets Manager: ARNs are predictable.

moto ends a secret's ARN in six random letters. The template's `Ref` must know the ARN before the secret
exists, and a restart must find the same one.
"""

from __future__ import annotations

from typing import Any

from infra.local.moto_patches.seam import moto

SUFFIX = "local1"


def install(endpoint: str) -> None:
    """Make every new secret's ARN end in `-local1`."""
    moto("secretsmanager.utils").SecretsManagerSecretIdentifier.generate = _generate


def _generate(self: Any, existing_ids: Any = None, tags: Any = None) -> str:
    return f"arn:aws:secretsmanager:{self.region}:{self.account_id}:secret:{self.name}-{SUFFIX}"
