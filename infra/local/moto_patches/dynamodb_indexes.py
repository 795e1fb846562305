"""Secondary indexes kept in order, so that a query of one costs what it returns.

moto looks at every item of the table, sorts what fits, and then walks to the start of the page: a quarter of
a second at 10,000 items. A table's indexes are built at the first query of one; from then on each change of
an item is told to them (`dynamodb_changes`).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from operator import itemgetter
from typing import Any

Place = tuple[Any, ...]
"""Where an item stands in a partition: the index's sort key, then the table's own keys."""
_NAME = "local_indexes"
_LAST = chr(0x10FFFF)


@dataclass(slots=True)
class Partition:
    """The items of one partition of an index, in order."""

    order: list[Place] = field(default_factory=lambda: [])
    items: dict[Place, Any] = field(default_factory=lambda: {})

    def add(self, place: Place, item: Any) -> None:
        """Put an item in its place."""
        if place not in self.items:
            insort(self.order, place)
        self.items[place] = item

    def remove(self, place: Place) -> None:
        """Take an item out."""
        del self.items[place]
        del self.order[bisect_left(self.order, place)]


@dataclass(frozen=True, slots=True)
class Asked:
    """One query: `comparison` and `values` on the sort key, the key to go on after, direction, limit."""

    index: str
    partition: Any
    comparison: str | None
    values: list[Any]
    after: dict[str, Any] | None
    forward: bool
    limit: int | None


class Indexes:
    """All indexes of one table."""

    def __init__(self, table: Any) -> None:
        self._keys = (table.hash_key_attr, table.range_key_attr)
        self._schemas = {index.name: _schema(index) for index in table.all_indexes()}
        self._partitions: defaultdict[tuple[str, Any], Partition] = defaultdict(Partition)
        self._places: dict[Any, list[tuple[tuple[str, Any], Place]]] = {}

    @classmethod
    def of(cls, table: Any) -> Indexes:
        """Return the indexes of a table, built if this is the first time."""
        found = cls.known(table)
        if found is None:
            found = cls(table)
            for items in table.items.values():
                found.load(items.values() if table.range_key_attr else [items])
            # Shown once it is whole: without the front's lock, in tests, queries come from several threads.
            table.__dict__[_NAME] = found
        return found

    @classmethod
    def known(cls, table: Any) -> Indexes | None:
        """Return the indexes of a table that were built already."""
        return table.__dict__.get(_NAME)

    def load(self, items: Iterable[Any]) -> None:
        """Take in items that are new here."""
        for item in items:
            self._add(item)

    def update(self, key: tuple[Any, Any], item: Any | None) -> None:
        """Take in what became of the item with that key; None when it is gone."""
        for where, place in self._places.pop(key, ()):
            partition = self._partitions[where]
            partition.remove(place)
            if not partition.order:
                del self._partitions[where]
        if item is not None:
            self._add(item)

    def find(self, asked: Asked) -> list[Any] | None:
        """Return the items of a page and the one that follows; None where moto has to look itself."""
        if asked.index not in self._schemas or asked.comparison not in _BOUNDS:
            return None
        partition = self._partitions.get((asked.index, asked.partition))
        if partition is None:
            return []
        order = partition.order
        first, last = _BOUNDS[asked.comparison]
        start, stop = self._page(order, asked, first(order, asked.values), last(order, asked.values))
        if asked.limit and asked.forward:
            stop = min(stop, start + asked.limit + 1)
        elif asked.limit:
            start = max(start, stop - asked.limit - 1)
        return [partition.items[place] for place in order[start:stop]]

    def _page(self, order: list[Place], asked: Asked, start: int, stop: int) -> tuple[int, int]:
        """Return the bounds without what earlier pages had."""
        if not asked.after:
            return start, stop
        _, sort = self._schemas[asked.index]
        last = tuple(_plain(asked.after[name]) for name in (sort, *self._keys) if name)
        if asked.forward:
            return max(start, bisect_right(order, last)), stop
        return start, min(stop, bisect_left(order, last))

    def _add(self, item: Any) -> None:
        own = tuple(item.attrs[name].cast_value for name in self._keys if name)
        places: list[tuple[tuple[str, Any], Place]] = []
        for name, (hash_name, sort_name) in self._schemas.items():
            partition, sort = item.attrs.get(hash_name), item.attrs.get(sort_name) if sort_name else None
            if partition is None or (sort_name and sort is None):
                continue  # an index holds only what has all of its keys
            place: Place = (*((sort.cast_value,) if sort else ()), *own)
            places.append(((name, partition.cast_value), place))
            self._partitions[places[-1][0]].add(place, item)
        if places:
            self._places[key_of(item)] = places


def key_of(item: Any) -> tuple[Any, Any]:
    """Return the key of an item as the indexes call it."""
    return item.hash_key.value, item.range_key and item.range_key.value


def _schema(index: Any) -> tuple[str, str | None]:
    names = {key["KeyType"]: key["AttributeName"] for key in index.schema}
    return names["HASH"], names.get("RANGE")


def _plain(value: dict[str, str]) -> Any:
    ((kind, text),) = value.items()
    return Decimal(text) if kind == "N" else text


_first: Callable[[Place], Any] = itemgetter(0)
_Bound = Callable[[list[Place], list[Any]], int]


def _start(order: list[Place], values: list[Any]) -> int:
    return 0


def _end(order: list[Place], values: list[Any]) -> int:
    return len(order)


def _from(order: list[Place], values: list[Any]) -> int:
    return bisect_left(order, values[0], key=_first)


def _behind(order: list[Place], values: list[Any]) -> int:
    return bisect_right(order, values[-1], key=_first)


def _behind_prefix(order: list[Place], values: list[Any]) -> int:
    return bisect_left(order, values[0] + _LAST, key=_first)


_BOUNDS: dict[str | None, tuple[_Bound, _Bound]] = {
    None: (_start, _end),
    "=": (_from, _behind),
    "<": (_start, _from),
    "<=": (_start, _behind),
    ">": (_behind, _end),
    ">=": (_from, _end),
    "BETWEEN": (_from, _behind),
    "BEGINS_WITH": (_from, _behind_prefix),
}
"""From where to where a condition on the sort key holds."""
