"""Vendors' keys from Secrets Manager, read once in a while, so that a rotated key needs no deploy."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import cast

from botocore.exceptions import ClientError

from orchestrator.aws.clients import call, error_code, secretsmanager
from orchestrator.errors import Misconfigured, NotConfigured

LIFETIME = 300.0
"""Seconds for which a secret is used before it is read again."""


class Secret:
    """One vendor's secret: a JSON object of its variables."""

    def __init__(self, vendor: str, arn: str) -> None:
        """Read nothing yet."""
        self._vendor = vendor
        self._arn = arn
        self._values: Mapping[str, str] = {}
        self._read_at = float("-inf")

    async def get(self, name: str) -> str:
        """Return the value of variable `name`.

        Raises:
            NotConfigured: the secret does not hold it.
            Misconfigured: the secret cannot be read, so that nobody knows what it holds.
        """
        # Wall-clock time: a frozen Lambda's monotonic clock stands still, and a rotated key would live on.
        if time.time() - self._read_at > LIFETIME:
            self._values = await self._read()
            self._read_at = time.time()
        if value := self._values.get(name):
            return value
        raise NotConfigured(
            f"{name} is not set", hint=f"Store it as a field of the {self._vendor} secret in Secrets Manager."
        )

    async def _read(self) -> Mapping[str, str]:
        try:
            reply = await call(secretsmanager().get_secret_value, SecretId=self._arn)
        except ClientError as error:
            # A secret that was created but never given a value.
            if error_code(error) != "ResourceNotFoundException":
                raise
            return {}
        try:
            values = json.loads(reply.get("SecretString", ""))
        except ValueError as error:
            raise self._malformed() from error
        fields = cast("dict[str, object]", values) if isinstance(values, dict) else {"": None}
        if not all(isinstance(value, str) for value in fields.values()):
            raise self._malformed()
        return cast("dict[str, str]", fields)

    def _malformed(self) -> Misconfigured:
        example = '{"OPENAI_API_KEY": "sk-…"}'
        return Misconfigured(
            f"the {self._vendor} secret is no JSON object of texts", hint=f"Store it like {example}."
        )
