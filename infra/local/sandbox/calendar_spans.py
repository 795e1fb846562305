"""What the OpenAI stand-in answers to the calendar: which words of a text belong to which field of an event.

Plain English sentences by rule; a choice the text leaves is copied with the words that leave it, and what
cannot be told is null. It computes nothing, as a model is told to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from infra.local.sandbox import calendar_changes as changes
from infra.local.sandbox import calendar_titles as titles
from infra.local.sandbox import calendar_verbs as verbs
from infra.local.sandbox import calendar_words as words
from infra.local.sandbox.calendar_fields import WHEN, blank, put, rest
from infra.local.sandbox.calendar_marks import MOVE_JOIN, Mark, marks, plain

_BULLET = re.compile(rf"(?:^|(?<=\n))[ \t]*(?:[-*•·–]|\d\d?[.)](?! ?{words.MONTH}\b)) +", re.IGNORECASE)
_CUT = re.compile(
    r" ?[;\n][;\n ]*|(?<=\w\w['\"])\. +|(?<=\w\w)[.!] +(?=[A-Z])|,? +(?:and|then|plus|also) +(?:then +"
    r"|also +)?|, +"
)
_SAID_OF_ALL = re.compile(
    r"(?:[,.;:] *| - )(?:both|each|all(?: (?:two|three|four|five|of them))?"
    rf"(?= (?:at|in|on|for|urgent|today|{words.TOMORROW}|this|next|{words.WEEKDAY}|\d)\b))"
    r"(?P<behind> [^,.;]*)[.! ]*$|[,;](?P<before> [^,;]*) each[.! ]*$"
)
_OF_ALL = frozenset({"date", "duration", "priority", "place"})
"""What can be said of several events at once: `both tomorrow`, `all at Luigi's`, `30 minutes each`."""
_ARRIVES = re.compile(rf"{words.ARRIVES} (?P<hedge>)(?:(?:at|by|around|about) )?", re.I)
_DEPARTS = re.compile(rf"{words.DEPARTS} (?:at )?", re.I)
_ORDER = re.compile(
    r"(?<=[.!?] )(?:please |and |now )?(?:cancel|delete|remove|move|reschedule|ignore)\b.*", re.I
)
_IN_PART = re.compile(rf"(?<!\w)(?:in|during) (?:{words.MONTH}(?!\w)|{words.SEASON})")
_HALF_SENTENCE = re.compile(
    r"^(?:is|are|was|were|has been) |\bto (?:the|my|our)$"
    r"|^(?:(?:leav|arriv)(?:es?|ing)|ends?|ending|starts?|starting|begins?|beginning|skip|skipping"
    r"|doors?(?: open| close)?|swap|switch|exchange|change|move)$",
    re.I,
)
_RELATIVE = re.compile(
    r" (?:before(?:hand)?|earlier|later|ahead|early|late|in advance|prior|after(?:wards)?)\b"
)
_TOM = re.compile(r"(?<!with )(?<!w/ )(?<!and )\btom\b")
"""The man, or tomorrow; `with tom` is the man."""
_AFTERWARDS = re.compile(r"after (?:school|work|class)\b")
_LABEL = re.compile(r"(?:^|(?<=\n))[ \t]*(?:when|date|time|what|subject|title) ?:", re.IGNORECASE)
_WITHIN = re.compile(
    r"(?<!starting)(?<!start)(?<!beginning)(?<!from)(?<!of) (?:this|next) (?:week|weekend|month|quarter"
    r"|year)(?!\w)"
)
"""A stretch that a series is said to be in, and not to begin in: only some of its times are meant."""


def extract(text: str) -> list[dict[str, Any]]:
    """Return the words of each event that `text` asks for."""
    text = _without_marking(text)
    small = plain(text)
    if verbs.NOTHING.match(small) or verbs.of_the_world(small):
        return []
    operation = verbs.operation(small)
    found = changes.apart(small, marks(text, MOVE_JOIN)) if operation == "reschedule" else marks(text)
    if operation == "reschedule" and changes.moves(small, found):
        return [changes.moved(text, small, found)]
    if operation == "reschedule":
        found = marks(text)  # "change the oil on Friday" is a thing to do
    if operation == "query":
        return [changes.asked(text, small, found)]
    if said := _SAID_OF_ALL.search(small):
        part = text[: said.start()]
        events = _events(part, small, [mark for mark in found if mark.end <= said.start()])
        if _said_of_all(events, said, text, found):
            return events
    return _events(text, small, found)


def _without_marking(text: str) -> str:
    """Return `text` with spaces for its polite opening, and for what only marks the lines of a list."""
    for marking in (_BULLET, _LABEL):
        text = marking.sub(lambda match: " " * len(match[0]), text)
    opening = verbs.OPENING.match(plain(text))
    return " " * opening.end() + text[opening.end() :] if opening else text


def _events(text: str, small: str, found: Sequence[Mark]) -> list[dict[str, Any]]:
    events = [_event(text, small, *piece) for piece in _pieces(text, found)]
    return [event for event in _sharing(text, events) if event["title"] or event["operation"] == "cancel"]


def _said_of_all(events: list[dict[str, Any]], said: re.Match[str], text: str, found: Sequence[Mark]) -> bool:
    """Give each event what the end of the text says of all, and return whether that is all it says."""
    start, end = said.span("behind" if said["behind"] else "before")
    inside = [mark for mark in found if mark.start >= start and mark.end <= end]
    fields = {mark.kind: text[mark.start : mark.end] for mark in inside}
    place, pieces = titles.place(rest(text, start, end, inside))
    fields |= {"place": place} if place else {}
    taken = any(event[name] for event in events for name in fields if name in event)
    if len(events) < 2 or taken or not fields or not fields.keys() <= _OF_ALL or _left(pieces, inside, text):
        return False
    for event in events:
        event.update(fields)
    return True


def _left(pieces: Sequence[str], inside: Sequence[Mark], text: str) -> bool:
    """Return whether words are left that are no phrase and lead to none."""
    words = " ".join(pieces)
    for mark in inside:
        words = words.replace(text[mark.start : mark.end], "")
    return bool(titles.title([words]))


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
        if _goes_on(text, start, end, after, found) or _in_company(text, start, end, after, found):
            continue
        if _is_whole(text, start, end, found):
            done.append((start, end))
            start = after
    if not done or start < len(text):
        done = [*done[:-1], (done[-1][0], len(text))] if done else [(0, len(text))]
    for start, end in done:
        yield start, end, [mark for mark in found if mark.start >= start and mark.end <= end]


def _goes_on(text: str, start: int, end: int, after: int, found: Sequence[Mark]) -> bool:
    """Return whether a comma only parts a day from its time, or a start from its end: `6am, arrives 9am`."""
    inside = {mark.kind for mark in found if mark.start >= start and mark.end <= end}
    joined = any(mark.end == end for mark in found)
    if "time" in inside and _leads(_ARRIVES, text, after, found):
        return True
    if leading := _DEPARTS.match(text, after):
        after = leading.end()
    return joined and any(mark.start == after and mark.kind in WHEN - inside for mark in found)


def _leads(pattern: re.Pattern[str], text: str, after: int, found: Sequence[Mark]) -> bool:
    leading = pattern.match(text, after)
    places = (leading.end(), leading.start("hedge")) if leading else ()
    return any(mark.kind == "time" and mark.start in places for mark in found)


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
    if not any(mark.kind in WHEN for mark in inside):
        return False
    return any(mark.kind == "title" for mark in inside) or bool(titles.title(rest(text, start, end, inside)))


def _event(text: str, small: str, start: int, end: int, found: Sequence[Mark]) -> dict[str, Any]:
    fields = blank(verbs.operation(small[start:end]))
    for mark in found:
        put(fields, _apart(mark, small), text, small[start : mark.start])
    if fields["operation"] == "reschedule":
        fields["operation"] = "create"
    pieces = rest(text, start, end, found)
    if fields["operation"] == "cancel":
        pieces[0] = verbs.DROPPED.sub("", pieces[0])
    quoted = fields["title"]
    if not quoted and fields["operation"] == "create":
        _leave_open(fields, text, small, start, end, found)
    if fields["recurrence"] and _WITHIN.search(small[start:end]):
        fields["recurrence"], fields["date"] = None, text[start:end].strip()
    fields["place"], pieces = titles.place(pieces)
    fields["title"] = quoted or _around_a_day(text, start, end, found) or titles.title(pieces)
    fields["description"] = None if quoted else titles.description(pieces)
    _take_orders(fields, text, small, start, end)
    fields["category"] = titles.category(pieces[0]) if quoted else titles.reminder(text[start:end])
    return fields


def _around_a_day(text: str, start: int, end: int, found: Sequence[Mark]) -> str | None:
    """Return the name around a weekday, if it is part of one."""
    for index, mark in enumerate(found):
        day = text[mark.start : mark.end]
        if mark.kind == "date" and re.fullmatch(rf"{words.WEEKDAY}(?: {words.PART})?", plain(day)):
            begin = found[index - 1].end if index else start
            until = next((one.start for one in found if one.start >= mark.end), end)
            if name := titles.around_a_day(text[begin : mark.start], day, text[mark.end : until]):
                return name
    return None


def _apart(mark: Mark, small: str) -> Mark:
    """Tell a length from how far off something is: `to be at the airport 2 hours earlier`."""
    behind = _RELATIVE.match(small, mark.end) if mark.kind == "duration" else None
    return Mark(mark.start, behind.end(), "vague") if behind else mark


def _take_orders(fields: dict[str, Any], text: str, small: str, start: int, end: int) -> None:
    """Take what a name says of other things than itself, so that it is asked about."""
    if fields["operation"] == "create" and (half := _HALF_SENTENCE.search(fields["title"] or "")):
        fields["time"] = half[0].strip()
    second = verbs.SECOND.search(fields["title"] or "") if fields["operation"] == "cancel" else None
    if order := second or _ORDER.search(fields["title"] or ""):
        fields["time"] = order[0]
    elif (
        fields["operation"] == "cancel"
        and not fields["date"]
        and (when := _IN_PART.search(small, start, end))
    ):
        fields["date"] = text[slice(*when.span())]  # a part of the year, of which nobody knows the days


def _leave_open(
    fields: dict[str, Any], text: str, small: str, start: int, end: int, found: Sequence[Mark]
) -> None:
    """Take words of time that no phrase has into the date: what they say is not known, but they say it."""
    if not fields["date"] and not fields["recurrence"] and (tom := _TOM.search(text[start:end])):
        fields["date"] = tom[0]  # the man, or tomorrow
        return
    for match in re.finditer(words.UNREAD, small[start:end]):
        first, last = start + match.start(), start + match.end()
        if any(mark.start < last and first < mark.end for mark in found):
            continue
        if small[:last].endswith("trick or"):
            continue
        if fields["time"] and _AFTERWARDS.match(small, first):
            continue
        if match[0] in {"until", "till"} and any(0 < mark.start - last < 5 for mark in found):
            continue
        begin = text.find(fields["date"], start) if fields["date"] else first
        fields["date"] = text[min(begin, first) : max(begin + len(fields["date"] or ""), last)]
        return


def _sharing(text: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hand the only day of several events to those without one."""
    dates = [event["date"] for event in events]
    last = next((date for date in dates if date), None)
    series = next((event["recurrence"] for event in events if event["recurrence"]), None)
    if series and not last and not events[0]["recurrence"]:
        last = series  # "Pick up at 3:15, drop off at 8:30 every weekday"
    if last and not dates[0] and not text.rstrip(" .!?").endswith(last):
        # "Call Bob at 4pm and meet Anna tomorrow at 9" leaves Bob's day open: a choice, copied as it stands.
        begin = text.find(events[0]["title"] or events[0]["time"] or "")
        last = text[begin : text.find(last) + len(last)]
    for before, event in pairwise(events):
        if re.fullmatch(rf"(?:the )?{words.ORDINAL_DAY}", plain(event["date"] or "")) and re.search(
            rf"\b{words.MONTH}(?!\w)", plain(before["date"] or "")
        ):
            # "Conference 14-16 April, a talk on the 15th" may mean the same month.
            event["date"] = text[text.find(before["date"]) : text.find(event["date"]) + len(event["date"])]
    for event in events:
        if event["date"] is None and event["recurrence"] is None:
            event["date"] = last
        last = event["date"] or last
    return events
