"""Days that are named by their place in the calendar: `July 23rd`, `the 15th`, `3/4`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from dateutil.relativedelta import relativedelta

from orchestrator.calendar.phrases.days import (
    Days,
    bare_weekday,
    dated,
    exact_day,
    maybe_day,
    nth_in_month,
    offset_of,
    stepped,
    stretch,
    written_day,
)
from orchestrator.calendar.phrases.readings import Forms, Reference, Unreadable
from orchestrator.calendar.phrases.words import (
    DAY,
    MONTH,
    NTH_DAY,
    ORDINAL,
    WEEKDAY,
    day_number,
    month,
    ordinal,
    weekday,
)

CALENDAR_DATES: Forms[Days] = Forms()
_YEAR = r"(?:,? ?(?P<year>(?:19|20)\d\d)(?!:))?"
_ISO_DAY, _ISO_CLOCK = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?"
_MONTH_REF = rf"(?:(?P<month>{MONTH}){_YEAR}|(?:the )?(?P<ref>this|next|the) month|(?P<bare>month))"


@CALENDAR_DATES.form(
    rf"(?P<day>{_ISO_DAY})t(?P<clock>{_ISO_CLOCK})(?: ?(?P<zone>z|[+-](?:0\d|1[0-4]):?\d\d))?"
)
# Behind a space, "10:00-12:00" is a range and no offset.
@CALENDAR_DATES.form(
    rf"(?P<day>{_ISO_DAY}) (?P<clock>{_ISO_CLOCK})(?: ?(?P<zone>z|\+(?:0\d|1[0-4]):?\d\d))?(?! ?-)"
)
def _iso_moment(match: re.Match[str], _: Reference) -> list[Days]:
    wall = datetime.fromisoformat(f"{written_day(match['day'])}T{match['clock']}")
    if not match["zone"]:
        return [Days(wall.date(), wall=wall)]
    return [Days(wall.date(), instant=wall.replace(tzinfo=offset_of(match["zone"])), written=True)]


@CALENDAR_DATES.form(r"(?P<year>\d{4})[-/](?P<month>\d\d?)[-/](?P<day>\d\d?)")
def _iso_day(match: re.Match[str], _: Reference) -> list[Days]:
    return [Days(exact_day(int(match["year"]), int(match["month"]), int(match["day"])))]


@CALENDAR_DATES.form(
    rf"(?:(?:on )?(?P<weekday>{WEEKDAY}),? )?(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{{4}}|\d\d)?"
)
def _dotted(match: re.Match[str], reference: Reference) -> list[Days]:
    found = dated(int(match["day"]), int(match["month"]), match["year"], reference)
    return _also_called(found, match["weekday"], reference)


def _also_called(found: Days, weekday_word: str | None, reference: Reference) -> list[Days]:
    """Return a date and, where it is said to be on another weekday, that one as well."""
    if weekday_word and found.first.weekday() != weekday(weekday_word):
        return [found, bare_weekday(weekday_word, reference)]
    return [found]


@CALENDAR_DATES.form(r"(?P<one>\d\d?)[/-](?P<two>\d\d?)[/-](?P<year>\d{4}|\d\d)|(?P<a>\d\d?)/(?P<b>\d\d?)")
def _slashed(match: re.Match[str], reference: Reference) -> list[Days]:
    one, two = int(match["one"] or match["a"]), int(match["two"] or match["b"])
    american = (reference.locale or "").replace("_", "-").upper() in {"EN-US", "US"}
    orders = [(two, one)] if american else [(one, two)]
    if one > 12 or two > 12 or one == two:
        orders = [(max(one, two), min(one, two))] if one != two else [(one, two)]
    elif not reference.locale:
        orders = [(two, one), (one, two)]
    found = [dated(day, month_, match["year"], reference) for day, month_ in orders]
    return sorted(found, key=lambda days: days.first)  # of two readings the sooner is the likelier


@CALENDAR_DATES.form(
    rf"(?:on )?(?:(?:this |next )?(?P<weekday>{WEEKDAY}),? )?(?:the )?"
    rf"(?:(?P<month>{MONTH}) (?:the )?(?P<day>{DAY})"
    rf"|(?P<day2>{DAY}) (?:of )?(?P<month2>{MONTH})){_YEAR}"
)
def _named_month(match: re.Match[str], reference: Reference) -> list[Days]:
    day, month_ = day_number(match["day"] or match["day2"]), month(match["month"] or match["month2"])
    found = dated(day, month_, match["year"], reference)
    if match["weekday"] and found.first.weekday() != weekday(match["weekday"]):
        return [found, bare_weekday(match["weekday"], reference)]
    return [found]


@CALENDAR_DATES.form(
    rf"(?P<month>{MONTH}) (?P<a>{DAY}) ?(?:-|to|through|until) ?(?P<b>{DAY})(?! ?[ap]\.?m){_YEAR}"
)
@CALENDAR_DATES.form(
    rf"(?:from )?(?:the )?(?P<a>{DAY}) ?(?:-|to|through|until) ?(?:the )?"
    rf"(?P<b>{DAY}) (?:of )?(?P<month>{MONTH}){_YEAR}"
)
def _within_month(match: re.Match[str], reference: Reference) -> list[Days]:
    first = dated(day_number(match["a"]), month(match["month"]), match["year"], reference)
    return [stretch(first, exact_day(first.first.year, first.first.month, day_number(match["b"])))]


@CALENDAR_DATES.form(rf"(?:on )?(?:the )?(?P<day>{NTH_DAY})(?: (?:of )?(?P<ref>this|next|the) month)?")
@CALENDAR_DATES.form(rf"(?P<ref>this|next) month on the (?P<day>{NTH_DAY})")
def _nth_day(match: re.Match[str], reference: Reference) -> list[Days]:
    day, first = day_number(match["day"]), reference.today.replace(day=1)
    if match["ref"]:
        month_ = stepped(first, relativedelta(months=1 if match["ref"] == "next" else 0))
        return [Days(exact_day(month_.year, month_.month, day))]
    months = (stepped(first, relativedelta(months=step)) for step in range(4))
    days = (maybe_day(month_.year, month_.month, day) for month_ in months)
    return [Days(next(found for found in days if found and found >= reference.today), open_month=True)]


@CALENDAR_DATES.form(
    rf"(?:on )?(?:(?:this|next|coming) )?(?P<weekday>{WEEKDAY}),? (?:the )?(?P<day>{NTH_DAY})"
)
def _weekday_and_day(match: re.Match[str], reference: Reference) -> list[Days]:
    found = [replace(day, open_month=False) for day in CALENDAR_DATES.read(match["day"], reference)]
    fits = found[0].first.weekday() == weekday(match["weekday"])
    return found if fits else [*found, bare_weekday(match["weekday"], reference)]


@CALENDAR_DATES.form(
    rf"(?:on )?(?:the )?(?P<nth>{ORDINAL}) (?P<weekday>{WEEKDAY}|day) (?:of|in) {_MONTH_REF}"
)
def _nth_weekday(match: re.Match[str], reference: Reference) -> list[Days]:
    nth, wanted = ordinal(match["nth"]), None if match["weekday"] == "day" else weekday(match["weekday"])
    for first in _months(match, reference):
        found = nth_in_month(first, nth, wanted)
        if found >= reference.today or match["year"] or match["ref"] or match["bare"]:
            return [Days(found)]
    raise Unreadable(f"There is no such day as '{match[0]}'.")


@CALENDAR_DATES.form(rf"(?:at )?(?:the )?end of {_MONTH_REF}|(?P<short>month end|eom)")
def _month_end(match: re.Match[str], reference: Reference) -> list[Days]:
    ends = [nth_in_month(first, -1, None) for first in _months(match, reference)]
    return [Days(next(day for day in ends if day >= reference.today or match["year"]))]


def _months(match: re.Match[str], reference: Reference) -> Sequence[date]:
    """Return the firsts of the months that a phrase may mean, in the order to try them."""
    here = reference.today.replace(day=1)
    if match["month"]:
        year = int(match["year"] or here.year)
        return [date(year + step, month(match["month"]), 1) for step in range(1 if match["year"] else 3)]
    return [stepped(here, relativedelta(months=1 if match["ref"] == "next" else 0))]
