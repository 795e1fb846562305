"""Metadata filters of S3 Vectors.

Source: "Metadata filtering" in the Amazon S3 user guide: `$eq` (the default), `$ne`, `$gt`, `$gte`, `$lt`,
`$lte`, `$in`, `$nin`, `$exists`, `$and`, `$or`; a list in the metadata matches if any element does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from infra.local.shared import as_array, as_list, as_object

_MISSING = object()


class FilterError(ValueError):
    """The filter is malformed; the message says how."""


def matches(condition: Mapping[str, Any], metadata: Mapping[str, Any], hidden: frozenset[str]) -> bool:
    """Return whether the metadata fulfils the filter; `hidden` are the non-filterable keys.

    Raises:
        FilterError: an unknown operator, a wrong operand, or a key that cannot be filtered on.
    """
    return all(_field(key, operand, metadata, hidden) for key, operand in condition.items())


def _field(key: str, operand: Any, metadata: Mapping[str, Any], hidden: frozenset[str]) -> bool:
    if key in ("$and", "$or"):
        parts = as_array(operand)
        if not parts:
            raise FilterError(f"{key} needs a non-empty array of filters")
        results = [matches(part, metadata, hidden) for part in parts]
        return all(results) if key == "$and" else any(results)
    if key.startswith("$"):
        raise FilterError(f"Unknown operator {key}")
    if key in hidden:
        raise FilterError(f"{key} is a non-filterable metadata key")
    value = metadata.get(key, _MISSING)
    operators = as_object(operand)
    if operators is None:
        return _equal(value, operand)
    return all(_compare(name, value, expected) for name, expected in operators.items())


def _compare(name: str, value: Any, expected: Any) -> bool:
    operator = _OPERATORS.get(name)
    if operator is None:
        raise FilterError(f"Unknown operator {name}")
    if name in ("$in", "$nin") and (not isinstance(expected, list) or not expected):
        raise FilterError(f"{name} needs a non-empty array")
    return operator(value, expected)


def _equal(value: Any, expected: Any) -> bool:
    same_kind = [item for item in as_list(value) if isinstance(item, bool) == isinstance(expected, bool)]
    return expected in same_kind


def _ordered(compare: Callable[[float, float], bool]) -> Callable[[Any, Any], bool]:
    def check(value: Any, expected: Any) -> bool:
        if isinstance(expected, bool) or not isinstance(expected, (int, float)):
            raise FilterError("an order comparison needs a number")
        return isinstance(value, (int, float)) and not isinstance(value, bool) and compare(value, expected)

    return check


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "$eq": _equal,
    "$ne": lambda value, expected: not _equal(value, expected),
    "$gt": _ordered(lambda a, b: a > b),
    "$gte": _ordered(lambda a, b: a >= b),
    "$lt": _ordered(lambda a, b: a < b),
    "$lte": _ordered(lambda a, b: a <= b),
    "$in": lambda value, expected: any(_equal(value, item) for item in expected),
    "$nin": lambda value, expected: not any(_equal(value, item) for item in expected),
    "$exists": lambda value, expected: (value is not _MISSING) is bool(expected),
}
