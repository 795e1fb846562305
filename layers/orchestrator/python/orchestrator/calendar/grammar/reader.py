"""Reads a request without a model: the same spans, found by rule, and the doubts that are left."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from orchestrator.calendar.grammar.clauses import Clause, clauses, without_bullets
from orchestrator.calendar.grammar.leftovers import Rest, rest
from orchestrator.calendar.grammar.marks import MOVE_JOIN, Mark, marks
from orchestrator.calendar.grammar.moves import moves, moving
from orchestrator.calendar.grammar.queries import asking
from orchestrator.calendar.grammar.shared import said_of_all, tail
from orchestrator.calendar.grammar.verbs import SECOND, STRONG_MOVE, VERB, of_the_world, operation_of
from orchestrator.calendar.models import CalendarRequest, Clarification, Reading
from orchestrator.calendar.outcomes import Outcome
from orchestrator.calendar.phrases.words import MONTH, NTH_DAY, TOMORROW, same_length
from orchestrator.calendar.resolve import nothing_found, reference_of, resolve
from orchestrator.calendar.spans import MAX_EVENTS, EventSpans, Extraction

MAX_TEXT = 1000
"""Characters the grammar reads: rules made for sentences say nothing sure about a letter."""
_ANY_JOIN = r" ?(?:-|to|through|thru|until|till?) ?"
_ORDER = re.compile(r"(?<=[.!?] )(?:please |and |now )?(?:cancel|delete|remove|move|reschedule|ignore)\b.*")
_STRETCH = re.compile(r"(?:this|next|the) (?:week|weekend|month|quarter|year)")
_STARTS = re.compile(r"(?:start(?:s|ing)?|begin(?:s|ning)?|from)(?: on| from| in| with)? $")
_COUNTED = re.compile(r"\b(?:\d+|two|three|four|five|six|eight|ten) $")
"""Before `Saturdays`: so many of them, and no series without an end."""
_HALF_SENTENCE = re.compile(
    r"^(?:is|are|was|were|has been) |\bto (?:the|my|our)$"
    r"|^(?:(?:leav|arriv)(?:es?|ing)|ends?|ending|starts?|starting|begins?|beginning|skip|skipping"
    r"|doors?(?: open| close)?|swap|switch|exchange|change|move)$"
)
"""What is left of a sentence that says something of an event, and does not name one."""
_LIMITS = re.compile(r"\b(?:before|after|by|not|except|since)(?: the)? ?$")


@dataclass(slots=True)
class Understood:
    """The spans of each event and what casts doubt on them, by event."""

    extraction: Extraction
    doubts: dict[int, str] = field(default_factory=dict[int, str])


def understand(request: CalendarRequest) -> Outcome:
    """Return what a text comes to without any model's help; in doubt, a question and no booking."""
    if len(request.content) > MAX_TEXT:
        return Outcome(clarifications=(nothing_found(),), degraded=True)
    understood = extract(request)
    outcome = resolve(understood.extraction, request, degraded=True)
    if not understood.doubts:
        return outcome
    readings = [
        Reading(says=booking.title, start_time=booking.when.start, end_time=booking.when.end)
        for booking in outcome.bookings
    ]
    # A guess is shown with its question only where each event has one, so that none is shown with another's.
    readings = readings if len(readings) == len(understood.extraction.events) else []
    questions = [
        Clarification(
            event=index,
            field="content",
            words=words,
            question=f"What does '{words}' change about it?",
            readings=readings[index : index + 1],
        )
        for index, words in understood.doubts.items()
    ]
    return Outcome(
        clarifications=(*questions, *outcome.clarifications), degraded=True, operation=outcome.operation
    )


def extract(request: CalendarRequest) -> Understood:
    """Return the spans of the request's text."""
    original = without_bullets(request.content)
    text = same_length(original)
    reference = reference_of(request)
    operation = operation_of(text)
    join = MOVE_JOIN if operation == "reschedule" else _ANY_JOIN
    found = marks(text, original, request.user_mentions, reference, join)
    if operation == "reschedule":
        verb = VERB.match(text)
        if STRONG_MOVE.match(text) or moves(text, original, found):
            return _single(*moving(text, original, found, verb.end() if verb else 0))
        # "Change the oil on Friday" is a thing to do.
        operation, found = "create", marks(text, original, request.user_mentions, reference, _ANY_JOIN)
    if operation == "query" and of_the_world(text):
        return Understood(Extraction())
    if operation == "query":
        return _single(*asking(text, original, found))
    if not (said := tail(text)):
        return _events(text, original, found)
    begin = said.start()
    understood = _events(text[:begin], original[:begin], [mark for mark in found if mark.end <= begin])
    events = said_of_all(said, original, found, understood.extraction.events)
    if events is None:
        return _events(text, original, found)
    understood.extraction = Extraction(events=events)
    return understood


def _events(text: str, original: str, found: Sequence[Mark]) -> Understood:
    understood = Understood(Extraction())
    events: list[EventSpans] = []
    for clause in clauses(text, original, found)[:MAX_EVENTS]:
        spans, doubt = _event(clause, text, original)
        spans, doubt = _shared(spans, doubt, events, text)
        if doubt:
            understood.doubts[len(events)] = doubt
        events.append(spans)
    understood.extraction = Extraction(events=events)
    return understood


def _shared(
    spans: EventSpans, doubt: str | None, events: list[EventSpans], text: str
) -> tuple[EventSpans, str | None]:
    """Hand the day of one event to the next; one at the very end of the text is that of all before it."""
    if not events:
        return spans, doubt
    if not spans.date and not spans.recurrence and spans.operation == "create":
        return spans.model_copy(update={"date": events[-1].date}), doubt
    if _of_which_month(spans.date, events[-1].date):
        return spans, doubt or spans.date
    if events[0].date or events[0].recurrence:
        return spans, doubt
    if not spans.date:
        return spans, doubt or spans.recurrence
    if not _ends_with(text, spans.date) or any(one.date for one in events):
        return spans, doubt or spans.date
    events[:] = [one.model_copy(update={"date": spans.date}) for one in events]
    return spans, doubt


def _of_which_month(date: str | None, before: str | None) -> bool:
    """Tell whether a day without a month follows one with it: `14-16 April, a talk on the 15th`."""
    bare = re.fullmatch(rf"(?:on )?(?:the )?{NTH_DAY}", same_length(date or ""))
    return bool(bare and re.search(rf"\b{MONTH}(?!\w)", same_length(before or "")))


def _ends_with(text: str, date: str) -> bool:
    """Tell whether a day stands at the very end, where it is that of all events before it."""
    return text.rstrip(" .!?").endswith(same_length(date))


def _single(spans: EventSpans, doubt: str | None) -> Understood:
    return Understood(Extraction(events=[spans]), {0: doubt} if doubt else {})


def _event(clause: Clause, text: str, original: str) -> tuple[EventSpans, str | None]:
    verb = VERB.match(text, clause.start) if operation_of(text[clause.start :]) == "cancel" else None
    left = rest(original, verb.end() if verb else clause.start, clause.end, clause.marks)
    spans, doubt = _sorted(clause, text, left)
    nameless = (
        None if left.title or spans.operation == "cancel" else original[clause.start : clause.end].strip()
    )
    second = SECOND.search(same_length(left.title or "")) if spans.operation == "cancel" else None
    more = second[0] if second else _order_inside(left.title)
    return spans, doubt or left.doubt or more or _man_or_day(spans) or nameless


def _man_or_day(spans: EventSpans) -> str | None:
    """Return `tom` where no day is named: it may be tomorrow; and what is no name, like `back`."""
    title = spans.title or ""
    if same_length(title) in {"back", "return", "returning"}:
        return title
    if half := _HALF_SENTENCE.search(same_length(title)):
        return half[0]
    match = (
        None if spans.date or spans.recurrence else re.search(r"(?<!with )(?<!w/ )(?<!and )\btom\b", title)
    )
    return match[0] if match else None


def _order_inside(title: str | None) -> str | None:
    """Return a second sentence of the title that asks for a change: it is no part of any name."""
    match = _ORDER.search(same_length(title or ""))
    return match[0] if match else None


def _sorted(clause: Clause, text: str, left: Rest) -> tuple[EventSpans, str | None]:
    """Put each phrase of a clause into its field; a second one of a kind is a doubt."""
    fields: dict[str, str] = {}
    doubt: str | None = None
    for mark in clause.marks:
        name = _field(mark, text, fields)
        if mark.kind == "recurrence" and _is_adjective(mark, text) and _dated(clause, mark.words):
            name = None  # a weekly report on Friday is one event, or many
        if mark.kind == "recurrence" and _is_counted(mark, clause, text):
            name = None
        if name in {"quote", "mention"}:
            continue
        if name is None or name in fields:
            doubt = doubt or mark.words
        else:
            fields[name] = mark.words
    operation = operation_of(text[clause.start :])
    spans = EventSpans(
        operation=operation,
        title=left.title,
        place=left.place,
        description=left.description,
        category=left.category,
        mentions=[mark.words for mark in clause.marks if mark.kind == "mention"],
    ).model_copy(update=fields)
    if operation == "reschedule" and not clause.start:
        return spans.model_copy(update={"operation": "create"}), doubt
    unfit = operation == "reschedule" or operation == "query"
    return spans, doubt or (spans.title if unfit else None)


def _is_counted(mark: Mark, clause: Clause, text: str) -> bool:
    """Tell whether a number stands before a series that is no part of a date: `4 Saturdays`."""
    day_before = any(one.kind == "date" and one.end == mark.start - 1 for one in clause.marks)
    return not day_before and bool(_COUNTED.search(text[: mark.start]))


def _is_adjective(mark: Mark, text: str) -> bool:
    return " " not in mark.words and bool(
        re.match(r" (?!on\b|at\b|from\b|for\b|start|begin|until)[a-z]", text[mark.end :])
    )


def _dated(clause: Clause, rule: str) -> bool:
    dates = [mark.words.lower().removeprefix("on ") for mark in clause.marks if mark.kind == "date"]
    if rule.lower() == "monthly" and any(words.endswith(" of the month") for words in dates):
        return False
    return bool(dates)


def _ends_a_night(before: str, fields: Mapping[str, str]) -> bool:
    """Tell whether a range of hours of tonight has just been named, which may end tomorrow."""
    time = same_length(fields.get("time", ""))
    tonight = "tonight" in same_length(fields.get("date", "")) or "tonight" in time
    return tonight and before.endswith(f"{time} ") and bool(re.search(r"-|\b(?:to|until|till?)\b", time))


def _field(mark: Mark, text: str, fields: Mapping[str, str]) -> str | None:
    """Return the field a phrase belongs to; `None` when the words before it say something unread."""
    before = text[: mark.start]
    if mark.kind.startswith("end_"):
        anchored = mark.kind.removeprefix("end_") in fields or (
            mark.kind == "end_date" and "recurrence" in fields
        )
        return mark.kind if anchored else None
    if mark.kind == "date" and "recurrence" in fields and _STRETCH.fullmatch(mark.words.lower()):
        return mark.kind if _STARTS.search(before) else None
    if mark.kind in {"date", "time"} and _LIMITS.search(before):
        return None
    if (
        mark.kind == "date"
        and re.search(r" (?:to|-|until|till|through) $", before)
        and "date" in fields
        and "time" in fields
    ):
        return "end_date"
    if mark.kind == "date" and _ends_a_night(before, fields) and re.fullmatch(TOMORROW, mark.words.lower()):
        return "end_date"
    return (
        "end_time"
        if mark.kind == "time" and "end_date" in fields and "recurrence" not in fields
        else mark.kind
    )
