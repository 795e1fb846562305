"""The few types that several parts of the runner share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeAlias, cast

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


def as_object(value: object) -> Json | None:
    """Return a decoded JSON value as an object, or None when it is something else."""
    return cast("Json", value) if isinstance(value, dict) else None


def as_array(value: object) -> list[Any] | None:
    """Return a decoded JSON value as an array, or None when it is something else."""
    return cast("list[Any]", value) if isinstance(value, list) else None


def as_list(value: object) -> list[Any]:
    """Return a decoded JSON array as it is, and anything else as the only element of one."""
    array = as_array(value)
    return [value] if array is None else array


Invoke: TypeAlias = Callable[[str, bytes], Awaitable[Invocation]]
"""Calls a function by name with a JSON payload, in the runner's event loop."""


def function_name(arn: str) -> str:
    """Return the function's name from an ARN, an alias ARN, an API Gateway URI or the bare name."""
    return arn.rsplit(":function:", 1)[-1].split("/", 1)[0].split(":", 1)[0]
