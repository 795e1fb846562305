"""PostgREST's query language, as far as the calendar speaks it: filters, and/or, select, order, limit.

https://docs.postgrest.org/en/v12/references/api/tables_views.html
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from infra.local.sandbox.supabase_table import Row, Table
from infra.local.sandbox.supabase_types import READ, PostgresError

Test = Callable[[Row], bool]
_RESERVED = frozenset({"select", "order", "limit", "offset", "on_conflict", "columns"})
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda left, right: left == right,
    "neq": lambda left, right: left != right,
    "gt": lambda left, right: left > right,
    "gte": lambda left, right: left >= right,
    "lt": lambda left, right: left < right,
    "lte": lambda left, right: left <= right,
}
_IS: dict[str, Any] = {"null": None, "true": True, "false": False}


class Query:
    """The parsed query string of a request to `table`."""

    def __init__(self, table: Table, text: str) -> None:
        """Parse `text`; raise `PostgresError` where PostgREST would refuse it."""
        self._table = table
        self._pairs = parse_qsl(text, keep_blank_values=True)
        self._tests = [self._test(name, value) for name, value in self._pairs if name not in _RESERVED]

    def get(self, name: str) -> str:
        """Return a parameter, empty when it is not there."""
        return next((value for key, value in self._pairs if key == name), "")

    def names(self, name: str) -> tuple[str, ...]:
        """Return a parameter that lists columns."""
        return tuple(part.strip() for part in self.get(name).split(",") if part.strip())

    def chosen(self) -> list[Row]:
        """Return the rows that pass every filter, in the order asked for."""
        rows = [row for row in self._table.rows if all(test(row) for test in self._tests)]
        for name in reversed(self.names("order")):
            column, *words = name.split(".")
            self._table.column(column)
            down = "desc" in words
            last = "nullslast" in words or (not down and "nullsfirst" not in words)
            rows.sort(key=lambda row: _sortable(row[column], down=down, nulls_last=last), reverse=down)
        return rows

    def page(self, rows: list[Row], most: int) -> list[Row]:
        """Return the stretch of `rows` that was asked for, no more than `most` of them."""
        limit = _whole(self.get("limit"))
        return rows[self.offset : self.offset + (most if limit is None else min(limit, most))]

    @property
    def offset(self) -> int:
        """The number of rows to pass over."""
        return _whole(self.get("offset")) or 0

    def shape(self, rows: list[Row]) -> list[Row]:
        """Return the columns that `select` names, of each row."""
        wanted = self.names("select")
        if not wanted or wanted == ("*",):
            return rows
        for name in wanted:
            self._table.column(name)
        return [{name: row[name] for name in wanted} for row in rows]

    def _test(self, name: str, value: str) -> Test:
        negated, _, word = name.rpartition("not.")
        if word in ("and", "or") and negated == "":
            return self._tree(word, value, negate=name.startswith("not."))
        return self._filter(name, value)

    def _tree(self, word: str, value: str, *, negate: bool) -> Test:
        if not (value.startswith("(") and value.endswith(")")):
            raise _unparsed("logic tree", value)
        tests = [self._leaf(part) for part in _split(value[1:-1])]
        joined = any if word == "or" else all
        return lambda row: joined(test(row) for test in tests) is not negate

    def _leaf(self, text: str) -> Test:
        nested = re.fullmatch(r"(not\.)?(and|or)(\(.*\))", text, re.DOTALL)
        if nested:
            return self._tree(nested[2], nested[3], negate=bool(nested[1]))
        name, dot, rest = text.partition(".")
        if not dot:
            raise _unparsed("logic tree", text)
        return self._filter(name, re.sub(r'"((?:[^"\\]|\\.)*)"$', lambda found: _unquoted(found[1]), rest))

    def _filter(self, name: str, value: str) -> Test:
        operator, dot, operand = value.partition(".")
        if operator == "not" and dot:
            inner = self._filter(name, operand)
            # In SQL the opposite of unknown is unknown: a comparison never holds for a row without a value.
            compares = operand.partition(".")[0] != "is"
            return lambda row: not inner(row) and not (compares and row[name] is None)
        if not dot or operator not in {*_COMPARE, "is", "in"}:
            raise _unparsed("filter", value)
        column = self._table.column(name)
        if operator == "is":
            if operand.lower() not in _IS:
                raise _unparsed("filter", value)
            return lambda row: row[name] is _IS[operand.lower()]
        read = READ[column.type]
        if operator == "in":
            among = [read(_unquoted(part.strip('"'))) for part in _split(operand[1:-1])]
            return lambda row: row[name] is not None and row[name] in among
        compare, right = _COMPARE[operator], read(operand)
        return lambda row: row[name] is not None and compare(row[name], right)


def _split(text: str) -> list[str]:
    """Return the parts of a list, split at the commas outside of quotes and parentheses."""
    parts, depth, start = list[str](), 0, 0
    for found in re.finditer(r'"(?:[^"\\]|\\.)*"|[(),]', text):
        mark = found[0]
        depth += (mark == "(") - (mark == ")")
        if mark == "," and depth == 0:
            parts.append(text[start : found.start()])
            start = found.end()
    return [*parts, text[start:]]


def _unquoted(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text)


def _sortable(value: Any, *, down: bool, nulls_last: bool) -> tuple[bool, Any]:
    # With `reverse` the flag is turned round as well.
    return ((value is None) is (nulls_last is not down), 0 if value is None else value)


def _whole(text: str) -> int | None:
    return int(text) if text.isdecimal() else None


def _unparsed(what: str, text: str) -> PostgresError:
    return PostgresError(400, "PGRST100", f'"failed to parse {what} ({text})" (line 1, column 1)')
