"""Days that are counted from the writer's own: `tomorrow`, `next Tuesday`, `in 2 hours`, `this weekend`."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, timedelta

from dateutil.relativedelta import relativedelta

from orchestrator.calendar.phrases.days import (
    Days,
    bare_weekday,
    later,
    of_next_week,
    of_this_week,
    stepped,
)
from orchestrator.calendar.phrases.readings import Forms, Reference
from orchestrator.calendar.phrases.words import NUMBER, PART, TOMORROW, WEEKDAY, number

RELATIVE_DAYS: Forms[Days] = Forms()
_UNIT = r"(?:day|night|week|fortnight|month|year)s?"


@RELATIVE_DAYS.form(
    rf"(?P<day>today|{TOMORROW}|yesterday)(?:'s)?(?: (?P<part>{PART}))?|(?P<tonight>tonight|tonite)"
)
def _near(match: re.Match[str], reference: Reference) -> list[Days]:
    if match["tonight"]:
        return [Days(reference.today, part="tonight")]
    shift = {"today": 0, "yesterday": -1}.get(match["day"], 1)
    return [Days(reference.today + timedelta(days=shift), part=match["part"])]


@RELATIVE_DAYS.form(r"this (?P<part>morning|afternoon|evening)")
def _this_part(match: re.Match[str], reference: Reference) -> list[Days]:
    return [Days(reference.today, part=match["part"])]


@RELATIVE_DAYS.form(rf"(?:the )?day (?P<way>after|before) (?P<day>{TOMORROW}|yesterday)")
def _after_tomorrow(match: re.Match[str], reference: Reference) -> list[Days]:
    days = {"after t": 2, "before y": -2}.get(f"{match['way']} {match['day'].replace('2', 't')[0]}")
    return [] if days is None else [Days(reference.today + timedelta(days=days))]


@RELATIVE_DAYS.form(
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


@RELATIVE_DAYS.form(
    rf"next week,? (?:on )?(?P<weekday>{WEEKDAY})|(?P<weekday2>{WEEKDAY}),? (?:of )?next week"
)
def _next_week(match: re.Match[str], reference: Reference) -> list[Days]:
    return [of_next_week(match["weekday"] or match["weekday2"], reference)]


@RELATIVE_DAYS.form(
    rf"(?:the )?(?P<weekday>{WEEKDAY}) (?:(?:of )?the week )?after next"
    rf"|(?:the )?week after next,? (?:on )?(?P<wd>{WEEKDAY})"
)
def _week_after_next(match: re.Match[str], reference: Reference) -> list[Days]:
    return [later(of_next_week(match["weekday"] or match["wd"], reference), 7)]


@RELATIVE_DAYS.form(
    rf"(?P<n>{NUMBER}) weeks? (?:from|after) (?P<day>today|{TOMORROW}|now|(?:this |next )?{WEEKDAY})"
)
@RELATIVE_DAYS.form(rf"(?P<n>{NUMBER}) weeks? (?:on )?(?P<day>today|{TOMORROW}|{WEEKDAY})")
@RELATIVE_DAYS.form(rf"(?P<day>today|{TOMORROW}|{WEEKDAY}) week")
def _weeks_from(match: re.Match[str], reference: Reference) -> list[Days]:
    count = number(match["n"]) if "n" in match.re.groupindex else 1
    if match.re.pattern.count("(?:on )?") and count != 1:
        return []
    word = match["day"].replace("now", "today")
    return [later(days, 7 * count) for days in RELATIVE_DAYS.read(word, reference)]


@RELATIVE_DAYS.form(
    rf"in (?P<n>{NUMBER}) weeks?,? (?:on )?(?P<weekday>{WEEKDAY})"
    rf"|(?:on )?(?P<weekday2>{WEEKDAY}),? in (?P<n2>{NUMBER}) weeks?(?:'s? time)?"
)
def _weekday_in_weeks(match: re.Match[str], reference: Reference) -> list[Days]:
    """Read the weekday of the week so far ahead, and the first one once so many weeks are over."""
    weeks, word = 7 * number(match["n"] or match["n2"]), match["weekday"] or match["weekday2"]
    of_the_week = later(of_this_week(word, reference), weeks)
    behind = later(
        bare_weekday(word, replace(reference, instant=reference.instant - timedelta(days=1))), weeks
    )
    return [of_the_week] if of_the_week == behind else [of_the_week, behind]


@RELATIVE_DAYS.form(
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


@RELATIVE_DAYS.form(
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


@RELATIVE_DAYS.form(
    r"(?P<ref>this|next|the|my(?= week(?: look| ?\?|$))) (?P<what>week|weekend|month|quarter|year)"
)
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
