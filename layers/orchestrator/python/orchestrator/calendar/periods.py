"""Stretches of time that are asked about: a month, the rest of the week, the next three days.

To show more than was meant harms nobody, so each has one reading here. What is booked, moved or cancelled is
read by `phrases.dates` alone, where such words are a question.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from dateutil.relativedelta import relativedelta

from orchestrator.calendar.phrases.dates import read_days
from orchestrator.calendar.phrases.days import Days
from orchestrator.calendar.phrases.readings import Forms, Reference, Unreadable
from orchestrator.calendar.phrases.words import MONTH, NUMBER, month, normal, number

Period = tuple[date, date]
_UNIT = r"(?:day|week|weekend|month|year)"
_LEAD = r"(?:(?:in|during|for|over|throughout|within|on) )?(?:all of )?"
JOIN = r"(?:and|&|to|until|till|through|-)"
"""What stands between the first and the last day of a stretch."""
UNTIL = r"(?:(?:(?:from )?(?:now|today) )?(?:until|till|til|through|up to))"
PERIODS: Forms[Period] = Forms()


def period(words: str, reference: Reference) -> Period | None:
    """Return the first and the last day of a stretch that is asked about; `None` for what is none."""
    words = normal(words)
    try:
        if found := PERIODS.read(words, reference):
            return found[0]
        if match := re.fullmatch(rf"{UNTIL} (?P<last>.+)", words):
            return _days("today", match["last"], reference)
        for match in re.finditer(rf" {JOIN} ", words):
            first = re.sub(r"^(?:between|from) ", "", words[: match.start()])
            if found := _days(first, words[match.end() :], reference):
                return found
    except (Unreadable, ValueError, OverflowError):
        pass
    return None


@PERIODS.form(
    rf"{_LEAD}(?:this |next |early |late )?(?P<month>(?!mar\b|may\b|march\b){MONTH})"
    r"(?:,? (?P<year>20\d\d))?"
)
@PERIODS.form(
    r"(?:in|during|over|throughout|for|this|next) (?:this |next |early |late )?(?P<month>mar(?:ch)?|may)"
    r"(?:,? (?P<year>20\d\d))?"
)
def _month(match: re.Match[str], reference: Reference) -> list[Period]:
    wanted, today = month(match["month"]), reference.today
    year = int(match["year"]) if match["year"] else today.year + (wanted < today.month)
    first = date(year, wanted, 1)
    return [(first, _before(first + relativedelta(months=1)))]


@PERIODS.form(
    rf"{_LEAD}(?:the )?(?:rest|remainder) of (?:the |this |my )?(?P<unit>{_UNIT}|(?P<month>{MONTH}))"
    r"|later this (?P<unit2>week|month|year)"
)
def _rest(match: re.Match[str], reference: Reference) -> list[Period]:
    today, unit = reference.today, match["unit"] or match["unit2"]
    if match["month"]:
        return [(max(first, today), last) for first, last in PERIODS.read(match["month"], reference)]
    first = today.replace(day=1)
    last = {
        "day": today,
        "month": _before(first + relativedelta(months=1)),
        "year": date(today.year, 12, 31),
    }.get(unit, today + timedelta(days=6 - today.weekday()))
    return [(today, last)]


@PERIODS.form(
    rf"{_LEAD}(?:the |my )?(?:next|coming|following|upcoming) (?P<n>{NUMBER}) (?P<unit>day|week|month)s?"
)
def _next(match: re.Match[str], reference: Reference) -> list[Period]:
    count = number(match["n"])
    step = {
        "day": relativedelta(days=count),
        "week": relativedelta(weeks=count),
        "month": relativedelta(months=count),
    }[match["unit"]]
    return [(reference.today, reference.today + step)]


@PERIODS.form(rf"{_LEAD}(?:the )?week after next")
def _week_after_next(_: re.Match[str], reference: Reference) -> list[Period]:
    monday = reference.today + timedelta(days=14 - reference.today.weekday())
    return [(monday, monday + timedelta(days=6))]


@PERIODS.form(rf"{_LEAD}last (?P<unit>week|month)")
def _last(match: re.Match[str], reference: Reference) -> list[Period]:
    today = reference.today
    if match["unit"] == "week":
        monday = today - timedelta(days=today.weekday() + 7)
        return [(monday, monday + timedelta(days=6))]
    first = today.replace(day=1)
    return [(first - relativedelta(months=1), _before(first))]


def _days(first: str, last: str, reference: Reference) -> Period | None:
    """Return the days from one to another; a weekday before the first is that of the week after."""
    begin, end = _one(first, reference), _one(last, reference)
    if begin is None or end is None:
        return None
    start, stop = begin.first, end.last or end.first
    if stop < start and stop + timedelta(days=7) >= start:
        stop += timedelta(days=7)
    return (start, stop) if start <= stop else None


def _one(words: str, reference: Reference) -> Days | None:
    if whole := next(iter(PERIODS.read(words, reference)), None):
        return Days(*whole)
    return next(iter(read_days(words, reference)), None)


def _before(day: date) -> date:
    return day - timedelta(days=1)
