"""The tables the stand-in has, and what PostgreSQL would do to their rows. Pure: no HTTP in here."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from infra.local.sandbox.supabase_types import READ, PostgresError, shown

Row = dict[str, Any]
Resolution = Literal["ignore-duplicates", "merge-duplicates"]
Sees = Callable[[Row], bool]
"""Whether row-level security shows a row to whoever asks."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `default` makes the value of a row that does not name it."""

    type: str
    default: Callable[[], Any] | None = None
    required: bool = False


def _now() -> datetime:
    return datetime.now(UTC)


_DOCUMENTED = {
    "id": Column("uuid", lambda: str(uuid.uuid4()), required=True),
    "title": Column("text", required=True),
    "description": Column("text", str, required=True),
    "start_time": Column("timestamptz", required=True),
    "end_time": Column("timestamptz", required=True),
    "location": Column("text"),
    "category": Column("text", lambda: "other", required=True),
    "user_id": Column("text", required=True),
    "created_at": Column("timestamptz", _now, required=True),
    "updated_at": Column("timestamptz", _now, required=True),
    "priority": Column("text", lambda: "medium", required=True),
    "participants": Column("text[]", list, required=True),
    "amount": Column("numeric"),
}
_OURS = {
    "currency": Column("text"),
    "timezone": Column("text"),
    "all_day": Column("boolean", bool, required=True),
    "recurrence": Column("text"),
    "external_id": Column("text"),
    "tenant": Column("text", lambda: "default", required=True),
}


class Table:
    """One table. Rows are replaced, never changed, so that whoever saves them may read at any time."""

    def __init__(self, name: str, columns: Mapping[str, Column], unique: tuple[str, ...] = ()) -> None:
        self.name = name
        self.columns = columns
        self.unique = unique
        self.rows: list[Row] = []

    def column(self, name: str) -> Column:
        """Return a column, or say as a query would that there is none."""
        if name not in self.columns:
            raise PostgresError(400, "42703", f"column {self.name}.{name} does not exist")
        return self.columns[name]

    def accepts(self, names: Iterable[str]) -> None:
        """Refuse what a body must not name."""
        for name in sorted(names):
            if name not in self.columns:
                message = f"Column '{name}' of relation '{self.name}' does not exist"
                raise PostgresError(400, "PGRST204", message)

    def made(self, given: Row, nulls: Iterable[str] = ()) -> Row:
        """Return a whole row of what was given; `nulls` are not named in it, but get no default either."""
        absent = {name: None for name in nulls if name not in given}
        row: Row = {}
        for name, column in self.columns.items():
            if name in given or name in absent:
                value = given.get(name)
                row[name] = None if value is None else READ[column.type](value)
            else:
                row[name] = column.default() if column.default else None
        self._check(row)
        return row

    def insert(
        self,
        new: list[Row],
        named: Iterable[str],
        conflict: tuple[str, ...],
        resolution: Resolution | None,
        sees: Sees,
    ) -> tuple[list[Row], int]:
        """Put rows in, all or none; return those that were written and how many of them are new.

        A row that is merged into another brings only the columns that were `named`.
        """
        rows, written, added = list(self.rows), list[Row](), 0
        if resolution and conflict and conflict not in (("id",), self.unique):
            self._no_constraint(conflict)
        for row in new:
            self._permit(row, sees)
            twins = self._twins(row, rows)
            hit = next((at for key, at in twins if key == (conflict or ("id",))), None)
            if resolution and hit is not None:
                if resolution == "ignore-duplicates":
                    continue
                rows[hit] = {**rows[hit], **{name: row[name] for name in named}}
                written.append(rows[hit])
            elif twins:
                raise self._duplicate(row, twins[0][0])
            else:
                rows.append(row)
                written.append(row)
                added += 1
        self.rows = rows
        return written, added

    def update(self, chosen: list[Row], changes: Row, sees: Sees) -> list[Row]:
        """Change rows, all or none; return them as they are now."""
        typed = {name: None if v is None else READ[self.column(name).type](v) for name, v in changes.items()}
        done = {id(row): {**row, **typed} for row in chosen}
        for row in done.values():
            self._check(row)
            self._permit(row, sees)
        self.rows = [done.get(id(row), row) for row in self.rows]
        return list(done.values())

    def delete(self, chosen: list[Row]) -> None:
        """Take rows out."""
        ids = {id(row) for row in chosen}
        self.rows = [row for row in self.rows if id(row) not in ids]

    def _check(self, row: Row) -> None:
        values = ("null" if value is None else str(shown(value)) for value in row.values())
        whole = f"Failing row contains ({', '.join(values)})."
        for name, column in self.columns.items():
            if column.required and row[name] is None:
                message = (
                    f'null value in column "{name}" of relation "{self.name}" violates not-null constraint'
                )
                raise PostgresError(400, "23502", message, whole)
        if row["end_time"] < row["start_time"]:
            constraint = f"{self.name}_end_after_start"
            message = f'new row for relation "{self.name}" violates check constraint "{constraint}"'
            raise PostgresError(400, "23514", message, whole)

    def _permit(self, row: Row, sees: Sees) -> None:
        if not sees(row):
            message = f'new row violates row-level security policy for table "{self.name}"'
            raise PostgresError(403, "42501", message)

    def _twins(self, row: Row, rows: list[Row]) -> list[tuple[tuple[str, ...], int]]:
        keys = [("id",), self.unique] if self.unique else [("id",)]
        return [
            (key, at)
            for key in keys
            for at, other in enumerate(rows)
            if all(row[name] is not None and row[name] == other[name] for name in key)
        ]

    def _no_constraint(self, conflict: tuple[str, ...]) -> None:
        for name in conflict:
            if name not in self.columns:
                raise PostgresError(400, "42703", f'column "{name}" does not exist')
        message = "there is no unique or exclusion constraint matching the ON CONFLICT specification"
        raise PostgresError(400, "42P10", message)

    def _duplicate(self, row: Row, key: tuple[str, ...]) -> PostgresError:
        name = f"{self.name}_pkey" if key == ("id",) else f"{self.name}_owner_external_id"
        values = ", ".join(str(row[one]) for one in key)
        details = f"Key ({', '.join(key)})=({values}) already exists."
        message = f'duplicate key value violates unique constraint "{name}"'
        return PostgresError(409, "23505", message, details)


class Database:
    """The tables: `events` as `docs/supabase.sql` makes it, and one as the document alone would have it.

    An answer holds `most_rows` rows, as many as Supabase's own by default. `changed` is called after every
    write: whoever keeps the rows then has something to do.
    """

    def __init__(self, changed: Callable[[], None] = lambda: None) -> None:
        self.changed = changed
        self.most_rows = 1000
        self.tables = {
            "events": Table("events", {**_DOCUMENTED, **_OURS}, ("user_id", "external_id")),
            "documented_events": Table("documented_events", _DOCUMENTED),
        }

    def view(self) -> dict[str, list[Row]]:
        """Return every row as JSON shows it, the oldest first."""
        return {
            name: [{key: shown(value) for key, value in row.items()} for row in table.rows]
            for name, table in self.tables.items()
        }

    def clear(self) -> None:
        """Empty the tables."""
        for table in self.tables.values():
            table.rows = []
        self.changed()

    def save(self) -> dict[str, list[Row]]:
        """Return what a later run needs."""
        return {name: list(table.rows) for name, table in self.tables.items()}

    def restore(self, saved: Mapping[str, list[Row]]) -> None:
        """Take over what `save` returned; columns that have come since get their defaults."""
        for name, table in self.tables.items():
            empty = {
                key: column.default() if column.default else None for key, column in table.columns.items()
            }
            kept = saved.get(name, [])
            table.rows = [{key: row.get(key, value) for key, value in empty.items()} for row in kept]
