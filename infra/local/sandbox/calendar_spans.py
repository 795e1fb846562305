"""What the OpenAI stand-in answers to the calendar: which words of a text belong to which field of an event.

Plain English sentences by rule; a choice the text leaves is copied with the words that leave it, and what
cannot be told is null. It computes nothing, as a model is told to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from infra.local.sandbox import calendar_titles as titles
from infra.local.sandbox import calendar_words as words
from infra.local.sandbox.calendar_marks import Mark, marks, plain

_POLITE = (
    r"\s*(?:(?:please|pls|plz|(?:hey|hi|hello)(?: there)?|(?:can|could|would|will) (?:you|u|we|i)"
    r"|i'd (?:like|love) to(?: have)?|(?:would you )?mind (?:adding|booking|putting|scheduling)"
    r"|i need to"
    r"|just|actually|also|then|and|ok|okay|so)\b[\s,!.]*)*"
)
_BULLET = re.compile(rf"(?:^|(?<=\n))[ \t]*(?:[-*•·–]|\d\d?[.)](?! ?{words.MONTH}\b)) +", re.IGNORECASE)
_OPERATIONS = {
    "cancel": re.compile(
        _POLITE
        + r"(?:cancel|call off|(?:delete|remove|drop|scrap) (?:the|my|our|every|all)|remove .*calendar"
        r"|(?:delete|remove|drop|scrap) (?:\w+ )?(?:meeting|call|appointment|event|breakfast|brunch|lunch"
        r"|dinner"
        r"|coffee|drinks|session|class|lesson)"
        r"|(?:bin|ditch|scratch) (?:the|my|our) .*(?:meeting|call|appointment|lunch|dinner|class|lesson))\b"
    ),
    "reschedule": re.compile(_POLITE + r"(?:move|reschedule|shift|postpone|push|delay|bring|change|bump)\b"),
    "query": re.compile(
        _POLITE + r"(?:what(?! a\b)|what'?s|when|when'?s|which|(?:show|list|find|tell) (?:me|my|all|the|what)"
        r"|(?:do|did|have|are) (?:i|we)\b|am i|(?:is|are) (?:there|my|our|the)\b|is [\w ]+ (?:free|available"
        r"|busy|taken)"
        r"|how (?:many|busy|does|is|are)|how'?s (?:my|the)|where(?:'?s| is| are) (?:my|our|the)|who"
        r"|got anything"
        r"|any(?:thing)?(?: \w+)? (?:on|for|planned|scheduled|happening|going on|today|tonight|tomorrow"
        r"|this|next))\b"
    ),
}
_MOVING = re.compile(_POLITE + r"(?:reschedule|postpone|delay)\b")
_NOTHING = re.compile(
    r"\s*(?:don't (?!forget|let me forget)|do not |never |ignore |nothing |not (?!urgent)|see (?:you"
    r"|ya) |(?:hello|hi|hey|thanks|thank you)[\w ,!.]{0,20}$)"
)
_WHEN = frozenset({"date", "time", "recurrence"})
_CUT = re.compile(
    r" ?[;\n][;\n ]*|(?<=\w\w['\"])\. +|(?<=\w\w)[.!] +(?=[A-Z])|,? +(?:and|then|plus|also) +(?:then +"
    r"|also +)?|, +"
)
_UNTIL = re.compile(r"(?:,? ?\b(?:until|till?|through|ending(?: on)?|to)) $")
_TO = re.compile(r"\b(?:to|until|till?|for)(?: (?:the|be|start at|at|on))* ?$")
_STOCK = re.compile(
    r"(?:\b(?:what'?s|what time|what|when'?s|when|which|how(?:'?s)?|where(?:'?s)?|tell|many|(?:time"
    r"|room) for [\w ]+|seeing|see|doing"
    r"|next|plate|did"
    r"|has|have|else"
    r"|left|up"
    r"|so|far|looking|look|like|start|starts|our|planned|scheduled|going on|who|show|list|find|do i|am i"
    r"|is there|are there|how many|does"
    r"|do|i"
    r"|me|we|have|got|on|in|at|my|the|a|any|all|calendar|schedule|agenda|events?|meetings?|appointments?"
    r"|plans?"
    r"|is|are|am|free|busy|available|there|happening|for|with|to|anything|something)\b|[\s?.,!])+"
)


def extract(text: str) -> list[dict[str, Any]]:
    """Return the words of each event that `text` asks for."""
    text = _BULLET.sub(lambda match: " " * len(match[0]), text)
    small = plain(text)
    if _NOTHING.match(small):
        return []
    operation = _operation(small)
    found = marks(text, "-") if operation == "reschedule" else marks(text)
    if operation == "reschedule" and _moves(small, found):
        return [_moved(text, small, found)]
    if operation == "reschedule":
        found = marks(text)  # "change the oil on Friday" is a thing to do
    if operation == "query":
        return [_asked(text, small, found)]
    events = [_event(text, small, *piece) for piece in _pieces(text, found)]
    return [event for event in _sharing(events) if event["title"] or event["operation"] == "cancel"]


def _operation(small: str) -> str:
    return next((name for name, pattern in _OPERATIONS.items() if pattern.match(small)), "create")


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
    return [*pieces, re.sub(r"^['\"”’»]+(?!s )", "", text[start:end])]


def _event(text: str, small: str, start: int, end: int, found: Sequence[Mark]) -> dict[str, Any]:
    fields = _blank(_operation(small[start:end]))
    for mark in found:
        _put(fields, mark, text, small[start : mark.start])
    verb = _OPERATIONS["cancel"].match(small, start) if fields["operation"] == "cancel" else None
    if fields["operation"] == "reschedule":
        fields["operation"] = "create"
    pieces = _rest(text, start, end, found)
    if verb:
        pieces[0] = re.sub(
            r"(?i)^.*?\b(?:cancel|call off|delete|remove|drop|scrap|bin|ditch"
            r"|scratch)\b",
            "",
            pieces[0],
        )
    quoted = fields["title"]
    fields["place"], pieces = titles.place(pieces)
    fields["title"] = quoted or titles.title(pieces)
    fields["description"] = None if quoted else titles.description(pieces)
    fields["category"] = titles.category(pieces[0]) if quoted else titles.reminder(text[start:end])
    return fields


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


def _sharing(events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Hand the only day of several events to those without one."""
    last = next((event["date"] for event in events if event["date"]), None)
    for event in events:
        if event["date"] is None and event["recurrence"] is None:
            event["date"] = last
        last = event["date"] or last
    return events


def _moves(small: str, found: Sequence[Mark]) -> bool:
    """Return whether it is said to when, or by how much; some verbs move nothing else."""
    to = any(mark.kind in {"date", "time"} and _TO.search(small[: mark.start]) for mark in found)
    return to or _shift(small, found) is not None or bool(_MOVING.match(small))


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
    verb = _OPERATIONS["reschedule"].match(small)
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
            fields["title"] = re.sub(r"(?i) next$", "", asked)
        if mark:
            _put(fields, mark, text, "")
            start = mark.end
    return fields
