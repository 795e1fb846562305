"""The calendar's table of events at Supabase: `EventStore` over PostgREST.

Written for tables made by `docs/supabase.sql` and for those that people made by the document: a column of
ours that the table lacks is left out from then on, with a warning; a table without `tenant` is the default
tenant's alone. Where `external_id` is unique for each user, a repeated insert leaves the first row alone;
elsewhere an insert is not repeated once it may have been carried out.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

from orchestrator.calendar.models import Event
from orchestrator.calendar.ports import Copy, StoredEvent, Written
from orchestrator.errors import NotFound, VendorError
from orchestrator.integrations import supabase_errors as errors
from orchestrator.integrations.postgrest import ONE_ROW, READ_TIMEOUT, Ask, Credentials, Reply, Table
from orchestrator.integrations.supabase_lacks import UNIQUE, Lacks
from orchestrator.integrations.supabase_rows import TENANT, lost, row_of, stored, utc
from orchestrator.tenancy import DEFAULT_TENANT

MOST_ROWS = 1000
"""Rows of one answer: Supabase gives no more by default; a project may be set to fewer."""
MOST_PAGES = 10
"""Answers that one look at a calendar is put together from."""
_CONFLICT = ("on_conflict", "user_id,external_id")
_Row = TypeVar("_Row")
_Asking = Callable[[frozenset[str]], Ask]
"""Makes a request that does without what the table lacks."""


class SupabaseEvents:
    """`EventStore` on the rows of one tenant in one table; see `orchestrator.calendar.ports`."""

    def __init__(self, url: str, credentials: Credentials, *, read_timeout: float = READ_TIMEOUT) -> None:
        """Connect nothing yet. `url` is the table's, empty when none is configured."""
        self._table = Table(url, credentials, read_timeout=read_timeout)
        self._lacks = Lacks()
        self._tenant = DEFAULT_TENANT

    def of(self, tenant: str) -> SupabaseEvents:
        """Return the rows of another tenant; the connections are the same."""
        other = copy(self)
        other._tenant = tenant
        return other

    async def insert(self, event: Event, *, owner: str, deadline: float) -> Written:
        """Write one row for `owner`, without what the table has no column for."""

        def asking(lacks: frozenset[str]) -> Ask:
            return _insert(row_of(event, self._tenant, owner, lacks), unique=UNIQUE not in lacks)

        # A row that names no tenant is the default one's, whatever columns the table has got meanwhile.
        reply, lacks = await self._send(asking, deadline, self._lacks.recent())
        return _written(reply, lost(event, lacks))

    async def between(
        self, user_id: str, since: datetime, until: datetime, *, deadline: float
    ) -> Sequence[StoredEvent]:
        """Return the user's events that meet the stretch, and every series that began before its end."""
        rows, first = list[StoredEvent](), None
        for _ in range(MOST_PAGES):
            page, total = await self._page(user_id, since, until, first, deadline)
            # A page begins where the last one ended, so that no row is lost among those of one start.
            known = {row for row in rows if row.start == first}
            new = [row for row in page if row not in known]
            rows += new
            if len(page) >= total:
                return rows
            if not new:
                break
            first = page[-1].start
        raise errors.too_many(len(rows))

    async def _page(
        self, user_id: str, since: datetime, until: datetime, first: datetime | None, deadline: float
    ) -> tuple[list[StoredEvent], int]:
        """Return the earliest rows that begin at `first` or later, and how many there are."""

        def asking(lacks: frozenset[str]) -> Ask:
            later = [] if first is None else [("start_time", f"gte.{utc(first)}")]
            return _between([*self._whose(user_id, lacks), *later], since, until, lacks)

        # The tenant is asked for every time: when a table gets the column, the rows that others write into it
        # from then on are seen by nobody else, whatever was remembered.
        reply, _ = await self._send(asking, deadline, self._lacks.recent() - {TENANT})
        page = _rows(reply, stored)
        # Who leaves the number out has no more, unless the answer is full.
        unsaid = len(page) + (len(page) >= MOST_ROWS)
        return page, unsaid if reply.total is None else reply.total

    async def copies(self, external_id: str, *, deadline: float) -> Sequence[Copy]:
        """Return the rows of the tenant that stand for one event."""

        def asking(lacks: frozenset[str]) -> Ask:
            named = ("external_id", f"eq.{external_id}")
            query = (*self._ours(lacks), named, ("select", "id,user_id"), ("order", "user_id.asc"))
            return Ask("GET", query)

        reply, _ = await self._send(asking, deadline, frozenset())  # nothing remembered, as above
        return _rows(reply, lambda row: Copy(str(row["id"]), str(row["user_id"])))

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

        def asking(lacks: frozenset[str]) -> Ask:
            # The row is asked back to see that there was one; `id` keeps that short.
            query = (("id", f"eq.{event_id}"), *self._whose(user_id, lacks), ("select", "id"))
            return Ask(method, query, body, prefer="return=representation", accept=ONE_ROW)

        reply, _ = await self._send(asking, deadline, frozenset())  # nothing remembered, as above
        return reply

    def _whose(self, user_id: str, lacks: frozenset[str]) -> list[tuple[str, str]]:
        """Return the filters for a user's rows."""
        return [*self._ours(lacks), ("user_id", f"eq.{user_id}")]

    def _ours(self, lacks: frozenset[str]) -> list[tuple[str, str]]:
        """Return the filter for the tenant's rows."""
        return [] if TENANT in lacks else [(TENANT, f"eq.{self._tenant}")]

    async def _send(
        self, asking: _Asking, deadline: float, lacks: frozenset[str]
    ) -> tuple[Reply, frozenset[str]]:
        """Ask, and again for as long as the answer names more that the table lacks; return that as well."""
        if self._tenant != DEFAULT_TENANT:
            lacks -= {TENANT}
        while True:
            reply = await self._table.send(asking(lacks), deadline)
            named = self._lacks.learn(reply)
            if TENANT in named and self._tenant != DEFAULT_TENANT:
                return replace(reply, failure=errors.no_tenants(), doubtful=False), lacks
            if named <= lacks:
                return reply, lacks
            lacks |= named


def _insert(row: dict[str, Any], *, unique: bool) -> Ask:
    if not unique or not row.get("external_id"):
        return Ask("POST", body=row, prefer="return=minimal", repeatable=False)
    return Ask("POST", (_CONFLICT,), row, prefer="return=minimal,resolution=ignore-duplicates")


def _between(
    whose: Sequence[tuple[str, str]], since: datetime, until: datetime, lacks: frozenset[str]
) -> Ask:
    ends = ("end_time", f"gt.{utc(since)}")
    if "recurrence" not in lacks:
        ends = ("or", f'(end_time.gt."{utc(since)}",recurrence.not.is.null)')
    query = (
        *whose,
        ("start_time", f"lt.{utc(until)}"),
        ends,
        ("order", "start_time.asc"),
        ("limit", str(MOST_ROWS)),
    )
    return Ask("GET", query, prefer="count=exact")


def _rows(reply: Reply, read: Callable[[dict[str, Any]], _Row]) -> list[_Row]:
    if reply.failure:
        raise reply.failure
    if not isinstance(reply.body, list):
        raise errors.unreadable("no list of events")
    try:
        return [read(row) for row in cast("list[dict[str, Any]]", reply.body)]
    except (KeyError, TypeError, ValueError, AttributeError) as problem:
        raise errors.unreadable(f"{type(problem).__name__} in the list of events") from problem


def _written(reply: Reply, warnings: tuple[str, ...] = ()) -> Written:
    if reply.failure:
        unsure = ("It is not known whether this was carried out.",) if reply.doubtful else ()
        return Written(reply.status, None, reply.error, reply.failure, unsure, reply.doubtful)
    return Written(reply.status, warnings=warnings)
