"""Webhook deliveries in DynamoDB."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from orchestrator.aws import delivery_items as items
from orchestrator.aws.clients import Refused, call, dynamodb
from orchestrator.aws.delivery_items import number
from orchestrator.aws.expiry import expired, moment, shard_of, swept_in
from orchestrator.webhooks.models import MAX_ATTEMPTS, Attempt, Delivery

_DUE = (
    "(#status IN (:pending, :waiting) AND next_at <= :now) OR (#status = :delivering AND lease_until < :now)"
)
_MINE = "#status = :delivering AND holder = :holder"
_RENEWABLE = (
    # TTL deletes lazily: what has expired is gone for everybody who asks.
    "attribute_exists(pk) AND expires_at > :now AND size(#log) < :most"
    " AND NOT (#status = :delivering AND lease_until >= :now)"
)
_NAMES = {"#status": "status", "#log": "log"}


class DynamoDeliveries:
    """`DeliveryStore` on the table named `table`."""

    def __init__(self, table: str) -> None:
        """Use the table with the physical name `table`."""
        self._table = table

    async def create(self, delivery: Delivery) -> Delivery:
        """Put the delivery unless its subject has one."""
        try:
            await self._put(delivery, "attribute_not_exists(pk)")
        except Refused as refused:
            return items.read_delivery(refused.item)
        return delivery

    async def supersede(self, standing: Delivery, delivery: Delivery) -> bool:
        """Put the delivery over the one that is known by its id."""
        try:
            await self._put(delivery, "webhook_id = :standing", {":standing": {"S": standing.webhook_id}})
        except Refused:
            return False
        return True

    async def get(self, tenant: str, subject: str) -> Delivery | None:
        """Read the delivery consistently."""
        reply = await call(
            dynamodb().get_item, TableName=self._table, Key=items.key(tenant, subject), ConsistentRead=True
        )
        return items.read_delivery(reply["Item"]) if "Item" in reply else None

    async def take(
        self, tenant: str, subject: str, holder: str, now: float, lease_until: float
    ) -> Delivery | None:
        """Move a free delivery to delivering and add the attempt to its log; else show what stands there."""
        changes = (
            "SET #status = :delivering, holder = :holder, lease_until = :lease, updated_at = :now,"
            " #log = list_append(#log, :begun)"
        )
        values = {
            ":delivering": {"S": "delivering"},
            ":pending": {"S": "pending"},
            ":waiting": {"S": "waiting"},
            ":holder": {"S": holder},
            ":lease": number(lease_until),
            ":begun": {"L": [items.log_entry(Attempt(started_at=now))]},
            ":now": number(now),
        }
        try:
            return await self._update(items.key(tenant, subject), changes, _DUE, values)
        except Refused as refused:
            return items.read_delivery(refused.item) if refused.item else None

    async def settle(self, delivery: Delivery) -> bool:
        """Replace the log's last entry and move on; a failure for good joins the index `failed`."""
        announcement = delivery.announcement
        last = len(delivery.log) - 1
        changes = ["#status = :status", "tries = :tries", "updated_at = :now", f"#log[{last}] = :attempt"]
        values = {
            ":status": {"S": delivery.status},
            ":tries": {"N": str(delivery.tries)},
            ":now": number(delivery.updated_at),
            ":attempt": items.log_entry(delivery.log[last]),
            ":delivering": {"S": "delivering"},
            ":holder": {"S": delivery.holder},
        }
        if delivery.next_at is not None:
            changes.append("next_at = :next")
            values[":next"] = number(delivery.next_at)
        if delivery.status == "failed":
            changes.append("failed_in = :failed_in, failed_at = :failed_at")
            shard = shard_of(announcement.subject, items.SHARDS)
            values[":failed_in"] = {"S": items.failed_partition(announcement.tenant, shard)}
            values[":failed_at"] = {"S": moment(delivery.updated_at)}
        expression = f"SET {', '.join(changes)}" + (" REMOVE next_at" if delivery.next_at is None else "")
        key = items.key(announcement.tenant, announcement.subject)
        try:
            await self._change(key, expression, _MINE, values, returned="NONE")
        except Refused as refused:
            # The SDK sends a change again when its reply is lost, and then finds it made.
            return bool(refused.item) and _is_as_settled(items.read_delivery(refused.item), delivery)
        return True

    async def renew(
        self,
        tenant: str,
        subject: str,
        now: float,
        expires_at: int,
        url: str | None = None,
        *,
        due_at: float | None = None,
        only_failed: bool = False,
    ) -> Delivery | None:
        """Make the delivery wait for `due_at`, all tries before it."""
        changes = (
            "SET #status = :waiting, tries = :none, by_hand = :yes, next_at = :due, updated_at = :now,"
            " expires_at = :expiry, swept_in = :swept"
        )
        values = {
            ":waiting": {"S": "waiting"},
            ":delivering": {"S": "delivering"},
            ":none": {"N": "0"},
            ":yes": {"BOOL": True},
            ":now": number(now),
            ":due": number(now if due_at is None else due_at),
            ":expiry": {"N": str(expires_at)},
            ":swept": {"S": swept_in(subject, expires_at)},
            ":most": {"N": str(MAX_ATTEMPTS)},
        }
        names: dict[str, str] = {}
        if url is not None:
            changes += ", #url = :url"
            values[":url"] = {"S": url}
            names["#url"] = "url"
        condition = _RENEWABLE
        if only_failed:
            condition += " AND #status = :failed"
            values[":failed"] = {"S": "failed"}
        changes += " REMOVE failed_in, failed_at"
        try:
            return await self._update(items.key(tenant, subject), changes, condition, values, names)
        except Refused as refused:
            # The SDK sends a change again when its reply is lost, and then finds it made.
            standing = items.read_delivery(refused.item) if refused.item else None
            return standing if standing and _was_renewed(standing, now) else None

    async def forget(self, tenant: str, subject: str) -> bool:
        """Delete the item."""
        return await self._delete(items.key(tenant, subject), "attribute_exists(pk)")

    async def failed(self, tenant: str, since: float, until: float, limit: int) -> Sequence[str]:
        """Merge the shards of the tenant's failed deliveries."""
        found = [
            await self._failed_in(items.failed_partition(tenant, shard), since, until, limit)
            for shard in range(items.SHARDS)
        ]
        return [pk.removeprefix(f"{tenant}#") for _, pk in list(heapq.merge(*found))[:limit]]

    async def sweep(self, now: float, limit: int) -> int:
        """Delete what has expired and is still there."""
        keys = await expired(self._table, now, limit)
        return sum([await self._delete(key, "expires_at < :now", {":now": number(now)}) for key in keys])

    async def _failed_in(
        self, partition: str, since: float, until: float, limit: int
    ) -> list[tuple[str, str]]:
        asked: dict[str, Any] = {
            "TableName": self._table,
            "IndexName": "failed",
            "KeyConditionExpression": "failed_in = :partition AND failed_at BETWEEN :since AND :until",
            "ExpressionAttributeValues": {
                ":partition": {"S": partition},
                ":since": {"S": moment(since)},
                ":until": {"S": moment(until)},
            },
        }
        found: list[tuple[str, str]] = []
        while len(found) < limit:
            reply = await call(dynamodb().query, **asked, Limit=limit - len(found))
            entries: list[Mapping[str, Any]] = list(reply["Items"])
            found += [(entry["failed_at"]["S"], entry["pk"]["S"]) for entry in entries]
            if "LastEvaluatedKey" not in reply:
                break
            asked["ExclusiveStartKey"] = reply["LastEvaluatedKey"]
        return found

    async def _put(self, delivery: Delivery, condition: str, values: Mapping[str, Any] | None = None) -> None:
        asked: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
        await call(
            dynamodb().put_item,
            TableName=self._table,
            Item=items.delivery_item(delivery),
            ConditionExpression=condition,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **asked,
        )

    async def _delete(
        self, key: Mapping[str, Any], condition: str, values: Mapping[str, Any] | None = None
    ) -> bool:
        asked: dict[str, Any] = {"ExpressionAttributeValues": values} if values else {}
        try:
            await call(
                dynamodb().delete_item,
                TableName=self._table,
                Key=key,
                ConditionExpression=condition,
                **asked,
            )
        except Refused:
            return False
        return True

    async def _update(
        self,
        key: Mapping[str, Any],
        changes: str,
        condition: str,
        values: Mapping[str, Any],
        names: Mapping[str, str] | None = None,
    ) -> Delivery:
        reply = await self._change(key, changes, condition, values, names, returned="ALL_NEW")
        return items.read_delivery(reply["Attributes"])

    async def _change(
        self,
        key: Mapping[str, Any],
        changes: str,
        condition: str,
        values: Mapping[str, Any],
        names: Mapping[str, str] | None = None,
        *,
        returned: Literal["ALL_NEW", "NONE"],
    ) -> Mapping[str, Any]:
        return await call(
            dynamodb().update_item,
            TableName=self._table,
            Key=key,
            UpdateExpression=changes,
            ConditionExpression=condition,
            ExpressionAttributeNames={**_NAMES, **(names or {})},
            ExpressionAttributeValues=values,
            ReturnValues=returned,
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )


def _was_renewed(standing: Delivery, now: float) -> bool:
    return (standing.status, standing.by_hand, standing.updated_at) == ("waiting", True, now)


def _is_as_settled(standing: Delivery, settled: Delivery) -> bool:
    made = (standing.holder, standing.status, standing.updated_at)
    return made == (settled.holder, settled.status, settled.updated_at)
