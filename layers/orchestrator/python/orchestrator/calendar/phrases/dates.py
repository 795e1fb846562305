"""Date phrases and the days they mean.

Rules, all counted from the writer's own day: a bare weekday is its first one strictly after today; `this
Friday` is the one of this week (weeks begin on Monday) and a question once it is over; `next Tuesday` is
Tuesday of next week; a date without a year is the next such date, today included; `the 15th` likewise;
`in a month` is the same day of the next month, or its last day where there is none; `3/4` is a question
unless the locale, or a number above 12, tells day and month apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from dateutil.relativedelta import relativedelta

from orchestrator.calendar.phrases.days import (
    FEASTS,
    Days,
    bare_weekday,
    dated,
    exact_day,
    later,
    maybe_day,
    nth_in_month,
    of_next_week,
    of_this_week,
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
    NUMBER,
    ORDINAL,
    PART,
    TOMORROW,
    WEEKDAY,
    day_number,
    month,
    normal,
    number,
    ordinal,
    weekday,
)

DATES: Forms[Days] = Forms()
_SPAN = re.compile(r"-|\b(?:to|through|thru|until|till?)\b")
_YEAR = r"(?:,? ?(?P<year>(?:19|20)\d\d)(?!:))?"
_ISO_DAY, _ISO_CLOCK = r"\d{4}-\d\d-\d\d", r"\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?"
_UNIT = r"(?:day|night|week|fortnight|month|year)s?"
_MONTH_REF = rf"(?:(?P<month>{MONTH}){_YEAR}|(?:the )?(?P<ref>this|next|the) month)"


def read_days(phrase: str, reference: Reference) -> list[Days]:
    """Return every reading of a date phrase, best first; `Friday to Monday` is one of them."""
    words = normal(phrase)
    if found := DATES.read(words, reference):
        return found
    for match in _splits(words):
        found = [
            span for first in DATES.read(match[0], reference) for span in _until(first, match[1], reference)
        ]
        if found:
            return found
    return []


def _splits(words: str) -> Iterator[tuple[str, str]]:
    for mark in _SPAN.finditer(words):
        yield words[: mark.start()].removeprefix("from ").strip(), words[mark.end() :].strip()


def _until(first: Days, words: str, reference: Reference) -> list[Days]:
    found = DATES.read(words, reference)
    if any(last.first < first.first for last in found):
        eve = datetime.combine(first.first - timedelta(days=1), reference.instant.timetz())
        found = [last for last in DATES.read(words, replace(reference, instant=eve)) if _near_to(first, last)]
        if not found:
            raise Unreadable("It would end before it starts.")
    return [stretch(first, last.first) for last in found]


def _near_to(first: Days, last: Days) -> bool:
    # December to January is a range; August 8 to August 1 of the next year is a slip.
    return last.first - first.first < timedelta(days=183)


@DATES.form(rf"(?P<day>{_ISO_DAY})t(?P<clock>{_ISO_CLOCK})(?: ?(?P<zone>z|[+-](?:0\d|1[0-4]):?\d\d))?")
# Behind a space, "10:00-12:00" is a range and no offset.
@DATES.form(rf"(?P<day>{_ISO_DAY}) (?P<clock>{_ISO_CLOCK})(?: ?(?P<zone>z|\+(?:0\d|1[0-4]):?\d\d))?(?! ?-)")
def _iso_moment(match: re.Match[str], _: Reference) -> list[Days]:
    wall = datetime.fromisoformat(f"{written_day(match['day'])}T{match['clock']}")
    if not match["zone"]:
        return [Days(wall.date(), wall=wall)]
    return [Days(wall.date(), instant=wall.replace(tzinfo=offset_of(match["zone"])), written=True)]


@DATES.form(r"(?P<year>\d{4})[-/](?P<month>\d\d?)[-/](?P<day>\d\d?)")
def _iso_day(match: re.Match[str], _: Reference) -> list[Days]:
    return [Days(exact_day(int(match["year"]), int(match["month"]), int(match["day"])))]


@DATES.form(r"(?P<day>\d\d?)\.(?P<month>\d\d?)\.(?P<year>\d{4}|\d\d)?")
def _dotted(match: re.Match[str], reference: Reference) -> list[Days]:
    return [dated(int(match["day"]), int(match["month"]), match["year"], reference)]


@DATES.form(r"(?P<one>\d\d?)[/-](?P<two>\d\d?)[/-](?P<year>\d{4}|\d\d)|(?P<a>\d\d?)/(?P<b>\d\d?)")
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


@DATES.form(
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


@DATES.form(rf"(?P<month>{MONTH}) (?P<a>{DAY}) ?(?:-|to|through|until) ?(?P<b>{DAY})(?! ?[ap]\.?m){_YEAR}")
@DATES.form(
    rf"(?:from )?(?:the )?(?P<a>{DAY}) ?(?:-|to|through|until) ?(?:the )?"
    rf"(?P<b>{DAY}) (?:of )?(?P<month>{MONTH}){_YEAR}"
)
def _within_month(match: re.Match[str], reference: Reference) -> list[Days]:
    first = dated(day_number(match["a"]), month(match["month"]), match["year"], reference)
    return [stretch(first, exact_day(first.first.year, first.first.month, day_number(match["b"])))]


@DATES.form(rf"(?P<day>today|{TOMORROW}|yesterday)(?:'s)?(?: (?P<part>{PART}))?|(?P<tonight>tonight|tonite)")
def _near(match: re.Match[str], reference: Reference) -> list[Days]:
    if match["tonight"]:
        return [Days(reference.today, part="tonight")]
    shift = {"today": 0, "yesterday": -1}.get(match["day"], 1)
    return [Days(reference.today + timedelta(days=shift), part=match["part"])]


@DATES.form(r"this (?P<part>morning|afternoon|evening)")
def _this_part(match: re.Match[str], reference: Reference) -> list[Days]:
    return [Days(reference.today, part=match["part"])]


@DATES.form(rf"(?:the )?day (?P<way>after|before) (?P<day>{TOMORROW}|yesterday)")
def _after_tomorrow(match: re.Match[str], reference: Reference) -> list[Days]:
    days = {"after t": 2, "before y": -2}.get(f"{match['way']} {match['day'].replace('2', 't')[0]}")
    return [] if days is None else [Days(reference.today + timedelta(days=days))]


@DATES.form(
    rf"(?:on )?(?:(?P<which>this coming|the coming|coming|this|next) )?(?P<weekday>{WEEKDAY})"
    rf"(?: (?P<part>{PART}))?"
)
def _weekday(match: re.Match[str], reference: Reference) -> list[Days]:
    found = {"next": of_next_week, "this": of_this_week}.get(match["which"] or "", bare_weekday)
    days = found(match["weekday"], reference)
    if days.first < reference.today:
        days = bare_weekday(match["weekday"], reference)
        return [replace(days, part=match["part"]), Days(days.first - timedelta(7), part=match["part"])]
    return [replace(days, part=match["part"])]


@DATES.form(rf"next week,? (?:on )?(?P<weekday>{WEEKDAY})|(?P<weekday2>{WEEKDAY}),? (?:of )?next week")
def _next_week(match: re.Match[str], reference: Reference) -> list[Days]:
    return [of_next_week(match["weekday"] or match["weekday2"], reference)]


@DATES.form(
    rf"(?:the )?(?P<weekday>{WEEKDAY}) (?:(?:of )?the week )?after next"
    rf"|(?:the )?week after next,? (?:on )?(?P<wd>{WEEKDAY})"
)
def _week_after_next(match: re.Match[str], reference: Reference) -> list[Days]:
    return [later(of_next_week(match["weekday"] or match["wd"], reference), 7)]


@DATES.form(rf"(?P<n>{NUMBER}) weeks? (?:from|after) (?P<day>today|{TOMORROW}|now|(?:this |next )?{WEEKDAY})")
@DATES.form(rf"(?P<n>{NUMBER}) weeks? (?:on )?(?P<day>today|{TOMORROW}|{WEEKDAY})")
@DATES.form(rf"(?P<day>today|{TOMORROW}|{WEEKDAY}) week")
def _weeks_from(match: re.Match[str], reference: Reference) -> list[Days]:
    count = number(match["n"]) if "n" in match.re.groupindex else 1
    if match.re.pattern.count("(?:on )?") and count != 1:
        return []
    word = match["day"].replace("now", "today")
    return [later(days, 7 * count) for days in DATES.read(word, reference)]


@DATES.form(
    rf"(?:in (?P<n>{NUMBER}) (?P<unit>{_UNIT})(?:'s? time)?|(?P<n2>{NUMBER}) (?P<unit2>{_UNIT})"
    rf" from (?P<base>now|today|{TOMORROW}))"
)
def _in_days(match: re.Match[str], reference: Reference) -> list[Days]:
    count, unit = number(match["n"] or match["n2"]), (match["unit"] or match["unit2"]).rstrip("s")
    start = reference.today + timedelta(days=1 if match["base"] not in {"now", "today", None} else 0)
    step = {
        "day": relativedelta(days=count),
        "night": relativedelta(days=count),
        "week": relativedelta(weeks=count),
        "fortnight": relativedelta(weeks=2 * count),
        "month": relativedelta(months=count),
        "year": relativedelta(years=count),
    }[unit]
    return [Days(stepped(start, step))]


@DATES.form(
    rf"in (?:(?P<half>half an hour)|(?P<n>\d+\.5|{NUMBER}) (?P<unit>h(?:ou)?rs?|min(?:ute)?s?)"
    rf"(?P<and> and a half)?(?:(?: and)? (?P<m>\d+) min(?:ute)?s?)?)"
    rf"|(?P<n2>{NUMBER}) (?P<unit2>hours?|min(?:ute)?s?) from now"
)
def _in_hours(match: re.Match[str], reference: Reference) -> list[Days]:
    words = match["n"] or match["n2"] or "0"
    count = float(words) if "." in words else number(words)
    hours = (match["unit"] or match["unit2"] or "h").startswith("h")
    minutes = count * (60 if hours else 1) + (30 if match["half"] or (hours and match["and"]) else 0)
    moment = reference.instant.astimezone(UTC) + timedelta(minutes=minutes + int(match["m"] or 0))
    local = moment.astimezone(reference.zone.tz)
    return [Days(local.date(), instant=local)]


@DATES.form(rf"(?:on )?(?:the )?(?P<day>{NTH_DAY})(?: (?:of )?(?P<ref>this|next|the) month)?")
@DATES.form(rf"(?P<ref>this|next) month on the (?P<day>{NTH_DAY})")
def _nth_day(match: re.Match[str], reference: Reference) -> list[Days]:
    day, first = day_number(match["day"]), reference.today.replace(day=1)
    if match["ref"]:
        month_ = stepped(first, relativedelta(months=1 if match["ref"] == "next" else 0))
        return [Days(exact_day(month_.year, month_.month, day))]
    months = (stepped(first, relativedelta(months=step)) for step in range(4))
    days = (maybe_day(month_.year, month_.month, day) for month_ in months)
    return [Days(next(found for found in days if found and found >= reference.today))]


@DATES.form(rf"(?:on )?(?:(?:this|next|coming) )?(?P<weekday>{WEEKDAY}),? (?:the )?(?P<day>{NTH_DAY})")
def _weekday_and_day(match: re.Match[str], reference: Reference) -> list[Days]:
    found = DATES.read(match["day"], reference)
    fits = found[0].first.weekday() == weekday(match["weekday"])
    return found if fits else [*found, bare_weekday(match["weekday"], reference)]


@DATES.form(rf"(?:on )?(?:the )?(?P<nth>{ORDINAL}) (?P<weekday>{WEEKDAY}|day) (?:of|in) {_MONTH_REF}")
def _nth_weekday(match: re.Match[str], reference: Reference) -> list[Days]:
    nth, wanted = ordinal(match["nth"]), None if match["weekday"] == "day" else weekday(match["weekday"])
    for first in _months(match, reference):
        found = nth_in_month(first, nth, wanted)
        if found >= reference.today or match["year"] or match["ref"]:
            return [Days(found)]
    raise Unreadable(f"There is no such day as '{match[0]}'.")


@DATES.form(rf"(?:at )?(?:the )?end of {_MONTH_REF}|(?P<short>month end|eom)")
def _month_end(match: re.Match[str], reference: Reference) -> list[Days]:
    ends = [nth_in_month(first, -1, None) for first in _months(match, reference)]
    return [Days(next(day for day in ends if day >= reference.today or match["year"]))]


@DATES.form("(?:on )?(?P<feast>" + "|".join(FEASTS) + rf"){_YEAR}")
def _feast(match: re.Match[str], reference: Reference) -> list[Days]:
    return [dated(FEASTS[match["feast"]][1], FEASTS[match["feast"]][0], match["year"], reference)]


@DATES.form(r"(?P<ref>this|next|the|my(?= week(?: look| ?\?|$))) (?P<what>week|weekend|month|quarter|year)")
def _stretch(match: re.Match[str], reference: Reference) -> list[Days]:
    step, today = int(match["ref"] == "next"), reference.today
    monday = today - timedelta(days=today.weekday()) + timedelta(weeks=step)
    if match["what"].startswith("week"):
        start = monday + timedelta(days=5 if match["what"] == "weekend" else 0)
        return [Days(start, monday + timedelta(days=6), vague=True)]
    months = {"month": 1, "quarter": 3, "year": 12}[match["what"]]
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    first = stepped(first, relativedelta(months=months * step))
    return [Days(first, stepped(first, relativedelta(months=months, days=-1)), vague=True)]


def _months(match: re.Match[str], reference: Reference) -> Sequence[date]:
    """Return the firsts of the months that a phrase may mean, in the order to try them."""
    here = reference.today.replace(day=1)
    if match["month"]:
        year = int(match["year"] or here.year)
        return [date(year + step, month(match["month"]), 1) for step in range(1 if match["year"] else 3)]
    return [stepped(here, relativedelta(months=1 if match["ref"] == "next" else 0))]
