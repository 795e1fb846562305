"""Receivers' secrets under a KMS key of their own."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from orchestrator.aws.clients import call, kms


class KmsVault:
    """`Vault` on the KMS key with the ARN `key`.

    Tenant and subject are the encryption context: a ciphertext that was copied to another record does not
    open there, and CloudTrail shows for what each one was opened.
    """

    def __init__(self, key: str) -> None:
        """Use the key with the ARN `key`."""
        self._key = key

    async def seal(self, secrets: Sequence[str], tenant: str, subject: str) -> tuple[str, ...]:
        """Return each secret encrypted, in base64. KMS takes up to 4,096 bytes."""
        context = {"tenant": tenant, "subject": subject}
        replies = [
            await call(
                kms().encrypt,
                KeyId=self._key,
                Plaintext=secret.encode("utf-8", "surrogatepass"),
                EncryptionContext=context,
            )
            for secret in secrets
        ]
        return tuple(base64.b64encode(reply["CiphertextBlob"]).decode() for reply in replies)

    async def open(self, sealed: Sequence[str], tenant: str, subject: str) -> tuple[str, ...]:
        """Return each secret as it was."""
        context = {"tenant": tenant, "subject": subject}
        replies = [
            await call(
                kms().decrypt,
                KeyId=self._key,
                CiphertextBlob=base64.b64decode(secret),
                EncryptionContext=context,
            )
            for secret in sealed
        ]
        return tuple(reply["Plaintext"].decode("utf-8", "surrogatepass") for reply in replies)
