"""Sentences that move an event: `move X from OLD to NEW`, `push X back by 30 minutes`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.calendar.grammar.leftovers import rest
from orchestrator.calendar.grammar.marks import Mark, fields_of
from orchestrator.calendar.spans import EventSpans

_TO = re.compile(r"(?:^|.* )(?:to|until|till|for)(?: (?:the|be|start at|at|on))* ?$")
_BY = re.compile(r"\b(?:(?:back|forward|up|ahead|out) )?by $|\b(?:back|forward|up|ahead|out) $")
_LATER = re.compile(r" (?:later|earlier)\b")
_AHEAD = re.compile(r" +(?P<way>back|forward|up|ahead|out)\b")


def moving(text: str, original: str, found: Sequence[Mark], begin: int) -> tuple[EventSpans, str | None]:
    """Return the spans of a sentence that moves one event, and what casts doubt on them."""
    shift = _shift(text, original, found)
    if shift is not None:
        start, end, words = shift
        old = [mark for mark in found if mark.end <= start or mark.start >= end]
        fields, doubt = fields_of(old, {"date": "from_date", "time": "from_time"})
        left = rest(_without(original, start, end), begin, len(original), old)
        if way := _AHEAD.match(text, begin):
            words = original[way.start("way") : end]
            left = rest(_without(original, start, end), way.end(), len(original), old)
        doubt = doubt or left.doubt
        return _span(left.title, {"shift": words, **fields}), doubt
    cut = next(
        (at for at in (mark.start for mark in found if mark.kind in _NEW) if _TO.match(text[:at])), None
    )
    if cut is None:
        return EventSpans(
            operation="reschedule", title=rest(original, begin, len(original), found).title
        ), text.strip()
    return _moved(
        original, [m for m in found if m.start < cut], [m for m in found if m.start >= cut], begin, cut
    )


_NEW = frozenset({"date", "time"})


def moves(text: str, original: str, found: Sequence[Mark]) -> bool:
    """Tell whether a sentence says by how much, or to when, something is moved."""
    to = any(mark.kind in _NEW and _TO.match(text[: mark.start]) for mark in found)
    return to or _shift(text, original, found) is not None


def _moved(
    original: str, old: list[Mark], new: list[Mark], begin: int, cut: int
) -> tuple[EventSpans, str | None]:
    before, doubt = fields_of(old, {"date": "from_date", "time": "from_time"})
    after, more = fields_of(new, {"date": "date", "time": "time", "duration": "duration", "zone": "zone"})
    title = rest(re.sub(r"(?:to|until|till|for) *$", "", original[:cut]), begin, cut, old)
    tail = rest(original, cut, len(original), new)
    doubt = doubt or more or title.doubt or tail.doubt or tail.title
    return _span(title.title, before | after), doubt


def _span(title: str | None, fields: dict[str, str]) -> EventSpans:
    return EventSpans(operation="reschedule", title=title).model_copy(update=fields)


def _shift(text: str, original: str, found: Sequence[Mark]) -> tuple[int, int, str] | None:
    for mark in found:
        if mark.kind != "duration":
            continue
        if match := _BY.search(text[: mark.start]):
            return match.start(), mark.end, original[match.start() : mark.end]
        if match := _LATER.match(text[mark.end :]):
            return mark.start, mark.end + match.end(), original[mark.start : mark.end + match.end()]
    return None


def _without(original: str, start: int, end: int) -> str:
    return original[:start] + " " * (end - start) + original[end:]
