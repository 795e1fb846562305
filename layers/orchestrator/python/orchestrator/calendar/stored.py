"""Rows of the store as what the rules work on: stretches of time taken, events to match, events to show."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import cast, get_args

from orchestrator.calendar.conflicts import Busy
from orchestrator.calendar.matching import Existing
from orchestrator.calendar.models import CalendarRequest, Category, Event, Priority
from orchestrator.calendar.phrases.series import instances
from orchestrator.calendar.phrases.zones import Zone, iana, like, named, of_instant
from orchestrator.calendar.ports import StoredEvent

_MOST = 5000
"""Instances of a series that are looked at: more than ten years of days."""


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A row at one of its times; a row that does not repeat has only one.

    `mine` are names of the caller.
    """

    row: StoredEvent
    start: datetime
    end: datetime
    zone: Zone
    mine: frozenset[str] = frozenset()

    @property
    def busy(self) -> Busy:
        """The stretch it takes."""
        return Busy(self.start, self.end, self.row.title, self.row.all_day)

    @property
    def existing(self) -> Existing:
        """What words are matched against."""
        row = self.row
        return Existing(
            row.id,
            row.title,
            self.start,
            self.end,
            self.zone,
            all_day=row.all_day,
            about=" ".join((row.location or "", *self._others)),
            told=row.description,
            category=row.category,
        )

    @property
    def _others(self) -> list[str]:
        # Who asks takes part in everything: his own name tells nothing apart.
        return [person for person in self.row.participants if person not in self.mine]


def occurrences(
    rows: Iterable[StoredEvent],
    since: datetime,
    until: datetime,
    caller: Zone | None = None,
    mine: frozenset[str] = frozenset(),
) -> list[Occurrence]:
    """Return when the events of `rows` take place between two moments, the earliest first.

    What names no zone of its own is where the `caller` is; `mine` are names of the caller.
    """
    found = [
        one for row in rows for one in _of(row, until, caller, mine) if one.start < until and one.end > since
    ]
    return sorted(found, key=lambda one: one.start.astimezone(UTC))


def _of(row: StoredEvent, until: datetime, caller: Zone | None, mine: frozenset[str]) -> Iterator[Occurrence]:
    zone = zone_of(row, caller)
    for start in _starts(row, zone, until):
        yield Occurrence(row, start, like(start, row.start, row.end, zone, all_day=row.all_day), zone, mine)


def _starts(row: StoredEvent, zone: Zone, until: datetime) -> Iterator[datetime]:
    first = row.start.astimezone(zone.tz)
    try:
        rule = _rule(row, first) if row.recurrence else None
    except (ValueError, TypeError, KeyError):
        rule = None  # not a rule of ours: its first time is all that is known
    if rule is None:
        yield first
        return
    for moment in islice(rule, _MOST):
        start = moment.replace(tzinfo=zone.tz)
        if start >= until:
            return
        yield start


def _rule(row: StoredEvent, first: datetime) -> Iterator[datetime]:
    # Counted on the wall clock, so that a change of the offset moves nothing; an end in UTC needs the zone.
    start = first.replace(tzinfo=None) if row.all_day else first
    return instances(row.recurrence or "", start)


def zone_of(row: StoredEvent, caller: Zone | None = None) -> Zone:
    """Return the zone a row is kept in: the named one, else the caller's, else that of its start."""
    zone = iana(row.zone) if row.zone else None
    if zone is None and row.zone:
        zone = next(iter(named(row.zone, row.start.date(), of_instant(row.start), None)), None)
    return zone or caller or of_instant(row.start)


def shown(found: Occurrence, start: datetime, end: datetime, request: CalendarRequest) -> Event:
    """Return a row as the document's event, at the time that is asked about or that it now has."""
    row, zone = found.row, found.zone
    return Event(
        title=row.title,
        description=row.description,
        start_time=start.astimezone(zone.tz),
        end_time=end.astimezone(zone.tz),
        location=row.location,
        category=cast("Category", row.category) if row.category in get_args(Category) else "other",
        user_id=request.user_id,
        created_at=row.created_at or request.timestamp,
        updated_at=row.updated_at or row.created_at or request.timestamp,
        priority=cast("Priority", row.priority) if row.priority in get_args(Priority) else "medium",
        participants=list(row.participants),
        amount=row.amount,
        currency=row.currency,
        timezone=zone.name,
        all_day=row.all_day,
        recurrence=row.recurrence,
        external_id=row.external_id,
    )
