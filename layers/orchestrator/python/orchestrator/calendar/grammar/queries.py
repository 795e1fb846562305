"""Sentences that ask what is in the calendar: what is on tomorrow, when is the dentist."""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.calendar.grammar.marks import Mark, fields_of
from orchestrator.calendar.grammar.vocabulary import DOUBT
from orchestrator.calendar.phrases.words import same_length
from orchestrator.calendar.spans import EventSpans

_STOCK_WORDS = (
    *("what'?s", "what time", "what", "when'?s", "when", "which", "who(?:'?s)?"),
    *("how(?:'?s)?", "where(?:'?s)?", "how many", "many", "show", "list", "find", "tell"),
    *("do i", "do we", "am i", "is there", "are there", "there", "else", "all", "any"),
    *("i", "me", "we", "my", "our", "the", "a", "anything", "something"),
    *("do", "does", "did", "doing", "is", "are", "am", "be", "have", "has", "got", "need"),
    *("seeing", "see", "coming", "start", "starts", "booked", "planned", "scheduled", "happening"),
    *("going on", "coming up", "upcoming", "looking", "looks? like", "looks?", "like"),
    *("left", "up", "so", "far", "yet", "plate", "next", "long", "often"),
    *("on", "in", "at", "for", "with", "to", r"(?:time|room) for [\w ]+"),
    *("calendar", "schedule", "agenda", "events?", "meetings?", "appointments?", "plans?", "conflicts?"),
    *("free", "double", "busy", "available", "full", "open", "clear", "day", "hours?", "slots?"),
)
_STOCK = re.compile(rf"(?:\b(?:{'|'.join(_STOCK_WORDS)})\b|[\s?.,!])+")
"""What says no more than that something is asked."""

_HARMLESS = frozenset({"next", "hour", "hours", "half"})
"""Of the words that may change a time, those that only say what is looked for: the next free hour."""


def asking(text: str, original: str, found: Sequence[Mark]) -> tuple[EventSpans, str | None]:
    """Return the spans of a question, and what casts doubt on them."""
    fields, doubt = fields_of(found, {"date": "date", "time": "time"})
    pieces = _pieces(original, found)
    unread = (match[0] for piece in pieces for match in DOUBT.finditer(same_length(piece)))
    doubt = doubt or next((words for words in unread if words not in _HARMLESS), None)
    title = pieces[0] if pieces else None
    return EventSpans(operation="query", title=title).model_copy(update=fields), doubt


def _pieces(original: str, found: Sequence[Mark]) -> list[str]:
    """Return the stretches that say more than that something is asked."""
    text, pieces, start = same_length(original), list[str](), 0
    for mark in [*found, None]:
        end = mark.start if mark else len(text)
        piece, offset = text[start:end], start
        lead = _STOCK.match(piece)
        offset += lead.end() if lead else 0
        words = re.sub(r"(?i) (?:next|yet|on)$", "", original[offset:end].strip(" ?.,!"))
        if words and not _STOCK.fullmatch(same_length(words)):
            pieces.append(words)
        start = mark.end if mark else end
    return pieces
