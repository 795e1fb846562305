"""Events that meet others of the user's, and when they would not.

Rules: an event that only touches another does not meet it; every shown instance of a series counts; an
all-day event meets what is all day as well. The alternatives last as long, are free, and are not over: the
nearest on the same day between 08:00 and 20:00 (or in the event's own hours, if it is outside of these),
then the same hour on the days after. Of a series the first time is shown, and all shown instances are free.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from orchestrator.calendar.models import ConflictReport, Slot
from orchestrator.calendar.outcomes import When
from orchestrator.calendar.phrases.readings import Reference
from orchestrator.calendar.phrases.zones import at, like

ALTERNATIVES = 3
MOST_NAMED = 50
"""Events that are named of those that one event meets: a year meets thousands."""
_STEP = timedelta(minutes=15)
_OPEN, _CLOSE = time(8), time(20)
_DAYS_AHEAD = 60


@dataclass(frozen=True, slots=True)
class Busy:
    """A stretch in which the user is taken, and by what."""

    start: datetime
    end: datetime
    title: str = ""
    all_day: bool = False


def meeting(when: When, busy: Sequence[Busy]) -> list[Busy]:
    """Return what an event meets, in the order of `busy`."""
    times = [_span(start, _end(when, start)) for start in when.instances or (when.start,)]
    same_kind = [(taken, _span(taken.start, taken.end)) for taken in busy if taken.all_day == when.all_day]
    return [taken for taken, span in same_kind if any(_meet(time, span) for time in times)]


def report(
    index: int, when: When, busy: Sequence[Busy], reference: Reference, others: Sequence[Busy] = ()
) -> ConflictReport | None:
    """Return what event `index` meets and three alternatives; `None` when it meets nothing.

    The alternatives keep clear of `others` as well: what else the text asks for.
    """
    met = meeting(when, busy)
    if not met:
        return None
    free = islice(alternatives(when, [*busy, *others], reference), ALTERNATIVES)
    return ConflictReport(
        event=index, with_events=[taken.title for taken in met[:MOST_NAMED]], alternatives=list(free)
    )


def alternatives(when: When, busy: Sequence[Busy], reference: Reference) -> Iterator[Slot]:
    """Yield the free times of the event's length, the nearest first."""
    length = when.end.astimezone(UTC) - when.start.astimezone(UTC)
    taken = [_span(other.start, other.end) for other in busy if other.all_day == when.all_day]
    for start in _candidates(when, length):
        over = start.astimezone(UTC) < reference.instant.astimezone(UTC)
        times = [(one, _end(when, one)) for one in _moved(when, start)]
        spans = [_span(*time) for time in times]
        if not over and not any(_meet(span, other) for other in taken for span in spans):
            yield Slot(start_time=start, end_time=times[0][1])


def _moved(when: When, start: datetime) -> list[datetime]:
    """Return the times of an event that begins at `start`: a series moves as a whole, by the wall clock."""
    by = start.replace(tzinfo=None) - when.start.replace(tzinfo=None)
    walls = [one.replace(tzinfo=None) + by for one in when.instances[1:]]
    return [start, *(at(wall.date(), wall.time(), when.zone)[0] for wall in walls)]


def _candidates(when: When, length: timedelta) -> Iterator[datetime]:
    first = when.start.date()
    if not when.all_day:
        yield from _same_day(when, length)
    for step in range(1, _DAYS_AHEAD):
        yield at(first + timedelta(days=step), when.start.time(), when.zone)[0]


def _same_day(when: When, length: timedelta) -> list[datetime]:
    day = when.start.date()
    opens, closes = _hours(when, day)
    steps = int((closes - opens) / _STEP)
    starts = [(opens + step * _STEP).astimezone(when.zone.tz) for step in range(steps + 1)]
    fitting = [start for start in starts if start.astimezone(UTC) + length <= closes]
    here = when.start.astimezone(UTC)
    # Of two that are equally near the later one comes first: people rather wait than hurry.
    return sorted(
        fitting, key=lambda start: (abs(start.astimezone(UTC) - here), start.astimezone(UTC) < here)
    )


def _hours(when: When, day: date) -> tuple[datetime, datetime]:
    opens, closes = (at(day, clock, when.zone)[0].astimezone(UTC) for clock in (_OPEN, _CLOSE))
    start, end = when.start.astimezone(UTC), when.end.astimezone(UTC)
    margin = timedelta(hours=3)
    return (opens, closes) if opens <= start and end <= closes else (start - margin, end + margin)


def _end(when: When, start: datetime) -> datetime:
    return like(start, when.start, when.end, when.zone, all_day=when.all_day)


def _span(start: datetime, end: datetime) -> tuple[datetime, datetime]:
    # In one zone: to compare the moments of two costs ten times as much, and there are many.
    return start.astimezone(UTC), end.astimezone(UTC)


def _meet(one: tuple[datetime, datetime], other: tuple[datetime, datetime]) -> bool:
    return one[0] < other[1] and other[0] < one[1]
