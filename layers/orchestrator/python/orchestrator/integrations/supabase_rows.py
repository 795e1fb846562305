"""Events as rows of the table, and rows as events. The columns are those of `docs/supabase.sql`.

Instants are written in UTC: a column `timestamp` without a zone, which drops every offset, then still holds
the right moment. The zone an event keeps stands beside them in `timezone`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, cast

from orchestrator.calendar.models import Event
from orchestrator.calendar.ports import StoredEvent

EXTRAS = ("currency", "timezone", "all_day", "recurrence", "external_id")
"""What of an event the document has no columns for: a table made by it may lack them."""
TENANT = "tenant"
"""The column that keeps tenants apart; the document has none."""


def row_of(event: Event, tenant: str, owner: str, missing: frozenset[str]) -> dict[str, Any]:
    """Return the row of `event` for a tenant's `owner`, without the columns that are `missing`."""
    row = {
        TENANT: tenant,
        "title": event.title,
        "description": event.description,
        "start_time": utc(event.start_time),
        "end_time": utc(event.end_time),
        "location": event.location,
        "category": event.category,
        "user_id": owner,
        "created_at": utc(event.created_at),
        "updated_at": utc(event.updated_at),
        "priority": event.priority,
        "participants": event.participants,
        "amount": event.amount,
        **{name: getattr(event, name) for name in EXTRAS},
    }
    return {name: value for name, value in row.items() if name not in missing}


def lost(event: Event, missing: frozenset[str]) -> tuple[str, ...]:
    """Return warnings that say what of `event` the table has no column for."""
    found = [name for name in EXTRAS if name in missing and getattr(event, name)]
    if not found:
        return ()
    warning = f"The table has no column for {', '.join(found)}: not stored (docs/supabase.sql adds them)."
    series = ("Only the first event of the series was stored.",) if "recurrence" in found else ()
    return (warning, *series)


def stored(row: dict[str, Any]) -> StoredEvent:
    """Return a row as it was read.

    Raises:
        KeyError, TypeError, ValueError: it has no readable start.
    """
    start = _instant(row["start_time"])
    return StoredEvent(
        id="" if row.get("id") is None else str(row["id"]),
        title=str(row.get("title") or ""),
        start=start,
        end=_instant(row["end_time"]) if row.get("end_time") else start,
        zone=row.get("timezone"),
        all_day=bool(row.get("all_day")),
        recurrence=row.get("recurrence"),
        external_id=row.get("external_id"),
        description=row.get("description") or "",
        location=row.get("location"),
        category=row.get("category"),
        priority=row.get("priority"),
        participants=_names(row.get("participants")),
        amount=None if row.get("amount") is None else float(row["amount"]),
        currency=row.get("currency"),
        created_at=_instant(row["created_at"]) if row.get("created_at") else None,
        updated_at=_instant(row["updated_at"]) if row.get("updated_at") else None,
    )


def _names(value: object) -> tuple[str, ...]:
    return tuple(map(str, cast("list[object]", value))) if isinstance(value, list) else ()


def utc(moment: datetime) -> str:
    """Return an instant as it is written."""
    return moment.astimezone(UTC).isoformat()


def _instant(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    # PostgreSQL shows no offset for a column without a zone; what we wrote into it was UTC.
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
