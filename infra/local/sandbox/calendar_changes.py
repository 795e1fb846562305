"""Sentences that move one event, or that ask what there is: which words of them say what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from infra.local.sandbox import calendar_titles as titles
from infra.local.sandbox import calendar_verbs as verbs
from infra.local.sandbox import calendar_words as words
from infra.local.sandbox.calendar_fields import blank, put, rest
from infra.local.sandbox.calendar_marks import Mark, plain

_TO = re.compile(r"\b(?:to|until|till?|for)(?: (?:the|be|start at|at|on))* ?$")
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


def moves(small: str, found: Sequence[Mark]) -> bool:
    """Return whether it is said to when, or by how much; some verbs move nothing else."""
    to = any(mark.kind in {"date", "time"} and _TO.search(small[: mark.start]) for mark in found)
    return to or _shift(small, found) is not None or bool(verbs.MOVING.match(small))


def moved(text: str, small: str, found: Sequence[Mark]) -> dict[str, Any]:
    """Return the words of a sentence that moves one event: which, from when, and to when or by how much."""
    fields = blank("reschedule")
    shift = _shift(small, found)
    cut = next((m.start for m in found if m.kind in {"date", "time"} and _TO.search(small[: m.start])), None)
    end = shift[0] if shift else cut if cut is not None else len(text)
    if shift:
        fields["shift"] = text[shift[0] : shift[1]]
    for mark in found:
        if shift and mark.start >= shift[0] and mark.end <= shift[1]:
            continue
        old = mark.kind in {"date", "time"} and mark.start < end
        put(fields, Mark(mark.start, mark.end, f"from_{mark.kind}") if old else mark, text, "")
    verb = verbs.OPERATIONS["reschedule"].match(small)
    begin = verb.end() if verb else 0
    if shift and (way := re.match(r" +(back|forward|up|ahead|out)\b(?= .*\bby )", small[begin:])):
        fields["shift"] = text[begin + way.start(1) : shift[1]]
        begin += way.end()
    inside = [mark for mark in found if mark.end <= end]
    fields["title"] = fields["title"] or titles.title(rest(text, begin, end, inside))
    return fields


def _shift(small: str, found: Sequence[Mark]) -> tuple[int, int] | None:
    for mark in found:
        if mark.kind != "duration":
            continue
        if match := re.search(
            r"(?:\b(?:back|forward|up|ahead|out) )?\bby $|(?<![\w-])(?:back|forward|up|ahead) $",
            small[: mark.start],
        ):
            return match.start(), mark.end
        if match := re.match(r" (?:later|earlier)\b", small[mark.end :]):
            return mark.start, mark.end + match.end()
    return None


def asked(text: str, small: str, found: Sequence[Mark]) -> dict[str, Any]:
    """Return the words of a question: what is looked for, and when."""
    fields = blank("query")
    start = 0
    for mark in [*found, None]:
        end = mark.start if mark else len(text)
        lead = _STOCK.match(small[start:end])
        asked = text[start + (lead.end() if lead else 0) : end].strip(" ?.,!")
        if asked and not _STOCK.fullmatch(plain(asked)) and not fields["title"]:
            fields["title"] = re.sub(r"(?i) (?:next|yet|on)$", "", asked)
        if mark:
            put(fields, mark, text, "")
            start = mark.end
    return fields


def apart(small: str, found: Sequence[Mark]) -> list[Mark]:
    """Part `Dec 10 to Dec 17`: what moves from one day to another lies on neither day in between."""
    done: list[Mark] = []
    for mark in found:
        first, to, last = small[mark.start : mark.end].partition(" to ")
        if mark.kind == "date" and re.fullmatch(words.ONE_DAY, first) and re.fullmatch(words.ONE_DAY, last):
            done.append(Mark(mark.start, mark.start + len(first), "date"))
            done.append(Mark(mark.start + len(first + to), mark.end, "date"))
        else:
            done.append(mark)
    return done
