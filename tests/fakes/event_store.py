"""The table of events as a list: what Supabase would do with it, as far as the port promises."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import uuid4

from orchestrator.calendar.models import Event
from orchestrator.calendar.ports import Copy, StoredEvent, Written
from orchestrator.errors import NotFound, VendorError


@dataclass
class MemoryEvents:
    """`failures` are used up by the next writes, one each; `down` fails every read; `writes` counts.

    `rows` are whose they are (tenant and user) and what is in them.
    """

    tenant: str = "default"
    rows: list[tuple[tuple[str, str], StoredEvent]] = field(default_factory=list)
    failures: list[VendorError] = field(default_factory=list)
    down: VendorError | None = None
    writes: int = 0

    def of(self, tenant: str) -> "MemoryEvents":
        other = copy(self)
        other.tenant = tenant
        return other

    async def insert(self, event: Event, *, owner: str, deadline: float) -> Written:
        if failed := self._failed():
            return failed
        known = {(user, row.external_id) for (_, user), row in self.rows if row.external_id}
        if (owner, event.external_id) not in known:
            self.rows.append(((self.tenant, owner), _stored(event, uuid4().hex)))
        return Written(201)

    async def between(
        self, user_id: str, since: datetime, until: datetime, *, deadline: float
    ) -> Sequence[StoredEvent]:
        if self.down:
            raise self.down
        whose = (self.tenant, user_id)
        mine = [row for owner, row in self.rows if owner == whose and row.start < until]
        return sorted((row for row in mine if row.end > since or row.recurrence), key=lambda row: row.start)

    async def copies(self, external_id: str, *, deadline: float) -> Sequence[Copy]:
        if self.down:
            raise self.down
        rows = [(whose, row) for whose, row in self.rows if row.external_id == external_id]
        found = [Copy(row.id, user) for (tenant, user), row in rows if tenant == self.tenant]
        return sorted(found, key=lambda copy: copy.owner)

    async def move(
        self, user_id: str, event_id: str, start: datetime, end: datetime, *, deadline: float
    ) -> Written:
        if failed := self._failed():
            return failed
        return self._replace(user_id, event_id, start.astimezone(UTC), end.astimezone(UTC))

    async def remove(self, user_id: str, event_id: str, *, deadline: float) -> Written:
        return self._failed() or self._replace(user_id, event_id)

    def _failed(self) -> Written | None:
        self.writes += 1
        if not self.failures:
            return None
        failure = self.failures.pop(0)
        error = {"code": None, "message": failure.message, "details": None, "hint": None}
        return Written(503, error=error, failure=failure)

    def _replace(self, user_id: str, event_id: str, *times: datetime) -> Written:
        for index, (whose, row) in enumerate(self.rows):
            if (whose, row.id) == ((self.tenant, user_id), event_id):
                self.rows[index : index + 1] = (
                    [(whose, replace(row, start=times[0], end=times[1], updated_at=datetime.now(UTC)))]
                    if times
                    else []
                )
                return Written(200)
        said = {
            "code": "PGRST116",
            "message": "no row",
            "details": "The result contains 0 rows",
            "hint": None,
        }
        return Written(406, error=said, failure=NotFound("There is no such event in the table."))


def _stored(event: Event, row_id: str) -> StoredEvent:
    return StoredEvent(
        id=row_id,
        title=event.title,
        start=event.start_time.astimezone(UTC),
        end=event.end_time.astimezone(UTC),
        zone=event.timezone,
        all_day=event.all_day,
        recurrence=event.recurrence,
        external_id=event.external_id,
        description=event.description,
        location=event.location,
        category=event.category,
        priority=event.priority,
        participants=tuple(event.participants),
        amount=event.amount,
        currency=event.currency,
        created_at=event.created_at.astimezone(UTC),
        updated_at=event.updated_at.astimezone(UTC),
    )
