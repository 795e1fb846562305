"""Sentences that move an event: `move X from OLD to NEW`, `push X back by 30 minutes`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.calendar.grammar.leftovers import rest
from orchestrator.calendar.grammar.marks import Mark, fields_of
from orchestrator.calendar.phrases.words import NUMBER
from orchestrator.calendar.spans import EventSpans

_TO = re.compile(r"(?:^|.* )(?:to|until|till|for)(?: (?:the|be|start at|at|on))* ?$")
_BY = re.compile(r"\b(?:(?:back|forward|up|ahead|out) )?by $|\b(?:back|forward|up|ahead|out) $")
_ENDS = re.compile(r",? ?(?:until|till|til) ")
_PUTS_OFF = re.compile(r"\W*(?:\w+ ){0,2}?(?:delay|push|postpone|put off)\b")
_COUNTED = re.compile(rf"(?<!\w){NUMBER} (?:minutes?|mins?|hours?|days?|weeks?|months?) (?:later|earlier)\b")
_LATER = re.compile(r" (?:later|earlier)\b")
_AHEAD = re.compile(r" +(?P<way>back|forward|up|ahead|out)\b")


def moving(text: str, original: str, found: Sequence[Mark], begin: int) -> tuple[EventSpans, str | None]:
    """Return the spans of a sentence that moves one event, and what casts doubt on them."""
    found = [_without_until(mark, text) for mark in found]
    shift = _shift(text, original, found)
    if shift is not None:
        start, end, words = shift
        old = [mark for mark in found if mark.end <= start or mark.start >= end]
        fields, doubt = fields_of(old, {"date": "from_date", "time": "from_time"})
        if way := _AHEAD.match(text, begin):
            words, begin = original[way.start("way") : end], way.end()
        left = rest(original, begin, start, [mark for mark in old if mark.end <= start])
        tail = rest(original, end, len(original), [mark for mark in old if mark.start >= end])
        doubt = doubt or left.doubt or tail.doubt or (tail.title if left.title else None)
        return _span(left.title or tail.title, {"shift": words, **fields}), doubt
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


_NEW = frozenset({"date", "time", "recurrence"})


def moves(text: str, original: str, found: Sequence[Mark]) -> bool:
    """Tell whether a sentence says by how much, or to when, something is moved."""
    found = [_without_until(mark, text) for mark in found]
    to = any(mark.kind in _NEW and _TO.match(text[: mark.start]) for mark in found)
    return to or _shift(text, original, found) is not None


def _without_until(mark: Mark, text: str) -> Mark:
    """Return what something is moved to as its new time, not as its end: `put off dinner until Friday`."""
    lead = _ENDS.match(text, mark.start, mark.end) if mark.kind.startswith("end_") else None
    if lead is None:
        return mark
    words = mark.words[-(mark.end - lead.end()) :]
    return Mark(lead.end(), mark.end, mark.kind.removeprefix("end_"), words)


def _moved(
    original: str, old: list[Mark], new: list[Mark], begin: int, cut: int
) -> tuple[EventSpans, str | None]:
    before, doubt = fields_of(old, {"date": "from_date", "time": "from_time"})
    names = ("date", "time", "duration", "zone", "recurrence")
    after, more = fields_of(new, {name: name for name in names})
    title = rest(re.sub(r"(?:to|until|till|for) *$", "", original[:cut]), begin, cut, old)
    tail = rest(original, cut, len(original), new)
    doubt = doubt or more or title.doubt or tail.doubt or tail.title
    place = {"place": tail.place} if tail.place else {}
    return _span(title.title, before | after | place), doubt


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
        last = not text[mark.end :].strip(" .!") and not text[: mark.start].endswith("for ")
        if last and _PUTS_OFF.match(text):
            return mark.start, mark.end, original[mark.start : mark.end]
    later = _COUNTED.search(text)
    return (*later.span(), later[0]) if later else None
