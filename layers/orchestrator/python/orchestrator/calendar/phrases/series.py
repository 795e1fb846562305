"""The instances that a recurrence rule has in the event's own zone, and its text after RFC 5545."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice

from orchestrator.calendar.phrases.readings import Unreadable
from orchestrator.calendar.phrases.zones import Zone, at

CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
"""The weekdays as RFC 5545 writes them."""
_LIMIT = 4000
"""Instances looked at before a rule counts as having none: more than ten years of days."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A recurrence before it is bound to a first day. `part`: a part of the day named with it."""

    freq: str
    interval: int = 1
    days: tuple[str, ...] = ()
    month_day: int | str | None = None
    month: int | str | None = None
    count: int | None = None
    until: date | None = None
    part: str | None = None

    def text(self, until: str | None = None) -> str:
        """Return the RFC 5545 value; `until` is the last moment as the event's kind of value wants it."""
        parts = {
            "FREQ": self.freq,
            "INTERVAL": self.interval if self.interval > 1 else None,
            "BYMONTH": self.month,
            "BYMONTHDAY": self.month_day,
            "BYDAY": ",".join(self.days) or None,
            "COUNT": self.count,
            "UNTIL": until,
        }
        return ";".join(f"{key}={value}" for key, value in parts.items() if value is not None)


@dataclass(frozen=True, slots=True)
class Series:
    """A rule bound to its first day: RFC 5545 text and the next instances."""

    rrule: str
    first: date
    instances: tuple[datetime, ...]


def series(
    rule: Rule, start: date, clock: time, zone: Zone, *, all_day: bool, after: datetime | None = None
) -> Series:
    """Return the series of `rule` from its first instance on or after `start` (not before `after`).

    Raises:
        Unreadable: the rule has no instance, ends before its first, or goes on where no calendar reaches.
    """
    try:
        return _series(rule, start, clock, zone, all_day=all_day, after=after)
    except (ValueError, OverflowError):
        raise Unreadable("That is further away than a calendar reaches.") from None


def _series(
    rule: Rule, start: date, clock: time, zone: Zone, *, all_day: bool, after: datetime | None
) -> Series:
    bare = replace(rule, interval=1, count=None, until=None).text()
    days = (moment.date() for moment in islice(instances(bare, datetime.combine(start, clock)), _LIMIT))
    first = next((day for day in days if after is None or at(day, clock, zone)[0] >= after), None)
    if first is None or (rule.until and rule.until < first):
        raise Unreadable("The series ends before it begins.")
    if rule.freq == "WEEKLY" and not rule.days:
        rule = replace(rule, days=(CODES[first.weekday()],))
    text = rule.text(_until(rule.until, zone, all_day=all_day) if rule.until else None)
    return Series(text, first, tuple(islice(_instances(rule, first, clock, zone), 5)))


def _instances(rule: Rule, first: date, clock: time, zone: Zone) -> Iterator[datetime]:
    # Counted on the wall clock and placed in the zone one by one: a change of the offset moves none of them.
    bare = replace(rule, until=None).text()
    for moment in instances(bare, datetime.combine(first, clock)):
        if rule.until and moment.date() > rule.until:
            return
        yield at(moment.date(), moment.time(), zone)[0]


def instances(rule: str, first: datetime) -> Iterator[datetime]:
    """Return the moments of an RFC 5545 rule from `first` on, on the clock that `first` is on.

    Raises:
        ValueError: it is no such rule.
    """
    from dateutil.rrule import rrulestr  # 8 ms to import, and most events do not repeat

    return iter(rrulestr(rule, dtstart=first))


def _until(day: date, zone: Zone, *, all_day: bool) -> str:
    """Return the bound as RFC 5545 wants it: a date for whole days, else UTC."""
    if all_day:
        return f"{day:%Y%m%d}"
    last = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone.tz) - timedelta(seconds=1)
    return f"{last.astimezone(UTC):%Y%m%dT%H%M%SZ}"
