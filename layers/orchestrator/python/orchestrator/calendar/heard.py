"""What each phrase of an event says, before any of them is weighed against the others."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypeVar

from orchestrator.calendar.outcomes import Unclear
from orchestrator.calendar.phrases.clock import Clock, read_clock
from orchestrator.calendar.phrases.dates import read_days
from orchestrator.calendar.phrases.days import Days, weekday_alone
from orchestrator.calendar.phrases.durations import LENGTHS, Length
from orchestrator.calendar.phrases.readings import Reference, Unreadable, compiled
from orchestrator.calendar.phrases.recurrence import bound_for, bound_until, code, read_rule
from orchestrator.calendar.phrases.series import CODES, Rule
from orchestrator.calendar.phrases.words import ORDINAL, WEEKDAY, normal, ordinal
from orchestrator.calendar.spans import EventSpans

Value = TypeVar("Value")
_LIMIT = r"(?:by|before|after|until|within|during|sometime|around|between) "
_OF_THE_MONTH = rf"(?:on )?(?P<the>the )?(?P<nth>{ORDINAL}) (?P<day>{WEEKDAY}) (?:of|in) (?:the )?month"
_FROM_TO = rf"{WEEKDAY} ?(?:-|to|through|thru) ?{WEEKDAY}"
_WEEKDAYS = rf"(?:on )?{WEEKDAY}(?:(?:/|, ?(?:and )?| and | & ){WEEKDAY})+"
MAX_PHRASE = 200
"""Characters of one phrase; what is longer is none, and only costs time."""


@dataclass(frozen=True, slots=True)
class Heard:
    """The readings of each phrase; an empty list where there is no such phrase."""

    days: Sequence[Days]
    clock: Clock | None
    rules: Sequence[Rule]
    length: Length | None
    zone: str | None

    @property
    def clock_tonight(self) -> bool:
        """Whether the words of the time name today's night: `at 8 tonight`."""
        start = self.clock.start if self.clock else None
        return bool(self.clock and "tonight" in {self.clock.part, start.part if start else None})

    @property
    def timed(self) -> bool:
        """Whether a clock time, or a part of the day, was named for the start."""
        return self.clock is not None and (self.clock.start is not None or self.clock.part is not None)


def hear(spans: EventSpans, reference: Reference) -> Heard:
    """Return what the phrases of `spans` say.

    Raises:
        Unclear: a phrase says nothing, or names what does not exist.
    """
    spans = _parted(spans, reference)
    rules = _phrase("recurrence", spans.recurrence, lambda words: read_rule(words, reference))
    length = _first(_phrase("duration", spans.duration, lambda words: LENGTHS.read(words, reference)))
    clock = _clock(spans, reference)
    days = _days(spans, reference, series=bool(rules))
    rules, days = _on_weekdays(rules, days, spans, reference)
    rules, days = _nth_of_month(rules, days, spans, reference.today)
    if rules:
        rules, length = _bounded(rules, length, spans, reference)
    if length and (length.unit in {"month", "year", "time", "occurrence", "session"} or not _lasts(length)):
        raise Unclear("duration", spans.duration, "How long does it last?")
    return Heard(days, clock, rules, length, spans.zone or (clock.zone if clock else None))


def _parted(spans: EventSpans, reference: Reference) -> EventSpans:
    """Part `tomorrow at 9`, if it was all taken for a date."""
    words = normal(spans.date or "")
    day, at, clock = words.rpartition(" at ")
    if not at or spans.time:
        return spans
    try:
        whole = read_days(words, reference)
    except Unreadable:
        whole = []
    return spans if whole else spans.model_copy(update={"date": day, "time": clock})


def _on_weekdays(
    rules: Sequence[Rule], days: Sequence[Days], spans: EventSpans, reference: Reference
) -> tuple[Sequence[Rule], Sequence[Days]]:
    """Read `every week` and `mon/wed/fri` as one rule, or `monday to friday`."""
    words = re.sub(r"^(?:on|from) ", "", normal(spans.date or ""))
    bare = all(rule.freq == "WEEKLY" and not rule.days for rule in rules)
    listed = rules and compiled(_WEEKDAYS).fullmatch(words)
    if not listed and not (rules and bare and compiled(_FROM_TO).fullmatch(words)):
        return rules, days
    if not bare:
        raise Unclear("date", spans.date, f"Is '{spans.date}' when it takes place, or '{spans.recurrence}'?")
    [named] = read_rule(f"every {words}", reference)
    return [replace(rule, days=named.days) for rule in rules], []


def _nth_of_month(
    rules: Sequence[Rule], days: Sequence[Days], spans: EventSpans, today: date
) -> tuple[Sequence[Rule], Sequence[Days]]:
    """Read `monthly` and `last Thursday of the month` as one rule, not as the day of this month's."""
    words = normal(spans.date or "")
    match = compiled(_OF_THE_MONTH).fullmatch(words) if words.endswith("month") else None
    if _other_day(rules, spans) or (match and any(rule.days for rule in rules)):
        raise Unclear("date", spans.date, f"'{spans.date}' is none of its days. Which counts?")
    if match and not rules and (not match["the"] or any(day.first < today for day in days)):
        question = f"Is '{spans.date}' once, in this month or the next, or in every month?"
        raise Unclear("date", spans.date, question)
    if not match or list(rules) != [Rule("MONTHLY")]:
        return rules, days
    return [replace(rule, days=(f"{ordinal(match['nth'])}{code(match['day'])}",)) for rule in rules], []


def _other_day(rules: Sequence[Rule], spans: EventSpans) -> bool:
    """Tell whether a weekday was named that no rule has: `the Friday report every Thursday`."""
    day = weekday_alone(spans.date) if rules else None
    if day is None:
        return False
    return any(rule.freq == "WEEKLY" and rule.days and CODES[day] not in rule.days for rule in rules)


def _clock(spans: EventSpans, reference: Reference) -> Clock | None:
    clock = _first(_phrase("time", spans.time, lambda words: _optional(read_clock(words, reference))))
    if not spans.end_time:
        return clock
    end = _phrase("end_time", spans.end_time, lambda words: _optional(read_clock(_bound(words), reference)))[
        0
    ]
    if end.start is None:
        raise Unclear("end_time", spans.end_time, f"What time is '{spans.end_time}'?")
    return replace(clock or Clock(None), end=end.start, zone=(clock.zone if clock else None) or end.zone)


def _days(spans: EventSpans, reference: Reference, *, series: bool) -> Sequence[Days]:
    if spans.end_date and not series:
        words = f"{spans.date or 'today'} to {_bound(spans.end_date)}"
        return _phrase("end_date", words, lambda both: read_days(both, reference))
    if series and compiled(_WEEKDAYS).fullmatch(normal(spans.date or "")):
        return []  # days of the series, and no day that it begins on
    return _phrase("date", spans.date, lambda words: read_days(words, reference))


def _bounded(
    rules: Sequence[Rule], length: Length | None, spans: EventSpans, reference: Reference
) -> tuple[Sequence[Rule], Length | None]:
    """Give the rules the bound that stands apart from them: `every Monday at 9 for 6 weeks`."""
    try:
        if spans.end_date:
            rules = [bound_until(rule, _bound(spans.end_date), reference) for rule in rules]
        if length and length.unit and re.search(r"\b(?:whole|entire|full)\b", spans.duration or ""):
            raise Unclear("duration", spans.duration, "How many days does each time last?")
        if length and length.unit:
            return [bound_for(rule, length) for rule in rules], None
    except Unreadable as error:
        raise Unclear("recurrence", spans.end_date or spans.duration, str(error)) from None
    return rules, length


def _phrase(field: str, words: str | None, reader: Callable[[str], Sequence[Value]]) -> Sequence[Value]:
    if not words:
        return []
    try:
        if len(words) <= MAX_PHRASE and (found := reader(words)):
            return found
    except Unreadable as error:
        raise Unclear(field, words, str(error)) from None
    except (ValueError, OverflowError):
        pass  # a number no calendar holds, such as year 99999
    if compiled(_LIMIT).match(normal(words)):
        raise Unclear(field, words, f"'{words}' leaves it open. When exactly is it to be?")
    raise Unclear(field, words, f"What does '{words}' mean?")


def _bound(words: str) -> str:
    return re.sub(
        r"^(?:(?:until|till|til|to|through|ending(?: on)?)(?!\w)|-) ?",
        "",
        words.strip(" ,"),
        flags=re.IGNORECASE,
    )


def _lasts(length: Length) -> bool:
    return length.elapsed > timedelta() if length.elapsed is not None else bool(length.days)


def _first(found: Sequence[Value]) -> Value | None:
    return found[0] if found else None


def _optional(found: Value | None) -> list[Value]:
    return [] if found is None else [found]
