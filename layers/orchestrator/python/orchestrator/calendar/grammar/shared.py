"""What a sentence says of all its events at once: `both tomorrow`, `all at Luigi's`, `30 minutes each`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.calendar.grammar.leftovers import rest
from orchestrator.calendar.grammar.marks import Mark, fields_of
from orchestrator.calendar.phrases.words import TOMORROW, WEEKDAY
from orchestrator.calendar.spans import EventSpans

_ALL = (
    r"(?:both|each|all(?: (?:two|three|four|five|of them))?"
    rf"(?= (?:at|in|on|for|urgent|today|{TOMORROW}|this|next|{WEEKDAY}|\d)\b))"
)
_TAIL = re.compile(rf"(?:[,.;:] *| - ){_ALL}(?P<behind> [^,.;]*)[.! ]*$|[,;](?P<before> [^,;]*) each[.! ]*$")
_NAMES = {"date": "date", "duration": "duration", "priority": "priority", "zone": "zone"}


def tail(text: str) -> re.Match[str] | None:
    """Return the end of a text that speaks of all its events."""
    return _TAIL.search(text)


def said_of_all(
    said: re.Match[str], original: str, found: Sequence[Mark], events: Sequence[EventSpans]
) -> list[EventSpans] | None:
    """Return `events` with what `said` says of each; `None` where it says something nobody has read."""
    start, end = said.span("behind" if said["behind"] else "before")
    marks = [mark for mark in found if mark.start >= start and mark.end <= end]
    fields, doubt = fields_of(marks, _NAMES)
    left = rest(original, start, end, marks)
    if left.place:
        fields["place"] = left.place
    more = left.title if left.title != fields.get("priority") else None
    taken = any(getattr(spans, name) for spans in events for name in fields)
    if len(events) < 2 or doubt or left.doubt or more or taken or not fields:
        return None
    return [spans.model_copy(update=fields) for spans in events]
