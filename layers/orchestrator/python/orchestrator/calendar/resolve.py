"""From the words of a text to events: the whole of the calendar's understanding that is no model's.

Rules beside those of the times: a place in the text beats the request's location; whoever is listed takes
part, named or not; a quoted title is kept to the letter, another one begins with a capital and loses the @
of its mentions; an amount keeps its currency; category and priority are told from words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from orchestrator.calendar.changes import change
from orchestrator.calendar.company import company_of
from orchestrator.calendar.doubles import name_something
from orchestrator.calendar.explain import explain, verbatim
from orchestrator.calendar.labels import category_of, priority_of
from orchestrator.calendar.lengths import is_of_another
from orchestrator.calendar.models import CalendarRequest, Clarification, Explanation, Operation, Reading
from orchestrator.calendar.orders import left_over
from orchestrator.calendar.outcomes import Booking, Change, Outcome, Refused, Unclear, When
from orchestrator.calendar.people import participants
from orchestrator.calendar.phrases.days import weekday_alone
from orchestrator.calendar.phrases.money import read as read_money
from orchestrator.calendar.phrases.readings import Reference
from orchestrator.calendar.phrases.words import same_length
from orchestrator.calendar.phrases.zones import iana, of_instant
from orchestrator.calendar.quoting import is_quoted
from orchestrator.calendar.remarks import ask_about_remarks
from orchestrator.calendar.saying import said
from orchestrator.calendar.sentences import Said
from orchestrator.calendar.spans import EventSpans, Extraction, from_to
from orchestrator.calendar.stretches import stretches
from orchestrator.calendar.unread import (
    ask_for_an_address,
    ask_for_unread_day,
    ask_which_of_a_series,
    only_an_end,
)
from orchestrator.calendar.when import Impossible, settle

MAX_TITLE = 200
Settle = Callable[[EventSpans, Reference, str], When]


@dataclass(frozen=True, slots=True)
class _Name:
    """What an event is called, whether the text calls it that, and what it says of it."""

    title: str
    given: bool
    about: str


@dataclass(slots=True)
class _Found:
    bookings: list[Booking] = field(default_factory=list[Booking])
    changes: list[Change] = field(default_factory=list[Change])
    questions: list[Clarification] = field(default_factory=list[Clarification])
    refused: list[Refused] = field(default_factory=list[Refused])
    explanations: list[Explanation] = field(default_factory=list[Explanation])


def reference_of(request: CalendarRequest) -> Reference:
    """Return the moment of the request in the caller's zone: `timezone`, else the offset of `timestamp`."""
    zone = (iana(request.timezone) if request.timezone else None) or of_instant(request.timestamp)
    instant = request.timestamp.astimezone(zone.tz).replace(microsecond=0)
    return Reference(instant, zone, request.locale)


def resolve(extraction: Extraction, request: CalendarRequest, *, degraded: bool = False) -> Outcome:
    """Return what the words of `extraction` come to. One event's trouble leaves the others as they are."""
    reference, found, text = reference_of(request), _Found(), Said.of(request.content)
    extraction = from_to(extraction, request.content)
    parts = stretches(extraction.events, request.content)
    for index, (spans, part) in enumerate(zip(extraction.events, parts, strict=True)):
        title, named = title_of(spans, request.content, extraction.events[index - 1] if index else None)
        about = spans.description or part
        try:
            ask_about_remarks(index, extraction.events, text)
            name_something(spans, request.content, part if len(extraction.events) > 1 else request.content)
            _begins(spans, part, reference, title)
            ask_for_unread_day(spans, part, reference)
            ask_for_an_address(spans, part)
            ask_which_of_a_series(spans, extraction.events[:index])
            _one_week(spans, extraction.events[:index], reference)
            _whose_hour(extraction.events[index : index + 2], request.content)
            _one(index, spans, _Name(title, named, about), request, reference, found)
        except Unclear as unclear:
            found.questions.append(_question(index, unclear, (_nature(spans, title), title), request.content))
        except Impossible as error:
            found.refused.append(Refused(index, title, str(error)))
    if not extraction.events:
        found.questions.append(nothing_found())
    elif not found.questions and (question := left_over(extraction.events, request.content)):
        found.questions.append(question)
    return Outcome(
        bookings=tuple(found.bookings),
        changes=tuple(found.changes),
        clarifications=tuple(found.questions),
        refused=tuple(found.refused),
        explanations=tuple(found.explanations),
        degraded=degraded,
        operation=_operation(extraction),
    )


def _operation(extraction: Extraction) -> Operation:
    asked: list[Operation] = [spans.operation for spans in extraction.events]
    return asked[0] if asked and "create" not in asked else "create"


def _begins(spans: EventSpans, said: str, reference: Reference, title: str) -> None:
    """Ask when an event begins of which only the end is named."""
    if end := only_an_end(spans, said):
        from_today = spans.model_copy(update={"date": f"today to {end[0]}", "end_date": None})
        try:
            readings = [settle(from_today, reference, _nature(spans, title))] if not spans.time else []
        except (Unclear, Impossible):
            readings = []
        raise Unclear("date", end[1], f"'{end[1]}' is when '{title}' ends. When does it begin?", readings)


def _with_its_own_length(spans: EventSpans, title: str, reference: Reference, content: str) -> EventSpans:
    """Ask where a length may be that of something else: `Interview at 2pm, be 10 minutes early`."""
    if not is_of_another(spans, content):
        return spans
    without = spans.model_copy(update={"duration": None})
    try:
        readings = [settle(one, reference, title) for one in (without, spans)]
    except Impossible:
        return without  # it has an end of its own: `9am-1pm with a 30 minute break`
    if len({reading.key for reading in readings}) == 1:
        return without
    raise Unclear("duration", spans.duration, f"Is '{spans.duration}' how long '{title}' lasts?", readings)


def _whose_hour(events: Sequence[EventSpans], content: str) -> None:
    """Ask whose hour stands between two commas: `Sunday roast at mine, 1pm, Liz and Gary coming`."""
    if len(events) < 2 or events[0].time or events[0].recurrence or not (events[1].time and events[1].title):
        return
    name, hour, clause = (
        same_length(words or "") for words in (events[0].title, events[1].time, events[1].title)
    )
    if re.search(
        rf"{re.escape(name)}[^,;.\n]*, (?:at )?{re.escape(hour)}, {re.escape(clause)}", same_length(content)
    ):
        question = f"Is '{events[1].time}' when '{events[0].title}' begins, or '{events[1].title}'?"
        raise Unclear("time", events[1].time, question)


def _one_week(spans: EventSpans, before: Sequence[EventSpans], reference: Reference) -> None:
    """Ask where days that run forward may go back a week: said on a Wednesday, `Monday 9am, Thursday 2pm`."""
    day = _bare_weekday(spans)
    for earlier in before:
        first = _bare_weekday(earlier)
        if day is not None and first is not None and _goes_back(first, day, reference.today.weekday()):
            question = f"Is '{spans.date}' the one before '{earlier.date}' of next week, or the one after it?"
            raise Unclear("date", spans.date, question)


def _goes_back(first: int, then: int, today: int) -> bool:
    """Tell whether the next weekday `then` comes before the next `first`, behind which the text names it."""
    sooner = (then - today - 1) % 7 < (first - today - 1) % 7
    return sooner and (first < then or first == today)


def _bare_weekday(spans: EventSpans) -> int | None:
    once = spans.operation == "create" and not spans.recurrence
    return weekday_alone(spans.date) if once else None


def nothing_found() -> Clarification:
    """Return the question for a text in which there is no event."""
    return Clarification(event=0, field="content", words=None, question="What is to be booked, and when?")


def _one(
    index: int,
    spans: EventSpans,
    name: _Name,
    request: CalendarRequest,
    reference: Reference,
    found: _Found,
) -> None:
    if spans.operation != "create":
        found.changes.append(replace(change(spans, reference), index=index))
        return
    spans = _with_its_own_length(spans, name.title, reference, request.content)
    booking = _booking(spans, name, request, settle(spans, reference, _nature(spans, name.title)))
    assumed = booking.assumed if name.given else ("title", *booking.assumed)
    booking = replace(booking, index=index, assumed=assumed)
    found.bookings.append(booking)
    found.explanations.extend(explain(index, spans, booking, request.content))


def _booking(spans: EventSpans, name: _Name, request: CalendarRequest, when: When) -> Booking:
    people = participants(request, spans.mentions)
    words = _nature(spans, name.title)
    priority = priority_of(spans.priority or "")
    assumed = {
        "location": spans.place is None and bool(request.location),
        "timezone": spans.zone is None and when.zone.name == reference_of(request).zone.name,
        "priority": priority is None,
        "participants": not spans.mentions and len(people.known) > 1,
    }
    return Booking(
        title=name.title,
        description=name.about,
        when=when,
        place=spans.place or request.location,
        people=people,
        money=read_money(spans.amount) if spans.amount else None,
        category=category_of(words, people.known[1:], request.user_email),
        priority=priority or "medium",
        assumed=tuple(name for name, holds in assumed.items() if holds),
    )


def title_of(spans: EventSpans, content: str, before: EventSpans | None = None) -> tuple[str, bool]:
    """Return an event's title and whether the text gives it one.

    Without a title it is called by its category's words, or by the text itself; with somebody, one meets.
    What says no more than `lunch` is called by whom it is with, too, wherever that stands. What says no more
    than with whom is what the event `before` is: `interview with Li at 2 and with Cho at 3`.
    """
    words = spans.title or spans.category or ""
    if not words.strip():
        return _shortened(" ".join(content.split())), False
    if is_quoted(words, content):
        return _shortened(words), True
    if spans.title:
        words = f"{words} {company_of(spans)}"
    plain = re.sub(r"(?<!\w)@(?=\w)", "", " ".join(words.split())).strip(" ,.;:")
    kind = re.match(r"(?i).+?(?= with )", before.title or "") if before else None
    plain = re.sub(r"(?i)^(?:with |w/ ?)(?=\w)", f"{kind[0] if kind else 'Meeting'} with ", plain)
    return _shortened(plain[:1].upper() + plain[1:]), bool(spans.title)


def _shortened(title: str) -> str:
    return title if len(title) <= MAX_TITLE else title[: MAX_TITLE - 1].rstrip() + "…"


def _nature(spans: EventSpans, title: str) -> str:
    """Return the words that tell what kind of thing the event is."""
    return " ".join(filter(None, (spans.category, title)))


def _question(index: int, unclear: Unclear, names: tuple[str, str], content: str) -> Clarification:
    """Return the question in the text's own words; of `names` the first may say what kind it is, too."""
    words = verbatim(unclear.words, content) if unclear.words else None
    question = unclear.question.replace(f"'{names[0]}'", f"'{names[1]}'")
    return Clarification(
        event=index,
        field=unclear.field,
        words=words,
        question=question.replace(f"'{unclear.words}'", f"'{words}'"),
        readings=[_reading(when) for when in unclear.readings],
    )


def _reading(when: When) -> Reading:
    return Reading(
        says=said(when.start, when.end, when.zone.name, all_day=when.all_day),
        start_time=when.start,
        end_time=when.end,
        recurrence=when.rrule,
    )
