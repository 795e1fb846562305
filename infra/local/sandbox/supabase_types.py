"""Values of the table's columns: read from JSON or a filter, shown as PostgREST shows them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any, cast


class PostgresError(Exception):
    """What PostgREST answers instead of doing it; `code` is an SQLSTATE or `PGRST…`."""

    def __init__(self, status: int, code: str, message: str, details: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.details = details

    def body(self) -> dict[str, Any]:
        """Return the body that tells it."""
        return {"code": self.code, "details": self.details, "hint": None, "message": str(self)}


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _uuid(value: Any) -> str:
    try:
        return str(uuid.UUID(_text(value)))
    except ValueError:
        raise _syntax("22P02", "uuid", value) from None


def _instant(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        raise _syntax("22007", "timestamp with time zone", value) from None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _number(value: Any) -> float:
    try:
        # As `numeric(14, 2)` rounds: half away from zero.
        number = Decimal(_text(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    except InvalidOperation:
        raise _syntax("22P02", "numeric", value) from None
    if abs(number) >= 10**12:
        why = "A field with precision 14, scale 2 must round to an absolute value less than 10^12."
        raise PostgresError(400, "22003", "numeric field overflow", why)
    return float(number)


def _truth(value: Any) -> bool:
    words = {"true": True, "t": True, "yes": True, "on": True, "1": True}
    words |= {"false": False, "f": False, "no": False, "off": False, "0": False}
    try:
        return words[_text(value).lower()]
    except KeyError:
        raise _syntax("22P02", "boolean", value) from None


def _texts(value: Any) -> list[str | None]:
    if not isinstance(value, list):
        why = 'Array value must start with "{" or dimension information.'
        raise PostgresError(400, "22P02", f'malformed array literal: "{_text(value)}"', why)
    return [None if one is None else _text(one) for one in cast("list[Any]", value)]


def _syntax(code: str, kind: str, value: Any) -> PostgresError:
    return PostgresError(400, code, f'invalid input syntax for type {kind}: "{_text(value)}"')


READ: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "uuid": _uuid,
    "timestamptz": _instant,
    "numeric": _number,
    "boolean": _truth,
    "text[]": _texts,
}
"""By type, what makes a value of it, or raises `PostgresError`."""


def shown(value: Any) -> Any:
    """Return a value as JSON has it; an instant in UTC, without the zeros its fraction ends in."""
    if not isinstance(value, datetime):
        return value
    head, dot, fraction = value.replace(tzinfo=None).isoformat().partition(".")
    return f"{head}{dot}{fraction.rstrip('0')}+00:00"
