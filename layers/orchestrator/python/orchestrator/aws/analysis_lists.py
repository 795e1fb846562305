"""The lists of the table `analysis`: a tenant's requests newest first, and what has expired."""

from __future__ import annotations

import asyncio
import base64
import binascii
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from orchestrator.analysis.ports import Page, Query
from orchestrator.aws import analysis_items as items
from orchestrator.aws import expiry
from orchestrator.aws.clients import call_aside, dynamodb
from orchestrator.errors import InvalidInput

_END_OF_TIME = "9"
_PLACE = re.compile(r"[0-9]{16}#[a-z0-9_]{1,64}")


async def page(table: str, query: Query, now: float) -> Page:
    """Read one page of every shard at once and keep the newest of them.

    Raises:
        InvalidInput: the cursor is none of ours.
    """
    before = _place(query.cursor) if query.cursor else None
    partitions = [one for shard in range(items.SHARDS) for one in _partitions(query, shard)]
    parts = await asyncio.gather(*(_entries(table, query, *one, before) for one in partitions))
    # By place: a request that is just being settled may be seen in two partitions.
    by_place = {_listed_at(item): item for found in parts for item in found}
    merged = [by_place[place] for place in sorted(by_place, reverse=True)]
    shown = merged[: query.limit]
    cursor = _cursor(_listed_at(shown[-1])) if len(merged) > query.limit else None
    # What has expired is skipped, not replaced: it is at the end of the list, and soon gone.
    found = [analysis for analysis in map(items.read_request, shown) if analysis.expires_at > now]
    return Page(found, cursor)


def _partitions(query: Query, shard: int) -> Iterator[tuple[str, str]]:
    """Yield the partitions of one shard, each with the last `listed_at` that is wanted of it."""
    last = _last(query.until)
    if query.status is None:
        yield items.listing_partition(query.tenant, shard), last
        return
    if query.dead_at is not None:
        yield items.status_partition(query.tenant, "pending", shard), min(last, _last(query.dead_at))
    yield items.status_partition(query.tenant, query.status, shard), last


async def _entries(
    table: str, query: Query, partition: str, last: str, before: str | None
) -> list[Mapping[str, Any]]:
    """Read one entry more than the page holds, so that its end is known."""
    first = "0" if query.since is None else expiry.moment(query.since)
    last = min(before or _END_OF_TIME, last)
    if last < first:
        return []  # a cursor from before `since`; DynamoDB refuses such a BETWEEN
    index, name = ("by_status", "status_in") if query.status else ("listed", "listed_in")
    asked: dict[str, Any] = {
        "TableName": table,
        "IndexName": index,
        "KeyConditionExpression": f"{name} = :partition AND listed_at BETWEEN :first AND :last",
        "ExpressionAttributeValues": {
            ":partition": {"S": partition},
            ":first": {"S": first},
            ":last": {"S": last},
        },
        "ScanIndexForward": False,
    }
    found: list[Mapping[str, Any]] = []
    while len(found) <= query.limit:
        # Two more than are missing: the bounds include the entry the cursor stands on.
        reply = await call_aside(dynamodb().query, **asked, Limit=query.limit - len(found) + 2)
        found += [item for item in reply["Items"] if _listed_at(item) != before]
        if "LastEvaluatedKey" not in reply:
            break
        asked["ExclusiveStartKey"] = reply["LastEvaluatedKey"]
    return found


def _last(until: float | None) -> str:
    # `~` sorts behind the `#` that follows every moment.
    return _END_OF_TIME if until is None else f"{expiry.moment(until)}~"


def _listed_at(item: Mapping[str, Any]) -> str:
    return item["listed_at"]["S"]


def _cursor(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode().rstrip("=")


def _place(cursor: str) -> str:
    try:
        place = base64.b64decode(cursor + "=" * (-len(cursor) % 4), b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        place = ""
    if not _PLACE.fullmatch(place):
        raise InvalidInput(
            "query.cursor: no cursor of ours",
            field="query.cursor",
            hint="Send the `next_cursor` of a page as it is, or leave it out for the first page.",
        )
    return place


async def expired(table: str, now: float, limit: int) -> Sequence[tuple[str, str]]:
    """Return tenant and id of up to `limit` requests and batches that expired in the last ten days."""
    places = [key["pk"]["S"].rpartition("#") for key in await expiry.expired(table, now, limit)]
    return [(tenant, identifier) for tenant, _, identifier in places]
