"""DynamoDB: transactions and queries whose cost does not grow with the table.

moto deep-copies every table a transaction names (1 s at 20,000 items) and sorts the whole table for each query.
Here a transaction's snapshot shares what it does not touch, and a query looks at its own partition. moto's
calls run under one lock (`aws.moto_calls.LOCK`), so nothing changes a table underneath.
"""

from __future__ import annotations

import copy
import time
from contextvars import ContextVar
from typing import Any

from moto.dynamodb.models import DynamoDBBackend, Table, dynamodb_backends
from moto.dynamodb.models.dynamo_type import DynamoType, Item

from infra.local.shared import ACCOUNT, REGION

_touched: ContextVar[dict[str, list[tuple[Any, Any]]] | None] = ContextVar("touched", default=None)
_partition: ContextVar[Any] = ContextVar("partition", default=None)
_originals: dict[str, Any] = {}


def install(endpoint: str) -> None:
    """Replace the three methods; a second call changes nothing."""
    if _originals:
        return
    _originals.update(
        transact=DynamoDBBackend.transact_write_items, query=Table.query, all_items=Table.all_items
    )
    DynamoDBBackend.transact_write_items = _transact_write_items
    Table.query = _query
    Table.all_items = _all_items
    Table.__deepcopy__ = _snapshot  # pyright: ignore[reportAttributeAccessIssue]


def _transact_write_items(self: Any, transact_items: list[dict[str, Any]]) -> None:
    touched: dict[str, list[tuple[Any, Any]]] = {}
    for item in transact_items:
        operation = next(iter(item.values()))
        table = self.tables.get(operation.get("TableName"))
        if table:
            touched.setdefault(table.name, []).append(_key(table, operation))
    token = _touched.set(touched)
    try:
        _originals["transact"](self, transact_items)
    finally:
        _touched.reset(token)


def _key(table: Any, operation: dict[str, Any]) -> tuple[Any, Any]:
    attributes = operation.get("Key") or operation.get("Item") or {}
    hash_key, range_key = attributes.get(table.hash_key_attr), attributes.get(table.range_key_attr)
    return hash_key and DynamoType(hash_key), range_key and DynamoType(range_key)


def _snapshot(self: Any, memo: dict[int, Any]) -> Any:
    """Copy a table so that the transaction under way can be undone; outside of one, copy everything."""
    duplicate = copy.copy(self)
    touched = _touched.get()
    if touched is None:
        duplicate.__dict__ = {name: copy.deepcopy(value, memo) for name, value in self.__dict__.items()}
        return duplicate
    duplicate.items = copy.copy(self.items)
    for hash_key, range_key in touched.get(self.name, ()):
        if hash_key not in self.items:
            continue
        if range_key is None:
            duplicate.items[hash_key] = copy.deepcopy(self.items[hash_key])
            continue
        if duplicate.items[hash_key] is self.items[hash_key]:
            duplicate.items[hash_key] = dict(self.items[hash_key])
        if range_key in self.items[hash_key]:
            duplicate.items[hash_key][range_key] = copy.deepcopy(self.items[hash_key][range_key])
    return duplicate


def _query(self: Any, hash_key: Any, *args: Any, **kwargs: Any) -> Any:
    token = _partition.set(None if kwargs.get("index_name") else hash_key)
    try:
        return _originals["query"](self, hash_key, *args, **kwargs)
    finally:
        _partition.reset(token)


def _all_items(self: Any) -> list[Item]:
    hash_key = _partition.get()
    if hash_key is None:
        return _originals["all_items"](self)
    if hash_key not in self.items:
        return []
    found = self.items[hash_key]
    return list(found.values()) if self.range_key_attr else [found]


def sweep(now: float | None = None) -> int:
    """Delete what has outlived its TTL, which moto never does; return how many items. Hold the lock."""
    moment = time.time() if now is None else now
    return sum(_sweep_table(table, moment) for table in dynamodb_backends[ACCOUNT][REGION].tables.values())


def _sweep_table(table: Any, now: float) -> int:
    ttl = table.ttl or {}
    if ttl.get("TimeToLiveStatus") != "ENABLED":
        return 0
    attribute = ttl["AttributeName"]
    partitions = [list(p.values()) if table.range_key_attr else [p] for p in table.items.values()]
    due = [
        item
        for items in partitions
        for item in items
        if (value := item.attrs.get(attribute)) is not None and value.type == "N" and float(value.value) < now
    ]
    for item in due:
        table.delete_item(item.hash_key, item.range_key)
    return len(due)
