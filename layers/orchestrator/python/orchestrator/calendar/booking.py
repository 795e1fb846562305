"""Booking events: what they meet, whether they are refused for it, and their rows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from orchestrator.calendar.models import CalendarRequest, ConflictReport, Event, InsertResult, Operation
from orchestrator.calendar.outcomes import When
from orchestrator.calendar.ports import EventStore, Written
from orchestrator.calendar.stored import Occurrence, occurrences
from orchestrator.errors import Conflict, NotConfigured, OrchestratorError, Unavailable, VendorError

T = TypeVar("T")
_log = logging.getLogger(__name__)
AT_ONCE = 5
"""Requests to the store at the same time."""
AHEAD = timedelta(days=14)
"""How far behind the last event the store is read, to know which alternatives are free."""
LOOKING = 5.0
"""Seconds for reading what is in the way: to know it is good, to book is what was asked for."""
UNSEEN = "The calendar could not be read: whether anything is in the way is not known."


@dataclass(frozen=True, slots=True)
class Planned:
    """An event on its way into the store; `index` is its place in the text."""

    index: int
    event: Event


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one event of the text: a result for each row written, and why it failed, if it did.

    `repeatable`: sent again, the same words find the event as it was and do what was left undone.
    `nameless`: what was asked for, where nothing is called so and `events` are all there is at that time.
    """

    index: int
    results: tuple[InsertResult, ...] = ()
    events: tuple[Event, ...] = ()
    warnings: tuple[str, ...] = ()
    failure: OrchestratorError | None = None
    operation: Operation = "create"
    repeatable: bool = False
    nameless: str | None = None


async def look(
    store: EventStore, user_id: str, whens: Sequence[When], deadline: float
) -> tuple[list[Occurrence], list[str]]:
    """Return when the user is taken around `whens`, and a warning if that could not be found out."""
    since = min(min(when.instances, default=when.start) for when in whens) - timedelta(days=1)
    until = max(_last(when) for when in whens) + AHEAD
    deadline = min(deadline, asyncio.get_running_loop().time() + LOOKING)
    try:
        rows = await store.between(user_id, since, until, deadline=deadline)
    except (VendorError, NotConfigured, Unavailable) as error:
        _log.warning("conflicts are not looked for: %s", error.message)
        return [], [UNSEEN]
    return occurrences(rows, since, until), []


def rejected(conflict: ConflictReport, title: str) -> Done:
    """Return the refusal of an event that meets others."""
    met = ", ".join(f"'{other}'" for other in conflict.with_events)
    error = Conflict(
        f"It meets {met}.", hint="Choose one of the alternatives, or send it with on_conflict=book."
    )
    return failed(conflict.event, title, 409, error)


def failed(index: int, title: str, status: int, error: OrchestratorError) -> Done:
    """Return what became of an event that never reached the store."""
    result = InsertResult(success=False, status_code=status, event_title=title, error=error.message)
    return Done(index, (result,), failure=error)


async def at_once(work: Iterable[Awaitable[T]]) -> list[T]:
    """Return what each piece of work gives, in its order; at most five are done at the same time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(piece: Awaitable[T]) -> T:
        async with gate:
            return await piece

    return list(await asyncio.gather(*(one(piece) for piece in work)))


async def write(
    store: EventStore, planned: Sequence[Planned], request: CalendarRequest, deadline: float
) -> list[Done]:
    """Write the rows of all events, at most five at a time; each succeeds or fails alone."""
    asked = [(one, owner) for one in planned for owner in _owners(one.event, request)]
    work = (store.insert(one.event, owner=owner, deadline=deadline) for one, owner in asked)
    rows: dict[int, list[tuple[str, Written]]] = {one.index: [] for one in planned}
    for (one, owner), written in zip(asked, await at_once(work), strict=True):
        rows[one.index].append((owner, written))
    shared = request.fanout == "participants"
    return [done_of(one.index, one.event, rows[one.index], shared=shared) for one in planned]


def _owners(event: Event, request: CalendarRequest) -> list[str]:
    if request.fanout == "owner":
        return [request.user_id]
    return [person.user_id for person in event.participants_detail]


def done_of(
    index: int,
    event: Event,
    rows: Sequence[tuple[str, Written]],
    *,
    shared: bool,
    operation: Operation = "create",
) -> Done:
    """Return what became of `event`, given whose rows were written; `shared`: the results name them."""
    results = tuple(
        _result(written, event.title, user_id=owner if shared else None) for owner, written in rows
    )
    failure = next((written.failure for _, written in rows if written.failure), None)
    events = (event,) if any(result.success for result in results) else ()
    warnings = tuple(warning for _, written in rows for warning in written.warnings)
    return Done(index, results, events, warnings, failure, operation)


def _result(written: Written, title: str, *, user_id: str | None) -> InsertResult:
    """Return the documented result of one write."""
    failure = written.failure
    error = written.error if written.error is not None or failure is None else failure.message
    return InsertResult(
        success=failure is None,
        status_code=written.status,
        event_title=title,
        data=written.data,
        error=error,
        user_id=user_id,
    )


def _last(when: When) -> datetime:
    return max((when.end, *when.instances), key=lambda moment: moment.astimezone(UTC))


def within(found: ConflictReport | None, when: When) -> ConflictReport | None:
    """Leave out alternatives beyond what was read of the store: nobody knows whether they are free."""
    if found is None:
        return None
    known = _last(when).astimezone(UTC) + AHEAD
    free = [slot for slot in found.alternatives if slot.end_time.astimezone(UTC) <= known]
    return found.model_copy(update={"alternatives": free})
