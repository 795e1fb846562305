"""What the OpenAI stand-in answers to the calendar: which words of a text belong to which field of an event.

Plain English sentences by rule; a choice the text leaves is copied with the words that leave it, and what
cannot be told is null. It computes nothing, as a model is told to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from infra.local.sandbox import calendar_titles as titles
from infra.local.sandbox import calendar_verbs as verbs
from infra.local.sandbox import calendar_words as words
from infra.local.sandbox.calendar_marks import MOVE_JOIN, Mark, marks, plain

_BULLET = re.compile(rf"(?:^|(?<=\n))[ \t]*(?:[-*•·–]|\d\d?[.)](?! ?{words.MONTH}\b)) +", re.IGNORECASE)
_WHEN = frozenset({"date", "time", "recurrence"})
_CUT = re.compile(
    r" ?[;\n][;\n ]*|(?<=\w\w['\"])\. +|(?<=\w\w)[.!] +(?=[A-Z])|,? +(?:and|then|plus|also) +(?:then +"
    r"|also +)?|, +"
)
_UNTIL = re.compile(r"(?:,? ?(?:\b(?:until|till?|through|ending(?: on)?|to)|-)) $")
_TO = re.compile(r"\b(?:to|until|till?|for)(?: (?:the|be|start at|at|on))* ?$")
_ORDER = re.compile(
    r"(?<=[.!?] )(?:please |and |now )?(?:cancel|delete|remove|move|reschedule|ignore)\b.*", re.I
)
_WITHIN = re.compile(
    r"(?<!starting)(?<!start)(?<!beginning)(?<!from)(?<!of) (?:this|next) (?:week|weekend|month|quarter"
    r"|year)(?!\w)"
)
"""A stretch that a series is said to be in, and not to begin in: only some of its times are meant."""
_STOCK_WORDS = (
    *("what'?s", "what time", "what", "when'?s", "when", "which", "who", "how(?:'?s)?", "where(?:'?s)?"),
    *("how many", "many", "show", "list", "find", "tell", "do i", "do we", "am i", "is there", "are there"),
    *("i", "me", "we", "my", "our", "the", "a", "any", "all", "anything", "something", "there", "else"),
    *("do", "does", "did", "doing", "is", "are", "am", "have", "has", "got", "seeing", "see", "coming"),
    *("start", "starts", "booked", "planned", "scheduled", "happening", "going on", "coming up", "upcoming"),
    *("looking", "looks? like", "looks?", "like", "left", "up", "so", "far", "yet", "plate", "next"),
    *("on", "in", "at", "for", "with", "to", r"(?:time|room) for [\w ]+"),
    *("calendar", "schedule", "agenda", "events?", "meetings?", "appointments?", "plans?", "conflicts?"),
    *("free", "busy", "available", "full", "open", "clear", "day", "hours?", "slots?"),
)
_STOCK = re.compile(rf"(?:\b(?:{'|'.join(_STOCK_WORDS)})\b|[\s?.,!])+")
"""What says no more than that something is asked."""


def extract(text: str) -> list[dict[str, Any]]:
    """Return the words of each event that `text` asks for."""
    text = _BULLET.sub(lambda match: " " * len(match[0]), text)
    small = plain(text)
    if verbs.NOTHING.match(small) or verbs.of_the_world(small):
        return []
    operation = verbs.operation(small)
    found = _apart(small, marks(text, MOVE_JOIN)) if operation == "reschedule" else marks(text)
    if operation == "reschedule" and _moves(small, found):
        return [_moved(text, small, found)]
    if operation == "reschedule":
        found = marks(text)  # "change the oil on Friday" is a thing to do
    if operation == "query":
        return [_asked(text, small, found)]
    events = [_event(text, small, *piece) for piece in _pieces(text, found)]
    return [event for event in _sharing(text, events) if event["title"] or event["operation"] == "cancel"]


def _apart(small: str, found: Sequence[Mark]) -> list[Mark]:
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


def _pieces(text: str, found: Sequence[Mark]) -> Iterator[tuple[int, int, list[Mark]]]:
    """Yield the stretches that have a time and a name each; what has not belongs to the one before it."""
    done: list[tuple[int, int]] = []
    start = 0
    cuts = [
        match.span()
        for match in _CUT.finditer(text)
        if not any(mark.start < match.end() and match.start() < mark.end for mark in found)
    ]
    for end, after in [*cuts, (len(text), len(text))]:
        if _goes_on(start, end, after, found) or _in_company(text, start, end, after, found):
            continue
        if _is_whole(text, start, end, found):
            done.append((start, end))
            start = after
    if not done or start < len(text):
        done = [*done[:-1], (done[-1][0], len(text))] if done else [(0, len(text))]
    for start, end in done:
        yield start, end, [mark for mark in found if mark.start >= start and mark.end <= end]


def _goes_on(start: int, end: int, after: int, found: Sequence[Mark]) -> bool:
    """Return whether a comma only parts a day from its time: `Dec 9, 7:15am`."""
    inside = {mark.kind for mark in found if mark.start >= start and mark.end <= end}
    joined = any(mark.end == end for mark in found)
    return joined and any(mark.start == after and mark.kind in _WHEN - inside for mark in found)


def _in_company(text: str, start: int, end: int, after: int, found: Sequence[Mark]) -> bool:
    """Return whether `and` parts two people: `at 7 dinner with mom and dad on friday`."""
    if text[end:after].strip(" ,") != "and" or not re.search(
        r"\bwith (?:[\w'.]+,? ){0,3}[\w'.]+$", text[start:end]
    ):
        return False
    follows = next((mark for mark in found if mark.start >= after), None)
    inside = {mark.kind for mark in found if mark.start >= start and mark.end <= end}
    if follows is None or follows.kind in inside:
        return False
    between = re.sub(r"(?:\b(?:on|at|from)|@) ?$", "", text[after : follows.start])
    return bool(re.fullmatch(r"(?:(?:the|my|our|her|his) )?[\w'-]+ ?", between)) and not titles.happens(
        between
    )


def _is_whole(text: str, start: int, end: int, found: Sequence[Mark]) -> bool:
    inside = [mark for mark in found if mark.start >= start and mark.end <= end]
    if not any(mark.kind in _WHEN for mark in inside):
        return False
    return any(mark.kind == "title" for mark in inside) or bool(titles.title(_rest(text, start, end, inside)))


def _rest(text: str, start: int, end: int, found: Sequence[Mark]) -> list[str]:
    """Cut a stretch at its phrases; mentions, priorities and most amounts stay in what they are part of."""
    pieces: list[str] = []
    for mark in found:
        led_in = mark.kind == "amount" and text[start : mark.start].endswith((" for ", " of ", " worth "))
        if mark.kind in {"mentions", "amount", "priority", "vague"} and not led_in:
            continue
        pieces.append(text[start : mark.start].rstrip("'\"“‘„«"))
        start = mark.end
    pieces.append(text[start:end].lstrip('"”»'))
    return [re.sub(r"^['’](?:s(?= ))?", "", piece) for piece in pieces]


def _event(text: str, small: str, start: int, end: int, found: Sequence[Mark]) -> dict[str, Any]:
    fields = _blank(verbs.operation(small[start:end]))
    for mark in found:
        _put(fields, mark, text, small[start : mark.start])
    if fields["operation"] == "reschedule":
        fields["operation"] = "create"
    pieces = _rest(text, start, end, found)
    if fields["operation"] == "cancel":
        pieces[0] = verbs.DROPPED.sub("", pieces[0])
    quoted = fields["title"]
    if not quoted and fields["operation"] == "create":
        _leave_open(fields, text, small, start, end, found)
    if fields["recurrence"] and _WITHIN.search(small[start:end]):
        fields["recurrence"], fields["date"] = None, text[start:end].strip()
    fields["place"], pieces = titles.place(pieces)
    fields["title"] = quoted or titles.title(pieces)
    fields["description"] = None if quoted else titles.description(pieces)
    if order := _ORDER.search(fields["title"] or ""):
        fields["time"] = order[0]
    fields["category"] = titles.category(pieces[0]) if quoted else titles.reminder(text[start:end])
    return fields


def _leave_open(
    fields: dict[str, Any], text: str, small: str, start: int, end: int, found: Sequence[Mark]
) -> None:
    """Take words of time that no phrase has into the date: what they say is not known, but they say it."""
    for match in re.finditer(words.UNREAD, small[start:end]):
        first, last = start + match.start(), start + match.end()
        if any(mark.start < last and first < mark.end for mark in found):
            continue
        if match[0] in {"until", "till"} and any(0 < mark.start - last < 5 for mark in found):
            continue
        begin = text.find(fields["date"], start) if fields["date"] else first
        fields["date"] = text[min(begin, first) : max(begin + len(fields["date"] or ""), last)]
        return


def _blank(operation: str) -> dict[str, Any]:
    names = "title description date time end_date end_time zone duration recurrence place amount category"
    more = "priority from_date from_time shift"
    return {"operation": operation, "mentions": [], **dict.fromkeys([*names.split(), *more.split()])}


def _put(fields: dict[str, Any], mark: Mark, text: str, before: str) -> None:
    """Put a phrase into its field; a second one of a kind is joined to the first, for it is a choice."""
    words = text[mark.start : mark.end]
    if mark.kind == "mentions":
        fields["mentions"].append(words)
        return
    if mark.kind == "vague":
        fields["time"] = text[mark.start : mark.end]
        return
    name = mark.kind
    if name in {"date", "time"} and (end := _UNTIL.search(before)) and _begun(fields, name, end[0]):
        name = f"end_{name}"
    elif name == "time" and fields["end_date"] and not fields["recurrence"] and fields["time"]:
        name = "end_time"
    if fields[name] is None:
        fields[name] = words
    elif name in _WHEN:
        first = text.find(fields[name])
        fields[name] = text[first : mark.end]


def _begun(fields: dict[str, Any], name: str, word: str) -> bool:
    ends = name == "time" and "t" in word and "to " not in word
    return ends or fields[name] is not None or (name == "date" and fields["recurrence"] is not None)


def _sharing(text: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hand the only day of several events to those without one."""
    dates = [event["date"] for event in events]
    last = next((date for date in dates if date), None)
    if last and not dates[0] and not text.rstrip(" .!?").endswith(last):
        # "Call Bob at 4pm and meet Anna tomorrow at 9" leaves Bob's day open: a choice, copied as it stands.
        begin = text.find(events[0]["title"] or events[0]["time"] or "")
        last = text[begin : text.find(last) + len(last)]
    for event in events:
        if event["date"] is None and event["recurrence"] is None:
            event["date"] = last
        last = event["date"] or last
    return events


def _moves(small: str, found: Sequence[Mark]) -> bool:
    """Return whether it is said to when, or by how much; some verbs move nothing else."""
    to = any(mark.kind in {"date", "time"} and _TO.search(small[: mark.start]) for mark in found)
    return to or _shift(small, found) is not None or bool(verbs.MOVING.match(small))


def _moved(text: str, small: str, found: Sequence[Mark]) -> dict[str, Any]:
    fields = _blank("reschedule")
    shift = _shift(small, found)
    cut = next((m.start for m in found if m.kind in {"date", "time"} and _TO.search(small[: m.start])), None)
    end = shift[0] if shift else cut if cut is not None else len(text)
    if shift:
        fields["shift"] = text[shift[0] : shift[1]]
    for mark in found:
        if shift and mark.start >= shift[0] and mark.end <= shift[1]:
            continue
        old = mark.kind in {"date", "time"} and mark.start < end
        _put(fields, Mark(mark.start, mark.end, f"from_{mark.kind}") if old else mark, text, "")
    verb = verbs.OPERATIONS["reschedule"].match(small)
    begin = verb.end() if verb else 0
    if shift and (way := re.match(r" +(back|forward|up|ahead|out)\b(?= .*\bby )", small[begin:])):
        fields["shift"] = text[begin + way.start(1) : shift[1]]
        begin += way.end()
    inside = [mark for mark in found if mark.end <= end]
    fields["title"] = fields["title"] or titles.title(_rest(text, begin, end, inside))
    return fields


def _shift(small: str, found: Sequence[Mark]) -> tuple[int, int] | None:
    for mark in found:
        if mark.kind != "duration":
            continue
        if match := re.search(
            r"(?:(?:back|forward|up|ahead|out) )?by $|(?:back|forward|up|ahead) $", small[: mark.start]
        ):
            return match.start(), mark.end
        if match := re.match(r" (?:later|earlier)\b", small[mark.end :]):
            return mark.start, mark.end + match.end()
    return None


def _asked(text: str, small: str, found: Sequence[Mark]) -> dict[str, Any]:
    fields = _blank("query")
    start = 0
    for mark in [*found, None]:
        end = mark.start if mark else len(text)
        lead = _STOCK.match(small[start:end])
        asked = text[start + (lead.end() if lead else 0) : end].strip(" ?.,!")
        if asked and not _STOCK.fullmatch(plain(asked)) and not fields["title"]:
            fields["title"] = re.sub(r"(?i) (?:next|yet|on)$", "", asked)
        if mark:
            _put(fields, mark, text, "")
            start = mark.end
    return fields
