"""Days and the arithmetic of the calendar that the rules of date phrases are made of."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone

from dateutil.relativedelta import relativedelta

from orchestrator.calendar.phrases.readings import Reference, Unreadable, compiled
from orchestrator.calendar.phrases.words import WEEKDAY, normal, weekday


@dataclass(frozen=True, slots=True)
class Days:
    """One day, or the days from `first` to `last` (included).

    `part` is the part of the day that was named with it; `instant` a moment, where the phrase names one;
    `written` if it was written out with an offset; `wall` a wall time without a zone; `open_year`: no year
    was named, so the date comes back next year; `open_month`: nor a month.
    `vague`: a stretch of time (`next week`) in which no day was named; `ends`: yet its last day was.
    """

    first: date
    last: date | None = None
    part: str | None = None
    instant: datetime | None = None
    written: bool = False
    wall: datetime | None = None
    open_year: bool = False
    open_month: bool = False
    vague: bool = False
    ends: bool = False


def written_day(text: str) -> date:
    """Return the day of an ISO 8601 date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"There is no day {text}.") from None


def maybe_day(year: int, month_: int, day: int) -> date | None:
    """Return the day, or `None` when the month has no such day."""
    try:
        return date(year, month_, day)
    except ValueError:
        return None


def exact_day(year: int, month_: int, day: int) -> date:
    """Return the day, which has to exist."""
    if found := maybe_day(year, month_, day):
        return found
    raise Unreadable(f"There is no day {year:04}-{month_:02}-{day:02}.")


def dated(day: int, month_: int, year: str | None, reference: Reference) -> Days:
    """Return the named day or, without a year, the next such day: up to eight years ahead for 29 February."""
    if year:
        return Days(exact_day(int(year) + (2000 if len(year) == 2 else 0), month_, day))
    years = range(reference.today.year, reference.today.year + 9)
    for found in (maybe_day(candidate, month_, day) for candidate in years):
        if found and found >= reference.today:
            return Days(found, open_year=True)
    raise Unreadable(f"No year has a day {day} in month {month_}.")


def stepped(day: date, step: relativedelta) -> date:
    """Return the day a calendar step away; the last of its month where the month is shorter."""
    try:
        return day + step
    except (ValueError, OverflowError):
        raise Unreadable("That is further away than a calendar reaches.") from None


def later(days: Days, count: int) -> Days:
    """Return `days` moved by `count` days."""
    return replace(days, first=stepped(days.first, relativedelta(days=count)))


def weekday_alone(phrase: str | None) -> int | None:
    """Return 0 for Monday to 6 for Sunday where a phrase is nothing but a weekday: `on Friday`."""
    match = compiled(rf"(?:on )?({WEEKDAY})").fullmatch(normal(phrase or ""))
    return weekday(match[1]) if match else None


def bare_weekday(word: str, reference: Reference) -> Days:
    """Return the first such weekday strictly after today."""
    ahead = (weekday(word) - reference.today.weekday() - 1) % 7 + 1
    return Days(reference.today + timedelta(days=ahead))


def of_this_week(word: str, reference: Reference) -> Days:
    """Return that weekday of today's week, over or not; weeks begin on Monday."""
    return Days(reference.today + timedelta(days=weekday(word) - reference.today.weekday()))


def of_next_week(word: str, reference: Reference) -> Days:
    """Return that weekday of the week after this one."""
    return later(of_this_week(word, reference), 7)


def nth_in_month(first: date, nth: int, wanted: int | None) -> date:
    """Return the nth such weekday of the month (`None`: any day), counted from its end when `nth` is -1."""
    last = first + relativedelta(months=1, days=-1)
    days = [first + timedelta(days=step) for step in range(last.day)]
    fitting = [day for day in days if wanted is None or day.weekday() == wanted]
    if nth > len(fitting):
        raise Unreadable(f"{first:%B %Y} has no such day.")
    return fitting[nth - 1 if nth > 0 else nth]


def stretch(first: Days, last: date) -> Days:
    """Return the days from `first` to `last`, which must not lie before it."""
    if last < first.first:
        raise Unreadable(f"{last} is before {first.first}.")
    return replace(first, last=last, ends=True)


def offset_of(text: str) -> timezone:
    """Return the zone of an ISO 8601 offset."""
    if text == "z":
        return UTC
    shift = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-shift if text[0] == "-" else shift)
