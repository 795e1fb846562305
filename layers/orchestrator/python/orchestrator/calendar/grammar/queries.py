"""Sentences that ask what is in the calendar: what is on tomorrow, when is the dentist."""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.calendar.grammar.marks import Mark, fields_of
from orchestrator.calendar.grammar.vocabulary import DOUBT
from orchestrator.calendar.spans import EventSpans
from orchestrator.calendar.words import same_length

_STOCK = re.compile(
    r"(?:\b(?:what'?s|what time|what|when'?s|when|which|how(?:'?s)?|where(?:'?s)?|tell|many|(?:time"
    r"|room) for [\w ]+|seeing|see|doing|next|plate|did|has|else|left|up|so|far|looking|look|like"
    r"|start|starts|our|who|show|list|find|do i|do we|am i|is there|are there|how many|do"
    r"|does|i|me|we"
    r"|have|got|on|in|at|my|the|a|any|all|calendar|schedule|agenda|events?|meetings?|appointments?|plans?"
    r"|planned"
    r"|scheduled|coming up|upcoming|is|are|am|free|busy|available|there|happening|going on|looks? like"
    r"|for|with|to"
    r"|anything|something|how|does|next|hours?|slots?|full|day|open|conflicts?)\b|[\s?.,!])+"
)

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
        words = re.sub(r"(?i) next$", "", original[offset:end].strip(" ?.,!"))
        if words and not _STOCK.fullmatch(same_length(words)):
            pieces.append(words)
        start = mark.end if mark else end
    return pieces
