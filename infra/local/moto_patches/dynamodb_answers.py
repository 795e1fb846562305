"""Answers of DynamoDB with less work: half of the time of a call went into these.

moto measures each item of a query twice, walks an update's syntax tree for the names and again for the values
in it, and turns attributes into JSON through a function that imports a module at every step.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, cast

from infra.local.moto_patches.seam import moto

_types = moto("dynamodb.models.dynamo_type")
_responses = moto("dynamodb.responses")
_originals: dict[str, Any] = {}
_SIZE = "local_size"


def install() -> None:
    """Make every change; a second call changes nothing."""
    if _originals:
        return
    _originals["size"] = _types.Item.size
    _originals["dynamo_to_dict"] = _responses.dynamo_to_dict
    _originals["make"] = _responses.UpdateExpressionParser.make
    _types.Item.size = _size
    _responses.dynamo_to_dict = as_json
    _responses.UpdateExpressionParser = _Parser


def forget_size(item: Any) -> None:
    """Measure the item anew: it may have changed."""
    item.__dict__.pop(_SIZE, None)


def _size(self: Any) -> int:
    known: int | None = self.__dict__.get(_SIZE)
    if known is None:
        known = int(_originals["size"](self))
        self.__dict__[_SIZE] = known
    return known


def as_json(value: Any) -> Any:
    """Return a result with every attribute as `{type: value}`; bytes and the like are moto's to decide."""
    kind = cast("type[Any]", type(value))
    if kind is str or kind is int or value is None:
        return value
    if kind is _types.DynamoType and value.type not in ("B", "BS"):
        return {value.type: as_json(value.value)}
    if kind is dict or kind is _types.LimitedSizeDict:
        return {name: as_json(inner) for name, inner in value.items()}
    if kind is list:
        return [as_json(inner) for inner in value]
    return _originals["dynamo_to_dict"](value)


class _Parser:
    """Stands where the response class reads which names and values an update uses."""

    @staticmethod
    @lru_cache(maxsize=512)
    def make(expression: str) -> _Clauses:
        return _Clauses(_originals["make"](expression))


class _Clauses:
    def __init__(self, tree: Any) -> None:
        self._tree = tree
        self._found: dict[Any, list[Any]] = {}

    def find_clauses(self, wanted: list[Any]) -> list[Any]:
        """Return the nodes of the given kinds, looked for once."""
        (kind,) = wanted
        if kind not in self._found:
            self._found[kind] = self._tree.find_clauses(wanted)
        return self._found[kind]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._tree, name)
