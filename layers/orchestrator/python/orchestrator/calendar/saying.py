"""When an event is, in words for people."""

from __future__ import annotations

from datetime import date, datetime, timedelta

_MOMENT = timedelta(microseconds=1)


def said(start: datetime, end: datetime, zone: str, *, all_day: bool) -> str:
    """Return a time as `Thursday, July 24, 2025, 10:00 to 11:00 (UTC)`; days by their first and last."""
    first, last = start.date(), (end - _MOMENT).date()
    if all_day:
        days = _day(first) if first == last else f"{_day(first)} to {_day(last)}"
        return f"{days}, all day ({zone})"
    until = f"{end:%H:%M}" if end.date() == first else f"{_day(end.date())}, {end:%H:%M}"
    return f"{_day(first)}, {start:%H:%M} to {until} ({zone})"


def _day(day: date) -> str:
    return f"{day:%A, %B} {day.day}, {day.year}"
