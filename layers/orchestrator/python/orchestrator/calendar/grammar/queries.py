"""Sentences that ask what is in the calendar: what is on tomorrow, when is the dentist."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from orchestrator.calendar.grammar.marks import Mark, fields_of
from orchestrator.calendar.grammar.vocabulary import DOUBT
from orchestrator.calendar.periods import JOIN, PERIODS, UNTIL
from orchestrator.calendar.phrases.words import same_length
from orchestrator.calendar.spans import EventSpans

_STOCK_WORDS = (
    *("what'?s", "what time", "what", "when'?s", "when", "which", "who(?:'?s)?"),
    *("how(?:'?s)?", "where(?:'?s)?", "how many", "many", "show", "list", "find", "tell"),
    *("do i", "do we", "am i", "is there", "are there", "there", "else", "all", "any"),
    *("i", "me", "we", "my", "our", "the", "a", "anything", "something"),
    *("do", "does", "did", "doing", "is", "are", "am", "be", "have", "has", "got", "need"),
    *("please", "can you", "could you", "check", "read", "give", "walk me through", "look up", "look at"),
    *("seeing", "see", "coming", "start", "starts", "booked", "planned", "scheduled", "happening"),
    *("going on", "coming up", "upcoming", "looking", "looks? like", "looks?", "like"),
    *("left", "up", "so", "far", "yet", "plate", "next", "long", "often", "still", "already", "anywhere"),
    *(
        "remind",
        r"(?:before|after|until|till|by|since) \d\d?",
        "clash",
        "anyone",
        "work for (?:you|me|us)",
        "work",
    ),
    *("on", "in", "at", "for", "with", "to", r"(?:time|room) for [\w ]+"),
    *("calendar", "schedule", "agenda", "events?", "meetings?", "appointments?", "plans?", "conflicts?"),
    *("free", "double", "busy", "available", "full", "open", "clear", "day", "hours?", "slots?"),
)
_STOCK = re.compile(rf"(?:\b(?:{'|'.join(_STOCK_WORDS)})\b|[\s?.,!])+")
"""What says no more than that something is asked."""
_TAIL = re.compile(
    r"(?:(?:^| )(?:next|yet|still|on|for|in|at|before|after|until|till|by|from))+$", re.IGNORECASE
)

_HARMLESS = frozenset({"next", "hour", "hours", "half", "before", "after", "until", "till"})
"""Of the words that may change a time, those that only say what is looked for: the next free hour."""


_LAST = re.compile(r"\b(?:my|the|our) last\b")
_JOIN = re.compile(rf" ?{JOIN} ?")
_FROM = re.compile(r"\b(?:between|from) $")
_UNTIL = re.compile(rf"\b{UNTIL} $")
_LIMIT = re.compile(r"\b(?:before|after|until|till?|by|from|since|past|later than) $")


def asking(text: str, original: str, found: Sequence[Mark]) -> tuple[EventSpans, str | None]:
    """Return the spans of a question, and what casts doubt on them."""
    found = _stretched(text, original, found)
    fields, doubt = fields_of(_without_limits(found, text), {"date": "date", "time": "time"})
    pieces = _pieces(original, found)
    unread = (match[0] for piece in pieces for match in DOUBT.finditer(same_length(piece)))
    harmless = _HARMLESS | ({"last"} if _LAST.search(text) else set[str]())
    doubt = doubt or _past(text, found) or next((words for words in unread if words not in harmless), None)
    title = pieces[0] if pieces else None
    return EventSpans(operation="query", title=title).model_copy(update=fields), doubt


def _stretched(text: str, original: str, found: Sequence[Mark]) -> list[Mark]:
    """Take the stretches of time that only a question can name for dates: `in December`, `until Sunday`."""
    spans = [Mark(start, end, "date", original[start:end]) for start, end in PERIODS.find(text)]
    plain = [replace(mark, kind=mark.kind.removeprefix("end_")) for mark in found]
    kept: list[Mark] = []
    for mark in sorted([*spans, *plain], key=lambda mark: (mark.start - mark.end, mark.start)):
        if all(mark.end <= other.start or mark.start >= other.end for other in kept):
            kept.append(mark)
    joined: list[Mark] = []
    for mark in sorted(kept):
        before = joined[-1] if joined else None
        if before and before.kind == mark.kind == "date" and _JOIN.fullmatch(text[before.end : mark.start]):
            lead = _FROM.search(text[: before.start])
            joined[-1] = _date(lead.start() if lead else before.start, mark.end, original)
        elif mark.kind == "date" and (lead := _UNTIL.search(text[: mark.start])):
            joined.append(_date(lead.start(), mark.end, original))
        else:
            joined.append(mark)
    return joined


def _past(text: str, found: Sequence[Mark]) -> str | None:
    """Return what makes another day of the day behind it: `last Tuesday` may be of two weeks."""
    last = (mark for mark in found if mark.kind == "date" and text[: mark.start].endswith("last "))
    return next((text[mark.start - 5 : mark.end] for mark in last), None)


def _date(start: int, end: int, original: str) -> Mark:
    return Mark(start, end, "date", original[start:end].strip())


def _without_limits(found: Sequence[Mark], text: str) -> list[Mark]:
    """Leave out an hour that only bounds what is asked about: all of the day is shown."""
    return [mark for mark in found if mark.kind != "time" or not _LIMIT.search(text[: mark.start])]


def _pieces(original: str, found: Sequence[Mark]) -> list[str]:
    """Return the stretches that say more than that something is asked."""
    text, pieces, start = same_length(original), list[str](), 0
    for mark in [*found, None]:
        end = mark.start if mark else len(text)
        piece, offset = text[start:end], start
        lead = _STOCK.match(piece)
        offset += lead.end() if lead else 0
        words = _TAIL.sub("", original[offset:end].strip(" ?.,!"))
        if words and not _STOCK.fullmatch(same_length(words)):
            pieces.append(words)
        start = mark.end if mark else end
    return pieces
