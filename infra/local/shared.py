"""The few types that several parts of the runner share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]
"""A decoded JSON object."""

ACCOUNT = "123456789012"
REGION = "us-east-1"
ADMIN_KEY = "local-admin"
"""The access key id of the runner itself: every action is allowed, nothing is counted."""


@dataclass(frozen=True, slots=True)
class Invocation:
    """What a function answered: the raw JSON payload, and whether it is an error object."""

    payload: bytes
    failed: bool


Invoke: TypeAlias = Callable[[str, bytes], Awaitable[Invocation]]
"""Calls a function by name with a JSON payload, in the runner's event loop."""


def function_name(arn: str) -> str:
    """Return the function's name from an ARN, an alias ARN, an API Gateway URI or the bare name."""
    return arn.rsplit(":function:", 1)[-1].split("/", 1)[0].split(":", 1)[0]
