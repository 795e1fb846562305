"""DynamoDB: calls whose cost does not grow with the table.

moto deep-copies every table a transaction names (1 s at 20,000 items) and sorts the whole table for each
query. Here a transaction's snapshot shares what it does not touch, a query looks at its own partition or at
an index in order (`dynamodb_indexes`), expressions are read once, and plain updates do without syntax trees
(`update_expression`). moto's calls run under one lock (`aws.moto_calls.LOCK`), so nothing changes a table
underneath.
"""

from __future__ import annotations

import copy
import time
from collections import deque
from collections.abc import Callable
from contextvars import ContextVar
from functools import lru_cache
from typing import Any

from infra.local.moto_patches import dynamodb_answers, dynamodb_changes
from infra.local.moto_patches.dynamodb_changes import told
from infra.local.moto_patches.dynamodb_indexes import Asked, Indexes
from infra.local.moto_patches.seam import moto
from infra.local.moto_patches.update_expression import NotPlainError, Scope, changes, compiled
from infra.local.shared import ACCOUNT, REGION, Json

_models = moto("dynamodb.models")
_comparisons = moto("dynamodb.comparisons")
_types = moto("dynamodb.models.dynamo_type")
_expressions = moto("dynamodb.parsing.expressions")
_exceptions = moto("dynamodb.exceptions")
_LARGE = 300_000
"""Bytes from which on an item is measured by moto (its limit is 405,000)."""

_touched: ContextVar[dict[str, list[tuple[Any, Any]]] | None] = ContextVar("touched", default=None)
_wanted: ContextVar[list[Any] | None] = ContextVar("wanted", default=None)
"""The items the query under way may return."""
_originals: dict[str, Any] = {}
_last: dict[str, Any] = {}
"""The condition parsed last, with the very objects it was parsed from."""


def install(endpoint: str) -> None:
    """Make every change; a second call changes nothing."""
    if _originals:
        return
    _replace(_models.DynamoDBBackend, "transact_write_items", _transact_write_items)
    _replace(_models.DynamoDBBackend, "update_item", _update_item)
    _replace(_models.Table, "put_item", _put_item)
    _replace(_models.Table, "delete_item", _delete_item)
    _replace(_models.Table, "query", _query)
    _replace(_models.Table, "all_items", _all_items)
    _replace(_comparisons.ConditionExpressionParser, "parse", _parse)
    _replace(_comparisons.ConditionExpressionParser, "_lex_condition_expression", _lexed)
    _replace(_types.Item, "__deepcopy__", _item_copy)
    _models.Table.__deepcopy__ = _snapshot
    dynamodb_changes.install()
    dynamodb_answers.install()
    # The tree is only read: moto's validator works on a copy of its own.
    parser = _expressions.UpdateExpressionParser
    parser.make = lru_cache(maxsize=512)(parser.make)


def _replace(owner: Any, name: str, ours: Callable[..., Any]) -> None:
    _originals[name] = getattr(owner, name)
    setattr(owner, name, ours)


def _parse(self: Any) -> Any:
    """Parse a condition once per call: moto does it in its response class and again in its backend."""
    key = (self.condition_expression, self.expression_attribute_names, self.expression_attribute_values)
    if _last.get("key") and all(ours is theirs for ours, theirs in zip(key, _last["key"], strict=True)):
        self.expr_attr_names_found.extend(_last["names"])
        self.expr_attr_values_found.extend(_last["values"])
        return _last["condition"]
    condition = _originals["parse"](self)
    names, values = list(self.expr_attr_names_found), list(self.expr_attr_values_found)
    _last.update(key=key, condition=condition, names=names, values=values)
    return condition


def _lexed(self: Any) -> deque[Any]:
    return deque(_tokens_of(self.condition_expression))


@lru_cache(maxsize=512)
def _tokens_of(expression: str) -> tuple[Any, ...]:
    return tuple(
        _originals["_lex_condition_expression"](_comparisons.ConditionExpressionParser(expression, {}, {}))
    )


def _put_item(self: Any, item_attrs: Json, *args: Any, **kwargs: Any) -> Any:
    item = _originals["put_item"](self, item_attrs, *args, **kwargs)
    told(self, item.hash_key, item.range_key)
    return item


def _delete_item(self: Any, hash_key: Any, range_key: Any) -> Any:
    item = _originals["delete_item"](self, hash_key, range_key)
    told(self, hash_key, range_key)
    return item


def _update_item(self: Any, table_name: str, key: Json, *args: Any, **kwargs: Any) -> Any:
    item = _updated(self, table_name, key, *args, **kwargs)
    told(self.get_table(table_name), item.hash_key, item.range_key)
    return item


def _updated(
    self: Any,
    table_name: str,
    key: dict[str, Any],
    update_expression: str,
    expression_attribute_names: dict[str, str],
    expression_attribute_values: dict[str, Any],
    attribute_updates: Any = None,
    expected: Any = None,
    condition_expression: str | None = None,
    return_values_on_condition_check_failure: str | None = None,
) -> Any:
    names, values = expression_attribute_names, expression_attribute_values
    table = self.get_table(table_name)
    item: Any = self.get_item(table_name, key)
    changed = (
        None if attribute_updates or expected else _changes(table, item, update_expression, names, values)
    )
    if changed is None:
        return _originals["update_item"](
            self, table_name, key, update_expression, names, values, attribute_updates, expected,
            condition_expression, return_values_on_condition_check_failure,
        )  # fmt: skip
    if (
        not _comparisons.create_condition_expression_parser(condition_expression, names, values)
        .parse()
        .expr(item)
    ):
        wants_item = return_values_on_condition_check_failure == "ALL_OLD" and item
        raise _exceptions.ConditionalCheckFailed(item=item.to_json()["Attributes"] if wants_item else None)
    before: Any = copy.deepcopy(item) if table.stream_shard is not None else None
    if item is None:
        item = table.put_item(dict(key))
    for name, value in changed.items():
        if value is None:
            item.attrs.pop(name, None)
        else:
            dict[str, Any].__setitem__(item.attrs, name, value)
    if table.stream_shard is not None:
        table.stream_shard.add(before, item)
    return item


def _changes(table: Any, item: Any, expression: str, names: Any, values: Any) -> dict[str, Any] | None:
    """Return what a plain update changes; None where moto has to do it."""
    actions = compiled(expression) if expression else None
    if actions is None:
        return None
    try:
        found = changes(actions, Scope(item.attrs if item else {}, names or {}, values or {}))
    except NotPlainError:
        return None
    # Keys, also those of indexes, have rules of their own; and so have items near the size limit.
    size = sum(value.size() for value in found.values() if value) + (item.size() if item else 0)
    return None if size > _LARGE or found.keys() & _key_names(table, found) else found


def _key_names(table: Any, found: dict[str, Any]) -> set[str]:
    """Return the attributes moto must look at: the table's key, and index keys that get an odd value."""
    types = {definition["AttributeName"]: definition["AttributeType"] for definition in table.attr}
    odd = {
        name
        for name, kind in types.items()
        if (value := found.get(name)) is not None and (value.type != kind or value.value == "")
    }
    return {table.hash_key_attr, table.range_key_attr} | odd


def _transact_write_items(self: Any, transact_items: list[dict[str, Any]]) -> None:
    touched: dict[str, list[tuple[Any, Any]]] = {}
    for item in transact_items:
        operation = next(iter(item.values()))
        table = self.tables.get(operation.get("TableName"))
        if table:
            touched.setdefault(table.name, []).append(_key(table, operation))
    token = _touched.set(touched)
    try:
        _originals["transact_write_items"](self, transact_items)
    except Exception:
        for name, keys in touched.items():  # they are again what they were
            for hash_key, range_key in keys:
                told(self.tables[name], hash_key, range_key)
        raise
    finally:
        _touched.reset(token)


def _key(table: Any, operation: dict[str, Any]) -> tuple[Any, Any]:
    attributes: Json = operation.get("Key") or operation.get("Item") or {}
    hash_key, range_key = attributes.get(table.hash_key_attr), attributes.get(table.range_key_attr)
    return hash_key and _models.DynamoType(hash_key), range_key and _models.DynamoType(range_key)


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


def _query(
    self: Any,
    hash_key: Any,
    range_comparison: str | None,
    range_objs: list[Any],
    limit: int,
    exclusive_start_key: Json,
    scan_index_forward: bool,
    projection_expressions: Any,
    index_name: str | None = None,
    *args: Any,
    **kwargs: Any,
) -> Any:
    if index_name:
        values = [value.cast_value for value in range_objs]
        start, forward = exclusive_start_key, scan_index_forward is not False
        found = Indexes.of(self).find(
            Asked(index_name, hash_key.cast_value, range_comparison, values, start, forward, limit)
        )
    else:
        found = _partition(self, hash_key)
    token = _wanted.set(found)
    try:
        return _originals["query"](
            self, hash_key, range_comparison, range_objs, limit, exclusive_start_key, scan_index_forward,
            projection_expressions, index_name, *args, **kwargs,
        )  # fmt: skip
    finally:
        _wanted.reset(token)


def _partition(table: Any, hash_key: Any) -> list[Any]:
    if hash_key not in table.items:
        return []
    found = table.items[hash_key]
    if not table.range_key_attr:
        return [found]
    # In order already: moto sorts with a comparison in Python for each pair.
    return sorted(found.values(), key=lambda item: item.range_key.cast_value)


def _item_copy(self: Any, memo: dict[int, Any]) -> Any:
    """Copy an item, except for the answer of a query, which is only read."""
    return _originals["__deepcopy__"](self, memo) if _wanted.get() is None else self


def _all_items(self: Any) -> list[Any]:
    wanted = _wanted.get()
    return _originals["all_items"](self) if wanted is None else wanted


def sweep(now: float | None = None) -> int:
    """Delete what has outlived its TTL, which moto never does; return how many items. Hold the lock."""
    moment = time.time() if now is None else now
    return sum(
        _sweep_table(table, moment) for table in _models.dynamodb_backends[ACCOUNT][REGION].tables.values()
    )


def _sweep_table(table: Any, now: float) -> int:
    ttl: Json = table.ttl or {}
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
