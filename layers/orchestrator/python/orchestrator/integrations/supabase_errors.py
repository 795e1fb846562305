"""What an error of PostgREST, or of the gateway before it, means to us.

https://docs.postgrest.org/en/v12/references/errors.html: a body `{code, message, details, hint}` whose code
is PostgreSQL's SQLSTATE or `PGRST…`. The gateway says `{message, hint}`. All of it is kept, cut short and
without anything that looks like a key.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any, cast

from orchestrator.errors import NotConfigured, NotFound, OrchestratorError, VendorBusy, VendorError

_log = logging.getLogger(__name__)
VENDOR = "supabase"
KEY_HINT = (
    "Put a valid SUPABASE_API_KEY into the vendor's secret (on a laptop: into .env); "
    "one that starts with sb_ needs no SUPABASE_AUTH_TOKEN."
)
NO_ROW = "PGRST116"
NO_COLUMN = frozenset({"PGRST204", "42703"})
NO_CONSTRAINT = "42P10"
_COMPARE = "Compare the table with docs/supabase.sql."
_HINTS = {
    "22": _COMPARE,
    "23": _COMPARE,
    "23505": "The table has such a row already.",
    "42": _COMPARE,
    "42501": "Give the key's role the right to this (docs/supabase.sql does), or use a secret key.",
    "42P01": "Check SUPABASE_URL; docs/supabase.sql makes the table.",
    "PGRST204": _COMPARE,
    "PGRST205": "Check SUPABASE_URL; docs/supabase.sql makes the table.",
}
"""By code, or by the class of an SQLSTATE (its first two characters)."""
_BY_STATUS = {401: KEY_HINT, 403: _HINTS["42501"], 404: _HINTS["42P01"]}
_SECRET = re.compile(r"\bsb_[\w-]+|\beyJ[\w-]+\.[\w-]+\.[\w-]*|(?<=Bearer )[^\s\"]+")
_LONGEST = 500
_LONGEST_WAIT = 86_400
_TRY_AGAIN = "Try again in a few seconds."


def said(body: object, status: int, secrets: Iterable[str]) -> dict[str, Any]:
    """Return the error body as it is passed on: its four fields, `null` where it has none."""
    fields = cast("dict[str, Any]", body) if isinstance(body, dict) else {"message": None}
    found = {name: _clean(fields.get(name), secrets) for name in ("code", "message", "details", "hint")}
    return found | {"message": found["message"] or f"HTTP {status} without an explanation"}


def failure(status: int, error: Mapping[str, Any], headers: Mapping[str, str]) -> OrchestratorError:
    """Return the error for an answer of `status` that says `error` (from `said`)."""
    code = str(error["code"] or "")
    if code == NO_ROW and "0 rows" in str(error["details"]):
        return NotFound("There is no such event in the table.")
    message = f"{error['message']} ({f'{code}, ' if code else ''}{status})"
    if is_passing(status):
        wait = _seconds(headers)
        hint = _TRY_AGAIN if wait is None else f"Try again in {wait:g} seconds."
        return VendorBusy(VENDOR, message, hint=hint, retry_after=wait)
    by_code = _HINTS.get(code) or (_HINTS.get(code[:2]) if len(code) == 5 else None)
    hint = KEY_HINT if status == 401 and not code.startswith("42") else by_code or _BY_STATUS.get(status)
    return VendorError(VENDOR, message, hint=hint)


def is_passing(status: int) -> bool:
    """Return whether the same request may be answered otherwise later."""
    return status in (408, 425, 429) or status >= 500


def no_time() -> VendorBusy:
    """Return the error for a table that could not be asked (again) before the request's end."""
    return VendorBusy(VENDOR, "there was no time left to ask", hint=_TRY_AGAIN)


def timed_out(seconds: float) -> VendorBusy:
    """Return the error for a table that did not answer within `seconds`."""
    return VendorBusy(VENDOR, f"no answer within {seconds:.3g} s", hint=_TRY_AGAIN)


def unreachable(url: str) -> VendorBusy:
    """Return the error for a table that cannot be reached, or that hung up before its answer was whole.

    `url` is for the log: whoever asks need not know where the table stands.
    """
    _log.warning("the connection to %s failed", url)
    return VendorBusy(VENDOR, "the connection failed", hint="Check SUPABASE_URL; else try again.")


def too_many(count: int) -> VendorError:
    """Return the error for a calendar of which only `count` rows could be read: the rest may matter."""
    return VendorError(
        VENDOR, f"the calendar has more than {count:,} events there", hint="Name a day, or a shorter time."
    )


def unreadable(why: str) -> VendorError:
    """Return the error for an answer that is not what PostgREST documents."""
    return VendorError(
        VENDOR, f"the answer cannot be read: {why}", hint="Check that SUPABASE_URL is a table of Supabase."
    )


def no_tenants() -> NotConfigured:
    """Return the error for a table in which the rows of several tenants could not be told apart."""
    return NotConfigured(
        "The table of events has no column tenant: it is the tenant default's alone.",
        hint="Run docs/supabase.sql, which adds the column.",
    )


def _clean(value: object, secrets: Iterable[str]) -> str | None:
    if value is None:
        return None
    text = str(value)
    for secret in secrets:
        text = text.replace(secret, "[key]") if secret else text
    return _SECRET.sub("[key]", text)[:_LONGEST]


def _seconds(headers: Mapping[str, str]) -> float | None:
    try:
        wait = float(headers["retry-after"])
    except (KeyError, ValueError):
        return None
    return min(max(0.0, wait), _LONGEST_WAIT) if isfinite(wait) else None
