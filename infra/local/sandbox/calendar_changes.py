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


_MONTHS = r"(?:january|february|april|june|july|august|september|october|november|december)"
_PERIOD = re.compile(
    rf"(?<!\w)(?:(?:in|during|over|throughout|for) (?:this |next |early |late )?{words.MONTH}(?!\w)"
    r"(?: 20\d\d)?|(?:(?:in|for|over|within|on) )?(?:(?:the )?(?:rest|remainder) of (?:the |this |my )?(?:day"
    rf"|week|weekend|month|year|{words.MONTH})|(?:the |my )?(?:next|coming|following) {words.COUNT}"
    rf" (?:days?|weeks?|months?)|(?:the )?week after next|later this (?:week|month|year)"
    rf"|last (?:week|month))|{_MONTHS}(?: 20\d\d)?)(?!\w)(?! \d)"
)
"""Stretches of time that only a question can name."""
_JOIN = re.compile(r" ?(?:\b(?:and|to|until|till|through)\b|[&-]) ?")
_FROM = re.compile(r"\b(?:between|from) $")
_UNTIL = re.compile(r"\b(?:(?:from )?(?:now|today) )?(?:until|till?|through|up to) $")


_NEW = frozenset({"date", "time", "recurrence"})
_LATER = re.compile(
    rf"(?<!\w){words.COUNT} (?:minutes?|mins?|hours?|days?|weeks?|months?) (?:later|earlier)\b"
)
_PUTS_OFF = re.compile(r"\W*(?:\w+ ){0,2}?(?:delay|push|postpone|put off)\b")


def moves(small: str, found: Sequence[Mark]) -> bool:
    """Return whether it is said to when, or by how much; some verbs move nothing else."""
    to = any(mark.kind in _NEW and _TO.search(small[: mark.start]) for mark in found)
    return to or _shift(small, found) is not None or bool(verbs.MOVING.match(small))


def moved(text: str, small: str, found: Sequence[Mark]) -> dict[str, Any]:
    """Return the words of a sentence that moves one event: which, from when, and to when or by how much."""
    fields = blank("reschedule")
    shift = _shift(small, found)
    cut = next((m.start for m in found if m.kind in _NEW and _TO.search(small[: m.start])), None)
    end = shift[0] if shift else cut if cut is not None else len(text)
    if shift:
        fields["shift"] = text[shift[0] : shift[1]]
    for mark in found:
        if shift and mark.start >= shift[0] and mark.end <= shift[1]:
            continue
        if mark.kind == "recurrence" and mark.start < end:
            continue  # the weekly review
        old = mark.kind in {"date", "time"} and mark.start < end
        put(fields, Mark(mark.start, mark.end, f"from_{mark.kind}") if old else mark, text, "")
    verb = verbs.OPERATIONS["reschedule"].match(small)
    begin = verb.end() if verb else 0
    if shift and (way := re.match(r" +(back|forward|up|ahead|out)\b(?= .*\bby )", small[begin:])):
        fields["shift"] = text[begin + way.start(1) : shift[1]]
        begin += way.end()
    inside = [mark for mark in found if mark.end <= end]
    fields["title"] = fields["title"] or titles.title(rest(text, begin, end, inside))
    if cut is not None:
        fields["place"], _ = titles.place(
            rest(text, cut, len(text), [mark for mark in found if mark.start >= cut])
        )
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
        last = not small[mark.end :].strip(" .!") and not small[: mark.start].endswith("for ")
        if last and _PUTS_OFF.match(small):
            return mark.start, mark.end
    later = _LATER.search(small)
    return later.span() if later else None


def asked(text: str, small: str, found: Sequence[Mark]) -> dict[str, Any]:
    """Return the words of a question: what is looked for, and when."""
    fields = blank("query")
    vague = {
        mark for mark in found if mark.kind == "vague" and small[mark.start : mark.end].endswith(" thing")
    }
    found = _stretched(small, [mark for mark in found if mark not in vague])
    start = 0
    for mark in [*found, None]:
        end = mark.start if mark else len(text)
        lead = _STOCK.match(small[start:end])
        asked = text[start + (lead.end() if lead else 0) : end].strip(" ?.,!")
        if asked and not _STOCK.fullmatch(plain(asked)) and not fields["title"]:
            fields["title"] = _TAIL.sub("", asked)
        if mark:
            put(fields, mark, text, "")
            start = mark.end
    return fields


def _stretched(small: str, found: Sequence[Mark]) -> list[Mark]:
    """Return the phrases of a question, with stretches of time as one each: `between Dec 1 and Dec 15`."""
    marks = [*(Mark(*match.span(), "date") for match in _PERIOD.finditer(small)), *found]
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda mark: (mark.start - mark.end, mark.start)):
        if all(mark.end <= other.start or mark.start >= other.end for other in kept):
            kept.append(mark)
    done: list[Mark] = []
    for mark in sorted(kept):
        last = done[-1] if done else None
        if last and last.kind == mark.kind == "date" and _JOIN.fullmatch(small[last.end : mark.start]):
            lead = _FROM.search(small[: last.start])
            done[-1] = Mark(lead.start() if lead else last.start, mark.end, "date")
        elif mark.kind == "date" and (lead := _leading(small, mark)):
            done.append(Mark(lead.start(), mark.end, "date"))
        else:
            done.append(mark)
    return done


def _leading(small: str, mark: Mark) -> re.Match[str] | None:
    pattern = _FROM if _JOIN.search(small[mark.start : mark.end]) else _UNTIL
    return pattern.search(small[: mark.start])


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
