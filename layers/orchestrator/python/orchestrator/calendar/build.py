"""One reading of every phrase becomes instants.

Rules: days are counted where the writer is, the clock is read in the event's zone; without a date it is the
first such clock time at or after the reference; hours and minutes last as they pass, days as the calendar
counts them; an end before its start crosses midnight if the event then lasts 12 hours at most, else it is
refused; no duration is 60 minutes, and said to be assumed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from orchestrator.calendar.outcomes import When
from orchestrator.calendar.phrases.days import Days, maybe_day
from orchestrator.calendar.phrases.durations import DEFAULT, Length
from orchestrator.calendar.phrases.readings import Reference, Unreadable
from orchestrator.calendar.phrases.series import Rule, series
from orchestrator.calendar.phrases.zones import Zone, at

_OVERNIGHT = timedelta(hours=12)
_DAY = timedelta(days=1)
_DAWN = time(5)


@dataclass(frozen=True, slots=True)
class Choice:
    """One reading of each phrase. `start` is missing for whole days.

    `half_assumed`: am or pm was assumed. `apart`: the last day belongs to the end, not to every day between.
    """

    days: Days | None
    rule: Rule | None
    start: time | None
    end: time | None
    zone: Zone
    length: Length | None = None
    part: str | None = None
    half_assumed: bool = False
    midnight: bool = False
    apart: bool = False


def build(choice: Choice, reference: Reference) -> list[When]:
    """Return when an event so read can be, best first.

    Raises:
        Unreadable: it would end before it starts, or never take place.
    """
    found: list[When] = []
    errors: list[Unreadable] = []
    for day, clock in _starts(choice, reference):
        try:
            found += [_checked(when, reference) for when in _placed(choice, day, clock, reference)]
        except Unreadable as error:
            errors.append(error)
    if errors and not found:
        raise errors[0]
    return found


def _starts(choice: Choice, reference: Reference) -> Iterator[tuple[date, time | None]]:
    """Yield the days and clock times the event can start on."""
    days, clock = choice.days, choice.start
    if clock is None or choice.rule or (days and (days.instant or days.wall)):
        yield (days.first if days else _today(choice, reference)), clock
    elif days is None:
        yield from _next(choice, clock, reference)
    elif choice.midnight or (clock < _DAWN and choice.part in {"night", "tonight"}):
        yield from _small_hours(choice, days, clock, reference)
    else:
        yield from _on(choice, days, clock, reference)


def _next(choice: Choice, clock: time, reference: Reference) -> Iterator[tuple[date, time]]:
    """Yield the next such clock time and, when am or pm is a guess that is over for today, the other half."""
    today = _today(choice, reference)
    day = next(
        day for step in range(3) if at(day := today + step * _DAY, clock, choice.zone)[0] >= reference.instant
    )
    other = clock.replace(hour=(clock.hour + 12) % 24)
    yield day, clock
    if choice.half_assumed and day > today and at(today, other, choice.zone)[0] >= reference.instant:
        yield today, other


def _on(choice: Choice, days: Days, clock: time, reference: Reference) -> Iterator[tuple[date, time]]:
    over = days.first == reference.today and at(days.first, clock, choice.zone)[0] < reference.instant
    if over and days.open_year and (later := _next_year(days.first)):
        yield later, clock
    if over and days.open_month:
        yield _next_month(days.first), clock
    other = clock.replace(hour=(clock.hour + 12) % 24)
    if over and choice.half_assumed and at(days.first, other, choice.zone)[0] >= reference.instant:
        yield days.first, other
    yield days.first, clock


def _small_hours(
    choice: Choice, days: Days, clock: time, reference: Reference
) -> Iterator[tuple[date, time]]:
    """Yield the night after the day; for another day than today, its own first hours are as likely."""
    if choice.part != "tonight" and days.first != reference.today:
        yield days.first, clock
    yield days.first + _DAY, clock


def _placed(choice: Choice, day: date, clock: time | None, reference: Reference) -> list[When]:
    if clock is None:
        return [_whole_days(choice, day)]
    if choice.rule:
        return [_series(choice, choice.rule, day, clock, reference)]
    moment = choice.days.instant if choice.days else None
    start, warning = (moment.astimezone(choice.zone.tz), None) if moment else at(day, clock, choice.zone)
    return [_timed(choice, variant, start, warning) for variant in _lengths(choice)]


def _whole_days(choice: Choice, day: date) -> When:
    count = (choice.length.days if choice.length else None) or 1
    last = choice.days.last if choice.days else None
    zone, assumed = choice.zone, () if choice.length or last else ("all_day",)
    if choice.rule:
        bound = series(choice.rule, day, time(), zone, all_day=True)
        day, last = bound.first, None
        rrule, instances = bound.rrule, bound.instances
    else:
        rrule, instances = None, ()
    after = last + _DAY if last else day + count * _DAY
    start, end = at(day, time(), zone)[0], at(after, time(), zone)[0]
    return When(start, end, zone, True, rrule, instances, assumed)


def _series(choice: Choice, rule: Rule, day: date, clock: time, reference: Reference) -> When:
    if choice.days and choice.days.last:
        rule = replace(rule, until=choice.days.last)
    bound = series(
        rule, day, clock, choice.zone, all_day=False, after=None if choice.days else reference.instant
    )
    start, warning = at(bound.first, clock, choice.zone)
    when = _timed(choice, None, start, warning)
    return replace(when, rrule=bound.rrule, instances=bound.instances)


def _lengths(choice: Choice) -> list[Rule | None]:
    """Tell the ways in which a clock time goes with several days: on each of them, or from first to last."""
    days = choice.days
    length = (choice.length.days if choice.length else None) or 1
    if days and length > 1 and not days.last and choice.end is None:
        return [Rule("DAILY", count=length), None]
    if days is None or days.last is None or choice.apart:
        return [None]
    return [Rule("DAILY", count=(days.last - days.first).days + 1), None]


def _timed(choice: Choice, daily: Rule | None, start: datetime, warning: str | None) -> When:
    end, assumed = _end(choice, start, daily=daily is not None)
    when = When(start, end, choice.zone, assumed=assumed, warnings=(warning,) if warning else ())
    if daily is None:
        return when
    bound = series(daily, start.date(), start.time(), choice.zone, all_day=False)
    return replace(when, rrule=bound.rrule, instances=bound.instances)


def _end(choice: Choice, start: datetime, *, daily: bool) -> tuple[datetime, tuple[str, ...]]:
    assumed = ("time",) if choice.half_assumed else ()
    last = choice.days.last if choice.days and not daily and not choice.rule else None
    if choice.end is not None:
        end = at(last or start.date(), choice.end, choice.zone)[0]
        if end <= start and not last:
            end = at(start.date() + _DAY, choice.end, choice.zone)[0]
            if end - start > _OVERNIGHT:
                raise Unreadable(f"It would end at {choice.end:%H:%M}, before it starts at {start:%H:%M}.")
        _agrees(choice, start, end)
        return end, assumed
    if choice.length and choice.length.days and not daily:
        return at(start.date() + choice.length.days * _DAY, start.time(), choice.zone)[0], (
            *assumed,
            "end_time",
        )
    if last:
        return at(last, start.time(), choice.zone)[0], (*assumed, "end_time")
    elapsed = choice.length.elapsed if choice.length else None
    end = (start.astimezone(UTC) + (elapsed or DEFAULT)).astimezone(choice.zone.tz)
    return end, assumed if elapsed else (*assumed, "duration")


def _agrees(choice: Choice, start: datetime, end: datetime) -> None:
    elapsed = choice.length.elapsed if choice.length else None
    if elapsed is not None and end.astimezone(UTC) - start.astimezone(UTC) != elapsed:
        raise Unreadable("Its end and its duration contradict each other.")


def _checked(when: When, reference: Reference) -> When:
    if when.end.astimezone(UTC) <= when.start.astimezone(UTC):
        raise Unreadable("It would end before it starts.")
    if when.all_day or when.start.astimezone(UTC) >= reference.instant.astimezone(UTC):
        return when
    return replace(when, warnings=(*when.warnings, "It begins before the time of the request."))


def _today(choice: Choice, reference: Reference) -> date:
    return reference.instant.astimezone(choice.zone.tz).date()


def _next_month(day: date) -> date:
    """Return the same day of the next month that has one."""
    firsts = (day.replace(day=1) + relativedelta(months=step) for step in (1, 2))
    return next(found for first in firsts if (found := maybe_day(first.year, first.month, day.day)))


def _next_year(day: date) -> date | None:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return None
