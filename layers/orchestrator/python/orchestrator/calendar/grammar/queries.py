"""Sentences that ask what is in the calendar: what is on tomorrow, when is the dentist."""

from __future__ import annotations

import re
from collections.abc import Sequence

from orchestrator.calendar.grammar.leftovers import rest
from orchestrator.calendar.grammar.marks import Mark, fields_of
from orchestrator.calendar.spans import EventSpans
from orchestrator.calendar.words import same_length

_STOCK = re.compile(
    r"(?:\b(?:what's|what|when's|when|which|who|show|list|find|do i|do we|am i|is there|are there|how many|do"
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
    left = rest(original, 0, len(original), found)
    title = _title(original, found)
    return EventSpans(operation="query", title=title).model_copy(update=fields), doubt or (
        left.doubt if left.doubt not in _HARMLESS else None
    )


def _title(original: str, found: Sequence[Mark]) -> str | None:
    text, pieces, start = same_length(original), list[str](), 0
    for mark in [*found, None]:
        end = mark.start if mark else len(text)
        piece, offset = text[start:end], start
        lead = _STOCK.match(piece)
        offset += lead.end() if lead else 0
        words = original[offset:end].strip(" ?.,!")
        if words and not _STOCK.fullmatch(same_length(words)):
            pieces.append(words)
        start = mark.end if mark else end
    return pieces[0] if pieces else None
