"""The calendar's table of events at Supabase: `EventStore` over PostgREST.

Written for tables made by `docs/supabase.sql` and for those that people made by the document: a column of
ours that the table lacks is left out from then on, with a warning. Where `external_id` is unique for each
user, a repeated insert leaves the first row alone; elsewhere an insert is not repeated once it may have been
carried out.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, cast

from orchestrator.calendar.models import Event
from orchestrator.calendar.ports import StoredEvent, Written
from orchestrator.errors import NotFound, VendorError
from orchestrator.integrations import supabase_errors as errors
from orchestrator.integrations.postgrest import ONE_ROW, READ_TIMEOUT, Ask, Credentials, Reply, Table
from orchestrator.integrations.supabase_rows import EXTRAS, lost, row_of, stored, utc

MOST_ROWS = 1000
"""Rows of one answer: Supabase gives no more by default."""
REMEMBERED = 300.0
"""Seconds for which a missing column is remembered, so that one added later is used without a redeploy."""
_CONFLICT = ("on_conflict", "user_id,external_id")


class SupabaseEvents:
    """`EventStore` on one table; see `orchestrator.calendar.ports`."""

    def __init__(self, url: str, credentials: Credentials, *, read_timeout: float = READ_TIMEOUT) -> None:
        """Connect nothing yet. `url` is the table's, empty when none is configured."""
        self._table = Table(url, credentials, read_timeout=read_timeout)
        self._lacks = _Lacks()

    async def insert(self, event: Event, *, owner: str, deadline: float) -> Written:
        """Write one row for `owner`, without what the table has no column for."""
        self._lacks.refresh()
        while True:
            lacks = self._lacks.found
            row = row_of(event, owner, lacks)
            reply = await self._table.send(_insert(row, unique=_CONFLICT[0] not in lacks), deadline)
            if not self._lacks.learn(reply, lacks):
                return _written(reply, lost(event, lacks))

    async def between(
        self, user_id: str, since: datetime, until: datetime, *, deadline: float
    ) -> Sequence[StoredEvent]:
        """Return the user's events that meet the stretch, and every series that began before its end."""
        self._lacks.refresh()
        while True:
            lacks = self._lacks.found
            reply = await self._table.send(_between(user_id, since, until, lacks), deadline)
            if not self._lacks.learn(reply, lacks):
                return _rows(reply)

    async def move(
        self, user_id: str, event_id: str, start: datetime, end: datetime, *, deadline: float
    ) -> Written:
        """Give the row another start and end, and note the moment of the change."""
        body = {"start_time": utc(start), "end_time": utc(end), "updated_at": utc(datetime.now(UTC))}
        return _written(await self._one(user_id, event_id, "PATCH", body, deadline))

    async def remove(self, user_id: str, event_id: str, *, deadline: float) -> Written:
        """Delete the row."""
        reply = await self._one(user_id, event_id, "DELETE", None, deadline)
        if reply.doubtful and isinstance(reply.failure, NotFound):
            return Written(204)  # an earlier try got no answer, but did delete it
        return _written(reply)

    def close(self) -> None:
        """Close the kept connections."""
        self._table.close()

    async def _one(
        self, user_id: str, event_id: str, method: str, body: dict[str, Any] | None, deadline: float
    ) -> Reply:
        if not event_id:
            return Reply(0, failure=VendorError(errors.VENDOR, "the table has no column id"))
        # The row is asked back to see that there was one; `id` keeps that short.
        query = (("id", f"eq.{event_id}"), ("user_id", f"eq.{user_id}"), ("select", "id"))
        ask = Ask(method, query, body, prefer="return=representation", accept=ONE_ROW)
        return await self._table.send(ask, deadline)


class _Lacks:
    """What the table was found to lack: names of columns, and `on_conflict` for the unique index."""

    def __init__(self) -> None:
        self.found: frozenset[str] = frozenset()
        self._since = 0.0

    def refresh(self) -> None:
        """Forget what was found long ago."""
        # Wall-clock time: a frozen Lambda's monotonic clock stands still.
        if self.found and time.time() - self._since > REMEMBERED:
            self.found = frozenset()

    def learn(self, reply: Reply, known: frozenset[str]) -> bool:
        """Return whether `reply`, to a request that left out `known`, names more to leave out."""
        named: set[str] = set()
        if reply.code in errors.NO_COLUMN:
            named = set(re.findall(r"\w+", str((reply.error or {})["message"]))) & {*EXTRAS}
        elif reply.code == errors.NO_CONSTRAINT:
            named = {_CONFLICT[0]}
        if named <= known:
            return False
        self.found |= known | named
        self._since = time.time()
        return True


def _insert(row: dict[str, Any], *, unique: bool) -> Ask:
    if not unique or not row.get("external_id"):
        return Ask("POST", body=row, prefer="return=minimal", repeatable=False)
    return Ask("POST", (_CONFLICT,), row, prefer="return=minimal,resolution=ignore-duplicates")


def _between(user_id: str, since: datetime, until: datetime, lacks: frozenset[str]) -> Ask:
    ends = ("end_time", f"gt.{utc(since)}")
    if "recurrence" not in lacks:
        ends = ("or", f'(end_time.gt."{utc(since)}",recurrence.not.is.null)')
    query = (
        ("user_id", f"eq.{user_id}"),
        ("start_time", f"lt.{utc(until)}"),
        ends,
        ("order", "start_time.asc"),
        ("limit", str(MOST_ROWS)),
    )
    return Ask("GET", query)


def _rows(reply: Reply) -> list[StoredEvent]:
    if reply.failure:
        raise reply.failure
    if not isinstance(reply.body, list):
        raise errors.unreadable("no list of events")
    try:
        return [stored(row) for row in cast("list[dict[str, Any]]", reply.body)]
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise errors.unreadable(f"{type(problem).__name__} in the list of events") from problem


def _written(reply: Reply, warnings: tuple[str, ...] = ()) -> Written:
    if reply.failure:
        unsure = ("It is not known whether this was carried out.",) if reply.doubtful else ()
        return Written(reply.status, None, reply.error, reply.failure, unsure)
    return Written(reply.status, warnings=warnings)
