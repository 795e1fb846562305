"""Many items of one table in few calls. What DynamoDB leaves over is asked for again, a little later."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.aws.clients import call, dynamodb
from orchestrator.errors import Unavailable

_MOST_WRITES = 25
_ROUNDS = 5


async def put_all(table: str, found: Sequence[Mapping[str, Any]]) -> None:
    """Put items unconditionally, 25 a call.

    Raises:
        Unavailable: the table takes no more for the moment; some of them may be written.
    """
    await _write(table, [{"PutRequest": {"Item": item}} for item in found])


async def delete_all(table: str, keys: Sequence[Mapping[str, Any]]) -> None:
    """Delete items unconditionally, 25 a call.

    Raises:
        Unavailable: the table takes no more for the moment; some of them may be gone.
    """
    await _write(table, [{"DeleteRequest": {"Key": key}} for key in keys])


async def read_all(table: str, keys: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Read those of up to 100 items that are there, consistently and without the attribute `result`.

    Raises:
        Unavailable: the table gives no more for the moment.
    """
    found: list[Mapping[str, Any]] = []
    # `result` is the one large attribute; every other is named, since nothing can be left out by name.
    names = {f"#{number}": name for number, name in enumerate(_SMALL)}
    wanted: Any = {
        table: {
            "Keys": keys,
            "ConsistentRead": True,
            "ProjectionExpression": ", ".join(names),
            "ExpressionAttributeNames": names,
        }
    }
    for number in range(_ROUNDS):
        await asyncio.sleep(0.05 * (2**number - 1))
        reply = await call(dynamodb().batch_get_item, RequestItems=wanted)
        found += reply["Responses"].get(table, [])
        if not (wanted := reply.get("UnprocessedKeys")):
            return found
    raise Unavailable("the table is throttled for the moment", hint="Try again in a few seconds.")


_SMALL = (
    *(
        "pk",
        "sk",
        "tenant",
        "request_id",
        "mode",
        "text_length",
        "created_at",
        "expires_at",
        "correlation_id",
    ),
    *("batch_id", "webhook_url", "status", "completed_at"),
    *("agent", "attempts", "started_at", "error", "error_type", "hint"),
)


async def _write(table: str, requests: Sequence[Any]) -> None:
    for start in range(0, len(requests), _MOST_WRITES):
        await _write_some({table: requests[start : start + _MOST_WRITES]})


async def _write_some(wanted: Any) -> None:
    for number in range(_ROUNDS):
        await asyncio.sleep(0.05 * (2**number - 1))
        reply = await call(dynamodb().batch_write_item, RequestItems=wanted)
        if not (wanted := reply.get("UnprocessedItems")):
            return
    raise Unavailable("the table is throttled for the moment", hint="Try again in a few seconds.")
