"""Memory items in DynamoDB: `ITEM#<id>` is a text, `FACT#<key>` points to the item holding a named fact."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal, cast

from botocore.exceptions import ClientError

from orchestrator.aws.clients import Refused, call, dynamodb, error_code
from orchestrator.errors import Conflict
from orchestrator.memory.models import MAX_HISTORY, Event, EventKind, Item
from orchestrator.memory.ports import Written

_NOT_CURRENT = "attribute_not_exists(pk) OR attribute_exists(deleted_at) OR attribute_exists(superseded_by)"
_CURRENT = "attribute_exists(pk) AND attribute_not_exists(deleted_at) AND attribute_not_exists(superseded_by)"
_ORDERS = {"change": "changed_at", "removal": "removed_at"}


class DynamoMemory:
    """`MemoryStore` on the table named `table`."""

    def __init__(self, table: str) -> None:
        """Use the table with the physical name `table`."""
        self._table = table

    async def put(self, item: Item, *, replaces: Item | None = None) -> Written:
        """Write the item alone, or in one transaction with the fact it now holds."""
        update = _update_of(item)
        if not item.key:
            stored = await self._unless_refused(dynamodb().update_item, **self._on_table(update))
            return "stored" if stored else "deduplicated"
        changes = [{"Update": self._on_table(update)}, {"Put": self._on_table(_pointer(item, replaces))}]
        if replaces:
            changes.append({"Update": self._on_table(_superseding(replaces, item))})
        await self._transact(item.key, *changes)
        return "stored"

    async def get(self, scope: str, item_id: str) -> Item | None:
        """Read the item consistently."""
        found = await self._get(scope, f"ITEM#{item_id}")
        return _item(found) if found else None

    async def current(self, scope: str, key: str) -> Item | None:
        """Follow the fact's pointer; two reads."""
        pointer = await self._get(scope, f"FACT#{key}")
        return await self.get(scope, pointer["item_id"]["S"]) if pointer else None

    async def mark_deleted(self, item: Item, at: float) -> None:
        """Erase what the item said, and unset the fact it held."""
        erasing = self._on_table(_erasing(item, at))
        if not (item.key and item.is_current):
            await call(dynamodb().update_item, **erasing)
            return
        # In one step: an item that lives on without its fact could neither be found by key nor written again.
        await self._transact(item.key, {"Delete": self._on_table(_unsetting(item))}, {"Update": erasing})

    async def re_embed(self, item: Item, embedding: Sequence[float], model: str, at: float) -> bool:
        """Replace the embedding while the item is current."""
        history, events = _continued(item, Event("re_embedded", at, model))
        return await self._unless_refused(
            dynamodb().update_item,
            TableName=self._table,
            Key=_key(item.scope, f"ITEM#{item.item_id}"),
            UpdateExpression="SET embedding = :vector, embedding_model = :model, changed_at = :at, "
            + history,
            ConditionExpression=_CURRENT,
            ExpressionAttributeValues={
                ":vector": {"B": _packed(embedding)},
                ":model": {"S": model},
                ":at": {"N": repr(at)},
                ":events": events,
            },
        )

    async def changed_since(self, scope: str, kind: Literal["change", "removal"], moment: float) -> bool:
        """Ask the index that orders the scope by its changes for one entry."""
        order = _ORDERS[kind]
        reply = await call(
            dynamodb().query,
            TableName=self._table,
            IndexName=order,
            KeyConditionExpression=f"pk = :scope AND {order} >= :moment",
            ExpressionAttributeValues={":scope": {"S": scope}, ":moment": {"N": repr(moment)}},
            ConsistentRead=True,
            Limit=1,
        )
        return reply["Count"] > 0

    def _on_table(self, arguments: Mapping[str, Any]) -> dict[str, Any]:
        return {"TableName": self._table, **arguments}

    async def _transact(self, key: str, *changes: Mapping[str, Any]) -> None:
        try:
            await call(dynamodb().transact_write_items, TransactItems=cast("Any", changes))
        except ClientError as error:
            if error_code(error) != "TransactionCanceledException":
                raise
            raise Conflict(
                f"The fact '{key}' is being changed by another request", hint="Ask again.", retry_after=1
            ) from error

    async def _get(self, scope: str, sort: str) -> Mapping[str, Any] | None:
        reply = await call(
            dynamodb().get_item, TableName=self._table, Key=_key(scope, sort), ConsistentRead=True
        )
        return reply.get("Item")

    @staticmethod
    async def _unless_refused(operation: Any, **arguments: Any) -> bool:
        """Return false when the condition does not hold."""
        try:
            await call(operation, **arguments)
        except Refused:
            return False
        return True


def _key(scope: str, sort: str) -> dict[str, Any]:
    return {"pk": {"S": scope}, "sk": {"S": sort}}


def _update_of(item: Item) -> dict[str, Any]:
    names = {"#text": "text", "#key": "key"}
    changes = (
        "SET #text = :text, tags = :tags, created_at = :now, valid_from = :now, changed_at = :now,"
        " valid_to = :end, embedding = :vector, embedding_model = :model, item_id = :id, #key = :key,"
        " history = list_append(if_not_exists(history, :nothing), :events)"
        " REMOVE deleted_at, superseded_by, removed_at"
    )
    return {
        "Key": _key(item.scope, f"ITEM#{item.item_id}"),
        "UpdateExpression": changes,
        "ConditionExpression": _NOT_CURRENT,
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {
            ":text": {"S": item.text},
            ":tags": {"S": json.dumps(item.tags)},
            ":now": {"N": repr(item.created_at)},
            ":end": {"N": repr(item.valid_to)},
            ":vector": {"B": _packed(item.embedding)},
            ":model": {"S": item.embedding_model},
            ":id": {"S": item.item_id},
            ":key": {"S": item.key} if item.key else {"NULL": True},
            ":nothing": {"L": []},
            ":events": _events(*item.history),
        },
    }


def _pointer(item: Item, replaces: Item | None) -> dict[str, Any]:
    pointer: dict[str, Any] = {
        "Item": {**_key(item.scope, f"FACT#{item.key}"), "item_id": {"S": item.item_id}},
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    if replaces:
        pointer["ConditionExpression"] = "item_id = :old"
        pointer["ExpressionAttributeValues"] = {":old": {"S": replaces.item_id}}
    return pointer


def _unsetting(item: Item) -> dict[str, Any]:
    return {
        "Key": _key(item.scope, f"FACT#{item.key}"),
        "ConditionExpression": "item_id = :id",
        "ExpressionAttributeValues": {":id": {"S": item.item_id}},
    }


def _erasing(item: Item, at: float) -> dict[str, Any]:
    history, events = _continued(item, Event("deleted", at))
    return {
        "Key": _key(item.scope, f"ITEM#{item.item_id}"),
        "UpdateExpression": "SET #text = :none, tags = :no_tags, deleted_at = :at, changed_at = :at,"
        f" removed_at = :at, {history} REMOVE embedding",
        "ExpressionAttributeNames": {"#text": "text"},
        "ExpressionAttributeValues": {
            ":none": {"S": ""},
            ":no_tags": {"S": "[]"},
            ":at": {"N": repr(at)},
            ":events": events,
        },
    }


def _superseding(old: Item, new: Item) -> dict[str, Any]:
    history, events = _continued(old, Event("superseded", new.created_at, f"by {new.item_id}"))
    return {
        "Key": _key(old.scope, f"ITEM#{old.item_id}"),
        "UpdateExpression": "SET superseded_by = :new, valid_to = :now, changed_at = :now, removed_at = :now,"
        f" {history}",
        "ConditionExpression": _CURRENT,
        "ExpressionAttributeValues": {
            ":new": {"S": new.item_id},
            ":now": {"N": repr(new.created_at)},
            ":events": events,
        },
    }


def _continued(item: Item, event: Event) -> tuple[str, dict[str, Any]]:
    """Return how the history of an item that was read goes on, as a `SET` and its `:events`.

    A full one is written anew without its oldest events, by this request's reading of it. One place stays
    free for `put`, which has not read the item; no two of them follow each other.
    """
    if len(item.history) < MAX_HISTORY - 1:
        return "history = list_append(history, :events)", _events(event)
    return "history = :events", _events(*item.history[2 - MAX_HISTORY :], event)


def _events(*events: Event) -> dict[str, Any]:
    return {"L": [{"S": json.dumps(asdict(event))} for event in events]}


def _packed(vector: Sequence[float]) -> bytes:
    return struct.pack(f"<{len(vector)}f", *vector)


def _item(item: Mapping[str, Any]) -> Item:
    packed = item.get("embedding", {}).get("B", b"")
    return Item(
        scope=item["pk"]["S"],
        item_id=item["item_id"]["S"],
        text=item["text"]["S"],
        tags=tuple(json.loads(item["tags"]["S"])),
        created_at=float(item["created_at"]["N"]),
        valid_from=float(item["valid_from"]["N"]),
        valid_to=float(item["valid_to"]["N"]),
        embedding=struct.unpack(f"<{len(packed) // 4}f", packed),
        embedding_model=item["embedding_model"]["S"],
        key=item["key"].get("S"),
        superseded_by=item.get("superseded_by", {}).get("S"),
        deleted_at=float(item["deleted_at"]["N"]) if "deleted_at" in item else None,
        history=tuple(_event(json.loads(entry["S"])) for entry in item["history"]["L"]),
    )


def _event(entry: Mapping[str, Any]) -> Event:
    kind: EventKind = entry["kind"]
    return Event(kind, entry["at"], entry["detail"])
