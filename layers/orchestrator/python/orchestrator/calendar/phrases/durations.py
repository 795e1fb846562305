"""How long an event lasts: hours and minutes pass on every clock alike, days are counted on the calendar."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from orchestrator.calendar.phrases.readings import Forms, Reference
from orchestrator.calendar.phrases.words import NUMBER, number

DEFAULT = timedelta(minutes=60)


@dataclass(frozen=True, slots=True)
class Length:
    """A time to last, a number of whole days, or `count` of a longer `unit` (for a recurrence)."""

    elapsed: timedelta | None = None
    days: int | None = None
    unit: str | None = None
    count: int = 0


LENGTHS: Forms[Length] = Forms()
_FOR = r"(?:for (?:the (?:next |following ))?|lasting |lasts )?(?:about |around |approximately )?"
_HOURS, _MINUTES = r"(?:hours?|hrs?|h)", r"(?:minutes?|mins?|m)"


@LENGTHS.form(
    rf"{_FOR}(?:an? )?(?:half(?:[- ]an?)?[- ]hour|(?P<q>quarter(?: of an)? hour)"
    r"|(?P<t>three quarters of an hour))"
)
def _fraction(match: re.Match[str], _: Reference) -> list[Length]:
    return [Length(timedelta(minutes=15 if match["q"] else 45 if match["t"] else 30))]


@LENGTHS.form(
    rf"{_FOR}(?P<h>\d+(?:[.,]\d+)?|{NUMBER})[- ]?{_HOURS}(?P<half> and a half)?"
    rf"(?:(?:,| and)? ?(?P<m>\d+|{NUMBER}) ?{_MINUTES}?)?(?:[- ]long)?"
)
@LENGTHS.form(rf"{_FOR}(?P<h>{NUMBER})[- ]and[- ]a[- ](?P<half>half)[- ]hours?")
def _hours(match: re.Match[str], _: Reference) -> list[Length]:
    groups = match.groupdict()
    count = groups["h"].replace(",", ".")
    minutes = (float(count) if "." in count else number(count)) * 60 + (30 if groups["half"] else 0)
    return [Length(timedelta(minutes=minutes + number(groups.get("m") or "zero")))]


@LENGTHS.form(rf"{_FOR}(?P<m>{NUMBER})[- ]?{_MINUTES}(?:[- ]long)?")
def _minutes(match: re.Match[str], _: Reference) -> list[Length]:
    return [Length(timedelta(minutes=number(match["m"])))]


@LENGTHS.form(r"(?:an? )?hour[- ]long")
def _hour_long(_: re.Match[str], __: Reference) -> list[Length]:
    return [Length(timedelta(hours=1))]


@LENGTHS.form(r"(?:for )?(?:an |the )?(?:all|whole|full|entire)[- ]day|day[- ]long")
def _all_day(_: re.Match[str], __: Reference) -> list[Length]:
    return [Length(days=1)]


@LENGTHS.form(r"(?:for )?(?:the |a )?(?:whole|full|entire) week")
def _whole_week(_: re.Match[str], __: Reference) -> list[Length]:
    return [Length(days=7, unit="week", count=1)]


@LENGTHS.form(
    rf"{_FOR}(?P<n>{NUMBER})(?: |-)(?P<unit>day|week|month|year|time|occurrence|session)s?(?:[- ]long)?"
)
def _days(match: re.Match[str], _: Reference) -> list[Length]:
    count, unit = number(match["n"]), match["unit"]
    days = {"day": count, "week": 7 * count}.get(unit)
    return [Length(days=days, unit=unit, count=count)]
