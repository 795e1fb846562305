"""When an event is: every reading of its phrases is tried, and only a single result is an answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import product

from orchestrator.calendar.build import Choice, build
from orchestrator.calendar.heard import Heard, hear
from orchestrator.calendar.labels import needs_a_time
from orchestrator.calendar.lasting import filling, require_a_length
from orchestrator.calendar.outcomes import Unclear, When
from orchestrator.calendar.phrases.clock import Clock, hint, hours, read_twice
from orchestrator.calendar.phrases.days import Days
from orchestrator.calendar.phrases.readings import Reference, Unreadable
from orchestrator.calendar.phrases.series import Rule
from orchestrator.calendar.phrases.zones import Zone, at, fixed, like, named, out_of_season
from orchestrator.calendar.spans import EventSpans

MAX_READINGS = 5
_FIRST, _LAST = 2, 9990
"""Years in which there is room for what is counted from an event: its conflicts, free times, zone."""
Times = tuple[time | None, time | None, bool]


class Impossible(Exception):
    """The words are clear, but what they say cannot be: an end before its start."""


def settle(spans: EventSpans, reference: Reference, title: str) -> When:
    """Return when the event called `title` is.

    Raises:
        Unclear: the words have several meanings, or none.
        Impossible: they have one, which cannot be.
    """
    if parts := _twice(spans, reference):
        return _same(spans, parts, reference, title)
    heard = filling(hear(spans, reference), spans, title, reference.today)
    _require(heard, spans, title, reference.today)
    found: dict[tuple[object, ...], When] = {}
    errors: list[str] = []
    try:
        for choice in _choices(heard, spans, reference, title):
            _add(choice, reference, found, errors)
    except OverflowError:
        raise Impossible("That is further away than a calendar reaches.") from None
    if not found:
        raise Impossible(errors[0] if errors else "It never takes place.")
    readings = list(found.values())
    if len(readings) > 1:
        field, words = _doubtful(heard, spans, readings)
        raise Unclear(field, words, _question(field, words, title), readings[:MAX_READINGS])
    if spans.operation == "create" and _is_over(readings[0], heard, spans, reference):
        raise Unclear("time", spans.time or spans.date, _over(spans, title), _today_or_after(readings[0]))
    strange = out_of_season(heard.zone, readings[0].start, readings[0].zone) if heard.zone else None
    return replace(readings[0], warnings=(*readings[0].warnings, strange)) if strange else readings[0]


def _twice(spans: EventSpans, reference: Reference) -> list[str]:
    try:
        return read_twice(spans.time, reference) if spans.time else []
    except Unreadable:
        return []


def _same(spans: EventSpans, parts: list[str], reference: Reference, title: str) -> When:
    """Return when an event is whose time is told on two clocks, if both tell the same moment."""
    told = [settle(spans.model_copy(update={"time": part, "zone": None}), reference, title) for part in parts]
    if told[0].start == told[1].start:
        return told[0]
    question = f"'{parts[0]}' and '{parts[1]}' are not the same moment. Which of them counts?"
    raise Unclear("time", spans.time, question, told)


def _is_over(when: When, heard: Heard, spans: EventSpans, reference: Reference) -> bool:
    """Tell whether an hour of today is over: nobody makes an appointment then, so another day is meant.

    What goes on still is none of them, nor what is written with its year.
    """
    today = any(days.first == reference.today for days in heard.days) or heard.clock_tonight
    said_to_last = bool(spans.end_time or spans.end_date or heard.length or (heard.clock and heard.clock.end))
    going_on = said_to_last and when.end > reference.instant
    written = re.search(r"(?:19|20)\d\d", spans.date or "")
    timed = not when.all_day and not when.rrule and when.start < reference.instant
    return today and timed and not going_on and not written


def _over(spans: EventSpans, title: str) -> str:
    return f"'{spans.time or spans.date}' is over for today. When is '{title}'?"


def _today_or_after(when: When) -> list[When]:
    start = at(when.start.date() + timedelta(days=1), when.start.time(), when.zone)[0]
    later = replace(when, start=start, end=like(start, when.start, when.end, when.zone, all_day=False))
    return [replace(later, warnings=()), when]


def _add(
    choice: Choice, reference: Reference, found: dict[tuple[object, ...], When], errors: list[str]
) -> None:
    try:
        for when in build(choice, reference):
            if when.start.year < _FIRST or max((when.end, *when.instances)).year > _LAST:
                raise Unreadable("That is further away than a calendar reaches.")
            found.setdefault(when.key, when)
    except Unreadable as error:
        errors.append(str(error))


def _require(heard: Heard, spans: EventSpans, title: str, today: date) -> None:
    """Ask for what is missing altogether."""
    if not heard.days and not heard.rules and not heard.timed:
        raise Unclear("date", None, f"When is '{title}'?")
    if any(days.vague and (days.first < today or not _starts_any_day(heard)) for days in heard.days):
        raise Unclear("date", spans.date, f"Which day of '{spans.date}'?")
    if not heard.days and any(
        rule.freq != "DAILY" and not rule.days and not rule.month_day for rule in heard.rules
    ):
        raise Unclear("date", spans.recurrence, f"On which day does '{title}' begin?")

    require_a_length(heard, spans, title)
    midnight = heard.clock and heard.clock.start and heard.clock.start.midnight
    if midnight and any(rule.days for rule in heard.rules):
        raise Unclear("time", spans.time, f"Does '{title}' take place as its day begins, or as it ends?")


def _starts_any_day(heard: Heard) -> bool:
    """Tell whether the rule names days of its own, so that `starting next week` leaves nothing open."""
    return bool(heard.rules) and all(rule.days or rule.freq == "DAILY" for rule in heard.rules)


def _choices(heard: Heard, spans: EventSpans, reference: Reference, title: str) -> Iterator[Choice]:
    start = heard.clock.start if heard.clock else None
    for days, rule in product(heard.days or [None], heard.rules or [None]):
        part = (
            (start.part if start else None)
            or (heard.clock.part if heard.clock else None)
            or _part(days, rule)
        )
        for zone in _zones(heard, days, reference):
            for begin, end, assumed in _times(heard, days, _part(days, rule), title, spans):
                yield Choice(
                    days=_tonight(_from(days), part, reference),
                    rule=rule,
                    start=begin,
                    end=end,
                    zone=zone,
                    length=heard.length,
                    part=part,
                    half_assumed=assumed,
                    midnight=bool(start and start.midnight),
                    apart=bool(spans.end_date),
                )


def _part(days: Days | None, rule: Rule | None) -> str | None:
    return (days.part if days else None) or (rule.part if rule else None)


def _tonight(days: Days | None, part: str | None, reference: Reference) -> Days | None:
    # `at 8 tonight` keeps its day in the words of the time.
    return Days(reference.today, part=part) if days is None and part == "tonight" else days


def _from(days: Days | None) -> Days | None:
    """Return where a series begins that is to start in a stretch of time: on its first day."""
    return Days(days.first, days.last if days.ends else None) if days and days.vague else days


def _zones(heard: Heard, days: Days | None, reference: Reference) -> Sequence[Zone]:
    if heard.zone:
        day = days.first if days else reference.today
        found = named(heard.zone, day, reference.zone, reference.locale)
        if not found:
            raise Unclear("zone", heard.zone, f"Which time zone is '{heard.zone}'?")
        return found
    offset = days.instant.utcoffset() if days and days.instant and days.written else None
    return [reference.zone if offset is None else fixed(offset)]


def _times(
    heard: Heard, days: Days | None, part: str | None, title: str, spans: EventSpans
) -> Sequence[Times]:
    moment = (days.instant or days.wall) if days else None
    if moment and heard.timed:
        raise Unclear("time", spans.time, f"'{spans.date}' already has a time. Which one counts?")
    if moment:
        end = hours(Clock(heard.clock.end), None, None)[0][0] if heard.clock and heard.clock.end else None
        return [(moment.time(), end, False)]
    if heard.clock and heard.timed:
        apart = bool(spans.end_date and days and days.last and days.last > days.first)
        found = hours(heard.clock, part, hint(title), apart=apart)
        if not found:
            raise Unclear("time", spans.time, f"What time is '{spans.time}'?")
        return found
    return _usual(part, title, spans) if part or _needs_hour(heard, days, title) else [(None, None, False)]


def _needs_hour(heard: Heard, days: Days | None, title: str) -> bool:
    if (heard.length and heard.length.days) or (days and days.last and not heard.clock):
        return False
    return heard.length is not None or heard.clock is not None or needs_a_time(title)


def _usual(part: str | None, title: str, spans: EventSpans) -> Sequence[Times]:
    """Return the usual hours of what names none: there are always several, so they are never an answer."""
    found = hours(Clock(None, part=part), None, hint(title))
    if not found:
        raise Unclear("time", spans.date or spans.recurrence, f"At what time is '{title}'?")
    return found


def _doubtful(heard: Heard, spans: EventSpans, found: Sequence[When]) -> tuple[str, str | None]:
    """Return the field whose words have several readings."""
    if len(heard.rules) > 1:
        return "recurrence", spans.recurrence
    if len(heard.days) > 1:
        return "date", spans.date
    if len({when.zone.name for when in found}) > 1:
        return "zone", heard.zone
    midnight = heard.clock and heard.clock.start and heard.clock.start.midnight
    if midnight or len({when.start.timetz() for when in found}) > 1:
        return "time", spans.time
    return "date", spans.date


def _question(field: str, words: str | None, title: str) -> str:
    return f"What does '{words}' mean here?" if words else f"Which {field} is meant for '{title}'?"
