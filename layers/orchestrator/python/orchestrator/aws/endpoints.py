"""Failing receivers in DynamoDB. A good one has no record, so a delivery that succeeds writes none."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.aws import delivery_items as items
from orchestrator.aws.clients import call, dynamodb
from orchestrator.aws.delivery_items import number
from orchestrator.webhooks.models import Endpoint

SECONDS = 60.0
"""How long what was read or written is taken as true: one receiver may get thousands of deliveries."""
_KEPT = 30 * 86_400
"""Seconds after its last failure for which a failing endpoint is remembered."""
_MOST = 1000
"""Endpoints a process remembers."""


@dataclass(frozen=True, slots=True)
class _Known:
    until: float
    endpoint: Endpoint | None


class DynamoEndpoints:
    """`EndpointStore` on the table named `table`."""

    def __init__(self, table: str, clock: Callable[[], float] = time.time) -> None:
        """Use the table with the physical name `table`."""
        self._table = table
        self._clock = clock
        self._known: dict[str, _Known] = {}

    async def get(self, tenant: str, url: str) -> Endpoint | None:
        """Read the endpoint, or remember it; a disabled one is always read."""
        key = items.endpoint_key(tenant, url)
        known = self._known.get(key["pk"]["S"])
        if known and known.until > self._clock() and not (known.endpoint and known.endpoint.is_disabled):
            return known.endpoint
        reply = await call(dynamodb().get_item, TableName=self._table, Key=key)
        found = items.read_endpoint(reply["Item"]) if "Item" in reply else None
        return self._remember(key, found)

    async def failed(self, tenant: str, url: str, now: float) -> None:
        """Move the last failure, and set the first one if there is none."""
        key = items.endpoint_key(tenant, url)
        known = self._known.get(key["pk"]["S"])
        if known and known.endpoint and 0 <= now - known.endpoint.last_failed_at < SECONDS:
            return  # A receiver that is down would else be one hot item.
        reply = await call(
            dynamodb().update_item,
            TableName=self._table,
            Key=key,
            UpdateExpression="SET failing_since = if_not_exists(failing_since, :now), last_failed_at = :now,"
            " expires_at = :expiry",
            ExpressionAttributeValues={":now": number(now), ":expiry": {"N": str(int(now) + _KEPT)}},
            ReturnValues="ALL_NEW",
        )
        self._remember(key, items.read_endpoint(reply["Attributes"]))

    async def recovered(self, tenant: str, url: str) -> None:
        """Delete the endpoint's record."""
        key = items.endpoint_key(tenant, url)
        await call(dynamodb().delete_item, TableName=self._table, Key=key)
        self._remember(key, None)

    def _remember(self, key: items.Item, endpoint: Endpoint | None) -> Endpoint | None:
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key["pk"]["S"]] = _Known(self._clock() + SECONDS, endpoint)
        return endpoint
