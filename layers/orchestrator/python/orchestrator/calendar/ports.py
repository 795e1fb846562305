"""What the calendar needs from outside: the table of events."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from orchestrator.calendar.models import Event
from orchestrator.errors import OrchestratorError


@dataclass(frozen=True, slots=True)
class Written:
    """What the store answered to one write. `status` is its HTTP status, 0 when it never answered.

    `data` is `None` unless the row was asked for; `failure` says why the write did not happen, `error` what
    the store itself said (without secrets); `warnings` what was written otherwise than asked. `doubtful`: a
    failure that may have been carried out nevertheless.
    """

    status: int
    data: Any = None
    error: Any = None
    failure: OrchestratorError | None = None
    warnings: tuple[str, ...] = ()
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """One row, read back. `id` is the store's own key; `zone` the name kept beside the instants.

    Rows of other makes may lack anything below `end`.
    """

    id: str
    title: str
    start: datetime
    end: datetime
    zone: str | None = None
    all_day: bool = False
    recurrence: str | None = None
    external_id: str | None = None
    description: str = ""
    location: str | None = None
    category: str | None = None
    priority: str | None = None
    participants: tuple[str, ...] = ()
    amount: float | None = None
    currency: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Copy:
    """One row of an event that may have several: the store's own key, and whose calendar it is in."""

    id: str
    owner: str


class EventStore(Protocol):
    """The system of record. `deadline` is on the event loop's clock: nothing is tried after it.

    A failed write is an answer (`Written.failure`), not an exception: each event succeeds or fails alone.
    """

    async def insert(self, event: Event, *, owner: str, deadline: float) -> Written:
        """Write one row for `owner`; a row with the same owner and `external_id` is left as it is."""
        ...

    async def between(
        self, user_id: str, since: datetime, until: datetime, *, deadline: float
    ) -> Sequence[StoredEvent]:
        """Return the user's events that meet the stretch, the earliest first.

        A series is one row and is returned whenever it may have an instance in the stretch: with its first
        instance's time and its rule.

        Raises:
            VendorError: the store refused, did not answer, or holds more than it can give.
            NotConfigured: there is no store.
        """
        ...

    async def copies(self, external_id: str, *, deadline: float) -> Sequence[Copy]:
        """Return an event's rows, one for each user who has it, in the order of their ids.

        Raises:
            VendorError: the store refused or did not answer.
            NotConfigured: there is no store.
        """
        ...

    async def move(
        self, user_id: str, event_id: str, start: datetime, end: datetime, *, deadline: float
    ) -> Written:
        """Give one of the user's events another time; `NotFound` is the failure when there is none."""
        ...

    async def remove(self, user_id: str, event_id: str, *, deadline: float) -> Written:
        """Delete one of the user's events; `NotFound` is the failure when there is none."""
        ...
