"""Orders that a text gives beside the events that were read from it: `move yoga to Monday and cancel lunch`.

Half of what was asked for, done without a word, is worse than a question.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from orchestrator.calendar.matching import KINDS, Existing, match, words_of
from orchestrator.calendar.models import Clarification
from orchestrator.calendar.outcomes import Target
from orchestrator.calendar.phrases.readings import compiled
from orchestrator.calendar.phrases.words import same_length
from orchestrator.calendar.phrases.zones import Zone
from orchestrator.calendar.spans import EventSpans

_CHANGING = (
    r"cancel|call off|delete|remove|scrap|move|reschedule|postpone|prepone|push|shift|delay|bring|swap|change"
    r"|update"
)
_BOOKING = r"book|schedule|add|create|set up|put|arrange|remind me"
_BEYOND = r"invite|rename|call it|make it|extend|shorten|replace"
_TELLING = r"tell|inform|notify|let|email|message|ask"
_ORDER = (
    r"(?:\b(?:and|then|also|plus|but)|[,;.!&])\s+(?:(?:please|also|then|and|now|can you|could you) )*"
    rf"(?P<order>(?P<verb>{_CHANGING}|{_BOOKING}|{_BEYOND}|{_TELLING})\b(?! me\b)(?P<what>[^,;.!?\n]*))"
)
_CHANGED = (
    r"(?:cancel|call off|delete|remove|move|reschedule|postpone) (?P<what>[^,;.!?\n]+?)"
    r"(?= (?:to|on|at|from|by|until|till|for|and|then)\b|$)"
)
OTHER_DAYS = "'{}' makes other days of it: is it to be cancelled, and booked anew?"
APART = "Send each order in a sentence of its own."
CANNOT = "Names, places, lengths and people of an event cannot be changed here, only its time."


def left_over(events: Sequence[EventSpans], content: str) -> Clarification | None:
    """Return the question about what a text that changes events asks for as well, and no event has taken."""
    if all(spans.operation not in {"cancel", "reschedule"} for spans in events):
        return None
    text = same_length(content)
    for index, spans in enumerate(events):
        if spans.operation == "reschedule" and (place := _new_place(spans, text)):
            return _question(index, place, f"Is it to move to '{place}'? {CANNOT}")
        if spans.operation == "reschedule" and (rule := _new_rule(spans, text)):
            return _question(index, rule, OTHER_DAYS.format(rule))
    for found in _untaken([spans.title for spans in events if spans.title], text):
        order = content[slice(*found.span("order"))].strip()
        why = CANNOT if compiled(_BEYOND).fullmatch(found["verb"]) else APART
        why = "That cannot be done here." if compiled(_TELLING).fullmatch(found["verb"]) else why
        return _question(0, order, f"What about '{order}'? {why}")
    return None


def second_changes(titles: Sequence[str], content: str) -> Iterator[tuple[str, str]]:
    """Yield the orders to change something that none of the new `titles` has taken, with what each names."""
    for found in _untaken(titles, same_length(content)):
        if changed := compiled(_CHANGED).match(found["order"].strip()):
            yield content[slice(*found.span("order"))].strip(), changed["what"]


def changes_too(order: str, what: str, existing: Iterable[Existing], zone: Zone) -> str | None:
    """Return the question about an order that names one of `existing`, or nothing but `my call`."""
    if not words_of(what) - KINDS or match(Target(what, zone), existing):
        return f"What about '{order}'? {APART}"
    return None


def _untaken(titles: Sequence[str], text: str) -> Iterator[re.Match[str]]:
    titles = [same_length(title) for title in titles]
    for found in compiled(_ORDER).finditer(text):
        inside = any(found["order"].strip() in title for title in titles)
        # Of two events of one name, the second may stand anywhere.
        behind = any(text.find(title) >= found.start("order") or titles.count(title) > 1 for title in titles)
        if not inside and not behind:
            yield found


def _new_place(spans: EventSpans, text: str) -> str | None:
    """Return a place that stands behind the new time; before it, it tells which event is meant."""
    when = max((text.find(same_length(words)) for words in (spans.date, spans.time) if words), default=-1)
    return spans.place if spans.place and 0 <= when < text.rfind(same_length(spans.place)) else None


def _new_rule(spans: EventSpans, text: str) -> str | None:
    rule = spans.recurrence or ""
    return rule if rule and re.search(rf"\bto (?:be )?{re.escape(same_length(rule))}", text) else None


def _question(index: int, words: str, question: str) -> Clarification:
    return Clarification(event=index, field="content", words=words, question=question)
