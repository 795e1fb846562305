"""API keys in DynamoDB.

Each key is two items, written together in one transaction:

    pk KEY#<id>         sk KEY                         what the authorizer reads, one GetItem
    pk TENANT#<tenant>  sk KEY#<created_at>#<id>       the same without the hash: a tenant's list is one Query

`expires_at` is the table's TTL: both items vanish 30 days after the key expired or was revoked, so that a
list still shows for a while what happened to a key.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from orchestrator.aws.clients import call, dynamodb, error_code
from orchestrator.errors import Conflict, NotFound
from orchestrator.tenancy.keys import ApiKey

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import (
        AttributeValueTypeDef,
        QueryInputTypeDef,
        TransactWriteItemTypeDef,
    )

    Item = dict[str, AttributeValueTypeDef]

GRACE = timedelta(days=30)
PAGE = 100


class DynamoKeys:
    """`orchestrator.tenancy.keys.KeyStore` on one table."""

    def __init__(self, table: str) -> None:
        """Keep keys in the table with the physical name `table`."""
        self._table = table

    async def add(self, key: ApiKey) -> None:
        """Write both items, or neither when the id is taken (`Conflict`)."""
        record = _item(key)
        listed = {name: value for name, value in record.items() if name != "digest"} | _listing_key(key)
        puts: list[TransactWriteItemTypeDef] = [
            {
                "Put": {
                    "TableName": self._table,
                    "Item": item,
                    "ConditionExpression": "attribute_not_exists(pk)",
                }
            }
            for item in (record, listed)
        ]
        if not await self._transact(puts):
            raise Conflict(f"the key id {key.id} is taken", hint="Create the key again.")

    async def get(self, key_id: str) -> ApiKey | None:
        """Read one record, consistently: a key revoked a moment ago is already revoked."""
        found = await call(
            dynamodb().get_item, TableName=self._table, Key=_record_key(key_id), ConsistentRead=True
        )
        return _key(found["Item"]) if "Item" in found else None

    async def of_tenant(self, tenant: str) -> AsyncIterator[ApiKey]:
        """Yield the tenant's keys, oldest first, without their hashes, in pages of 100."""
        query: QueryInputTypeDef = {
            "TableName": self._table,
            "KeyConditionExpression": "pk = :tenant",
            "ExpressionAttributeValues": {":tenant": {"S": f"TENANT#{tenant}"}},
            "Limit": PAGE,
        }
        while True:
            page = await call(dynamodb().query, **query)
            for item in page["Items"]:
                yield _key(item)
            if "LastEvaluatedKey" not in page:
                return
            query["ExclusiveStartKey"] = page["LastEvaluatedKey"]

    async def revoke(self, key_id: str, at: datetime) -> ApiKey:
        """Mark both items revoked, once, and return the record (`NotFound` if there is none)."""
        key = await self.get(key_id)
        if key and key.revoked_at is None:
            await self._transact(
                [self._revocation(where, at) for where in (_record_key(key_id), _listing_key(key))]
            )
            key = await self.get(key_id)
        if key is None:
            raise NotFound(f"there is no key {key_id}")
        return key

    def _revocation(self, where: Item, at: datetime) -> TransactWriteItemTypeDef:
        return {
            "Update": {
                "TableName": self._table,
                "Key": where,
                "ConditionExpression": "attribute_exists(pk) AND attribute_not_exists(revoked_at)",
                "UpdateExpression": "SET revoked_at = :at, expires_at = :gone",
                "ExpressionAttributeValues": {":at": {"S": at.isoformat()}, ":gone": _vanishes(at)},
            }
        }

    async def _transact(self, writes: list[TransactWriteItemTypeDef]) -> bool:
        """Return whether the writes happened; false when a condition did not hold."""
        try:
            await call(dynamodb().transact_write_items, TransactItems=writes)
        except ClientError as error:
            reasons = {reason.get("Code") for reason in error.response.get("CancellationReasons", [])}
            if error_code(error) == "TransactionCanceledException" and "ConditionalCheckFailed" in reasons:
                return False
            raise
        return True


def _record_key(key_id: str) -> Item:
    return {"pk": {"S": f"KEY#{key_id}"}, "sk": {"S": "KEY"}}


def _listing_key(key: ApiKey) -> Item:
    return {"pk": {"S": f"TENANT#{key.tenant}"}, "sk": {"S": f"KEY#{key.created_at.isoformat()}#{key.id}"}}


def _vanishes(end: datetime) -> AttributeValueTypeDef:
    return {"N": str(int((end + GRACE).timestamp()))}


def _item(key: ApiKey) -> Item:
    item: Item = {
        **_record_key(key.id),
        "id": {"S": key.id},
        "tenant": {"S": key.tenant},
        "name": {"S": key.name},
        "scopes": {"SS": sorted(key.scopes)},
        "created_at": {"S": key.created_at.isoformat()},
        "digest": {"S": key.digest},
    }
    if key.expires_at:
        item |= {"valid_until": {"S": key.expires_at.isoformat()}, "expires_at": _vanishes(key.expires_at)}
    return item


def _text(item: Item, name: str) -> str:
    return item.get(name, {}).get("S", "")


def _time(item: Item, name: str) -> datetime | None:
    text = _text(item, name)
    return datetime.fromisoformat(text) if text else None


def _key(item: Item) -> ApiKey:
    return ApiKey(
        id=_text(item, "id"),
        tenant=_text(item, "tenant"),
        name=_text(item, "name"),
        scopes=frozenset(item["scopes"].get("SS", ())),
        created_at=datetime.fromisoformat(_text(item, "created_at")),
        digest=_text(item, "digest"),
        expires_at=_time(item, "valid_until"),
        revoked_at=_time(item, "revoked_at"),
    )
