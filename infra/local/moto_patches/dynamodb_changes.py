"""Which items changed: told to the table's indexes, and remembered for saving.

A table is saved as one pickle per partition key, and only those are made anew that changed since: pickling
10,000 items takes half a second, in which nothing else can be answered.
"""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from typing import Any

from infra.local.moto_patches.dynamodb_answers import forget_size
from infra.local.moto_patches.dynamodb_indexes import Indexes
from infra.local.moto_patches.seam import moto

_types = moto("dynamodb.models.dynamo_type")
_LARGEST = 405_000
"""Bytes of an item, as moto has measured the limit."""
_CHANGED = "local_changed"
_SAVED = "local_saved"


def install() -> None:
    """Measure an item once when it is written, not at each of its attributes, and not when it is loaded."""
    _types.Item.__init__ = _make_item
    _types.LimitedSizeDict.__reduce__ = _reduced


def _make_item(self: Any, hash_key: Any, range_key: Any, attrs: Mapping[str, Any]) -> None:
    self.hash_key, self.range_key = hash_key, range_key
    self.attrs = attributes({name: _types.DynamoType(value) for name, value in attrs.items()})
    if self.size() > _LARGEST:
        raise moto("dynamodb.exceptions").ItemSizeTooLarge


def attributes(plain: Mapping[str, Any]) -> Any:
    """Return moto's own kind of dictionary for the attributes of an item."""
    made = _types.LimitedSizeDict.__new__(_types.LimitedSizeDict)
    dict[str, Any].update(made, plain)
    return made


def _reduced(self: Any) -> tuple[Any, ...]:
    return attributes, (dict(self),)


def told(table: Any, hash_key: Any, range_key: Any) -> None:
    """Note that an item may not be what it was."""
    table.__dict__.setdefault(_CHANGED, set()).add(hash_key)
    item = table.get_item(hash_key, range_key)
    if item is not None:
        forget_size(item)
    indexes = Indexes.known(table)
    if indexes is not None:
        indexes.update((hash_key.value, range_key and range_key.value), item)


def frozen(table: Any) -> Mapping[Any, bytes]:
    """Return the table's partitions as pickles, by partition key."""
    saved: dict[Any, bytes] | None = table.__dict__.get(_SAVED)
    changed = table.__dict__.pop(_CHANGED, set[Any]())
    if saved is None:
        saved = table.__dict__[_SAVED] = {}
        changed = {*table.items}
    for key in changed:
        if table.items.get(key):
            saved[key] = pickle.dumps(table.items[key])
        else:
            saved.pop(key, None)
    return dict(saved)


def thaw(table: Any, partitions: Mapping[Any, Any]) -> None:
    """Put saved partitions into a table that is empty."""
    saved = {key: one if isinstance(one, bytes) else pickle.dumps(one) for key, one in partitions.items()}
    table.items.update({key: pickle.loads(one) for key, one in saved.items()})  # noqa: S301 - our own file
    table.__dict__[_SAVED] = saved
