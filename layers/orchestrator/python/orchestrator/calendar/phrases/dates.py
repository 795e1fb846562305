"""Date phrases and the days they mean.

Rules, all counted from the writer's own day: a bare weekday is its first one strictly after today; `this
Friday` is the one of this week (weeks begin on Monday) and a question once it is over; `next Tuesday` is
Tuesday of next week; a date without a year is the next such date, today included; `the 15th` likewise;
`in a month` is the same day of the next month, or its last day where there is none; `3/4` is a question
unless the locale, or a number above 12, tells day and month apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from orchestrator.calendar.phrases.calendar_dates import CALENDAR_DATES
from orchestrator.calendar.phrases.days import Days, stretch
from orchestrator.calendar.phrases.feasts import FEASTS
from orchestrator.calendar.phrases.readings import Forms, Reference, Unreadable, compiled
from orchestrator.calendar.phrases.relative_days import RELATIVE_DAYS
from orchestrator.calendar.phrases.words import WEEKDAY, normal

DATES: Forms[Days] = Forms(CALENDAR_DATES, RELATIVE_DAYS, FEASTS)
_WEEKDAY = rf"(?:next )?{WEEKDAY}"
_SPAN = re.compile(r"-|\b(?:to|through|thru|until|till?)\b")


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
    if any(last.first <= first.first for last in found) and compiled(_WEEKDAY).fullmatch(words):
        # From Monday to Monday, or to the next one, is a week.
        there = datetime.combine(first.first, reference.instant.timetz())
        found = DATES.read(words, replace(reference, instant=there))
    if any(last.first < first.first for last in found):
        eve = datetime.combine(first.first - timedelta(days=1), reference.instant.timetz())
        found = [last for last in DATES.read(words, replace(reference, instant=eve)) if _near_to(first, last)]
        if not found:
            raise Unreadable("It would end before it starts.")
    return [stretch(first, last.first) for last in found]


def _near_to(first: Days, last: Days) -> bool:
    # December to January is a range; August 8 to August 1 of the next year is a slip.
    return last.first - first.first < timedelta(days=183)
