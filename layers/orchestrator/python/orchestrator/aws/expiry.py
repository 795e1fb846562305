"""Where what expires stands in a table's index `swept`, and what is still there after its time.

`swept_in` is `<UTC day of expiry>#<shard>`. DynamoDB removes what has expired itself, mostly within two days;
the daily sweep is for what it leaves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from orchestrator.aws.clients import call, dynamodb

SHARDS = 16
"""Partitions for what expires on one day: one partition takes 1,000 writes a second."""
_DAYS = 10
_LAST_MOMENT = 10**16 - 1
_DAY = 24 * 3600


def moment(seconds: float) -> str:
    """Return a time (Unix seconds) so that it sorts as a string, to the microsecond.

    Callers may ask for any year: what lies before 1970 or after 2286 is moved to there.
    """
    return f"{min(max(round(seconds * 1_000_000), 0), _LAST_MOMENT):016d}"


def shard_of(identifier: str, shards: int) -> int:
    """Return the shard of an id, always the same."""
    return crc32(identifier.encode()) % shards


def swept_in(identifier: str, expires_at: float) -> str:
    """Return the partition of the index `swept` for an item that expires then."""
    return _partition(expires_at, shard_of(identifier, SHARDS))


async def expired(table: str, now: float, limit: int) -> Sequence[Mapping[str, Any]]:
    """Return the primary keys of up to `limit` items that expired in the last ten days, today left aside.

    The index is a moment old: their time may have been prolonged meanwhile.
    """
    found: list[Mapping[str, Any]] = []
    for days in range(1, _DAYS + 1):
        for shard in range(SHARDS):
            found += await _expired_in(table, _partition(now - days * _DAY, shard), limit - len(found))
            if len(found) >= limit:
                return found
    return found


async def _expired_in(table: str, partition: str, limit: int) -> list[Mapping[str, Any]]:
    reply = await call(
        dynamodb().query,
        TableName=table,
        IndexName="swept",
        KeyConditionExpression="swept_in = :partition",
        ExpressionAttributeValues={":partition": {"S": partition}},
        Limit=limit,
    )
    return [{"pk": item["pk"], "sk": item["sk"]} for item in reply["Items"]]


def _partition(seconds: float, shard: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).date().isoformat()}#{shard:02d}"
