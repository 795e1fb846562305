"""Where phrases of time, money and people stand in a text; overlapping ones give way to the longest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from infra.local.sandbox import calendar_words as words

_ALIKE = str.maketrans("‘’‚´`“”„«»‐‑‒–—−\u00a0\u202f\u2009\t\r\n", "'''''\"\"\"\"\"------      ")
_BEHIND = r"(?<![\w@.,/:+-])"
_QUOTE = re.compile(
    r"(?<![\w'\"{])(?<!\"[:,])(?P<q>'{1,2}"
    r"|\"{1,2})(?=\S)(?P<words>[^\"]+?)(?<=\S)(?P=q)(?![\w'\":])"
)
_MENTION = re.compile(r"(?<![\w.@])@(?:(?:Dr|Mrs?|Ms|Prof)\. ?(?=[A-Z]))?\w+(?:[.-]\w+|['’](?!s\b)\w+)*")
_HOUR, _SURE = words.ANY_HOUR, words.SURE_HOUR
_HEDGE = r"(?:around |about |after |before |by )?"
_TIME = (
    rf"{_BEHIND}(?:(?P<lead>at|from|between|@|starting atMORE) )?(?P<time>tonight at {_HOUR}"
    rf"|{_HOUR} ?(?:JOIN) ?{_HOUR}h?(?! ?(?:days|weeks|hours|min|people))"
    rf"(?! (?:[\w'.-]+ ){{1,2}}{words.STREET})"
    rf"|{_HEDGE}{_HOUR}(?: and {_SURE}| or {_HOUR})?(?:(?<=\d)z)?)(?![\w%]|[.,/:-]\d)"
)
_BETWEEN = re.compile(rf"(?<!\w)(?P<time>between {_HOUR} and {_HOUR})(?!\w)")
_ZONED = rf"{_SURE} (?:[a-z]{{1,4}}t|{words.ZONE})"
_ON_TWO_CLOCKS = re.compile(rf"{_BEHIND}{_ZONED} ?[/=(] ?{_ZONED}\)?(?!\w)")
_BARE = r"(?:1[0-2]|[1-9])(?:[:.][0-5]\d)?[ap]?"
_AFTER_DAY = re.compile(
    rf",? (?P<time>(?:(?:around|about) )?{_BARE}(?: ?(?:-|to|until|till) ?{_BARE})?)"
    r"(?:(?= ?(?:$|[.,;!?](?!\d)|(?: (?:with|at|in|for|w/|until|till?)\b)| @))"
    r"|(?<=-\d)(?= (?!days|weeks|hours|hrs|min|people|kids|times|pages|km|miles)[a-z]))"
)
_FEAST_NAME = re.compile(rf"{words.FEAST} (?!at\b|from\b|for\b|with\b|in\b|on\b)[a-z]")
_BARE_RANGE = re.compile(
    rf"{_BEHIND}(?:1?\d|2[0-4]) ?- ?(?:1?\d|2[0-4])(?= ?(?:$|[,;)]|\.(?!\d)| (?:on|in|at|for|with|to|and"
    rf"|then|today|each|every|daily"
    rf"|tomorrow|next|this|{words.WEEKDAY})\b))"
)
_COUNTED = re.compile(
    r"\b(?:pages?|pp|chapters?|sections?|sprints?|phases?|rows?|steps?|(?<!next )(?<!this )weeks?"
    r"|days?|ages?|grades?|items?"
    r"|slides?"
    r"|floors?|rooms?|units?|levels?|versions?|lessons?|modules?|tickets?|issues?|questions?|parts?|volumes?"
    r"|episodes?|tables?|score|top|won|lost|group|highway|route|gates?|vs"
    r"|seats?|coach(?:es)?|platforms?|tracks?|berths?|cabins?)\.? $"
)
_FINDERS = {
    "recurrence": re.compile(
        rf"{_BEHIND}{words.RECURRENCE}(?:{words.BOUND})?(?: (?:except|but)(?: on)? {words.WEEKDAY})?(?!\w)"
    ),
    "date": re.compile(rf"{_BEHIND}(?:(?:by|before|after|sometime|no later than) )?{words.DATE}(?![\w])"),
    "duration": re.compile(rf"{_BEHIND}{words.DURATION}(?![\w])"),
    "amount": re.compile(rf"(?<![\w$]){words.MONEY}"),
    "priority": re.compile(rf"{_BEHIND}{words.PRIORITY}(?!\w)"),
    "end_date": re.compile(rf"(?<!\w)(?:until|till) {words.MONTH}(?= ?[.,;!]?$)"),
    "vague": re.compile(
        rf"(?<!\w)(?:instead|arvo|might|perhaps|probably|b4 [\w:]+|(?:till?|until|to) late"
        rf"|(?<=-)late|(?<=- )late|{words.LAST}|{words.SLIP}"
        rf"|(?<!for )(?<!every )(?<!each ){words.COUNT} (?:days|weeks|months) (?:from|starting|beginning)"
        rf" (?:on )?{words.CALENDAR_DAY}"
        r"|(?:change|update|correct|edit) (?:the |its )?(?:location|place|venue|room|title|name|description)"
        r" (?:of|for|to)"
        r"|(?:extend|shorten|lengthen|prolong) (?:the|my|our|\w+'s)|longer|shorter"
        r"|(?:decline|accept)(?: \w+){0,2} (?:invitation|invite)"
        r"|add [^,;]{1,40} to (?:the|our|my|\w+'s) (?!calendar|schedule|diary|agenda|list)"
        rf"(?:[^,;]{{1,30}} )?{words.MEETS}"
        r"|(?:tell|inform|notify|let) [^,;]{1,60} is(?= (?:at|on|now|today|tomorrow|\d)| ?$)"
        rf"|{words.COUNT} (?:days|weeks) off|{words.COUNT} (?:mon|tues|wednes|thurs|fri|satur|sun)days"
        rf"|(?:every|each) {words.COUNT} (?:hours|hrs|minutes|mins)|at the same time"
        rf"|{words.COUNT} minutes? before \w+|maybe|on my \w+day|half day"
        r"|(?:first|last) thing|later today|can't make|(?:cancel|delete|move|reschedule|postpone) (?:it"
        r"|that|them)"
        r"|(?:by )?(?:cob|eod|close of business|end of (?:the )?(?:business )?day)|twice (?:a|per) \w+"
        r"|(?:except|excluding|unless) \w+"
        r"|(?:two|three|four|five|several|some) (?:meetings|events|calls|sessions|appointments))(?!\w)"
    ),
}


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A phrase of `kind` between two places of the text."""

    start: int
    end: int
    kind: str


def plain(text: str) -> str:
    """Return `text` in small letters with plain signs; every character keeps its place."""
    return "".join(low if len(low := char.lower()) == 1 else char for char in text).translate(_ALIKE)


MOVE_JOIN = "-"
"""What makes a range in a sentence that moves something *to* an hour."""


def marks(text: str, join: str = "-|to|until|till?") -> list[Mark]:
    """Return the phrases of `text`, in its order; `join` is what makes two times a range."""
    small = plain(text)
    quotes = [Mark(match.start("words"), match.end("words"), "title") for match in _QUOTE.finditer(small)]
    hidden = _hide(small, quotes)
    mentions = [Mark(*match.span(), "mentions") for match in _MENTION.finditer(text)]
    hidden = _hide(hidden, mentions)
    found = [*quotes, *mentions, *_longest([*_phrases(hidden), *_times(hidden, join)])]
    found = _without_feasts(found, hidden)
    found += list(_bare_hours(hidden, found))
    found += _zones(text, _hide(hidden, found), found)
    return sorted(mark for mark in found if not _is_adjective(mark, found, hidden))


def _is_adjective(mark: Mark, found: list[Mark], text: str) -> bool:
    """Return whether `weekly` only tells what kind of standup it is: its days are named as well."""
    said = text[mark.start : mark.end]
    if mark.kind != "recurrence" or said not in words.KIND_OF:
        return False
    if said == "monthly" and any(text[one.start : one.end].endswith(" of the month") for one in found):
        return False
    others = any(
        one.kind in {"recurrence", "date"} or "tonight" in text[one.start : one.end]
        for one in found
        if one is not mark
    )
    return others and bool(
        re.match(r" (?!on\b|at\b|from\b|for\b|start|begin|until)[a-z\d]", text[mark.end :])
    )


def _phrases(text: str) -> Iterator[Mark]:
    for kind, pattern in _FINDERS.items():
        for match in pattern.finditer(text):
            if kind != "duration" or not text[: match.start()].endswith("at "):
                yield Mark(*match.span(), kind)


def _times(text: str, join: str) -> Iterator[Mark]:
    for match in _ON_TWO_CLOCKS.finditer(text):
        yield Mark(*match.span(), "time")
    for match in _BETWEEN.finditer(text):
        yield Mark(*match.span("time"), "time")
    for match in re.finditer(
        _TIME.replace("JOIN", join).replace("MORE", "|to" if join == MOVE_JOIN else ""), text
    ):
        said = match["time"].rstrip(" .") if not re.search(r"[ap]\.m\.$", match["time"]) else match["time"]
        sure = re.search(rf"(?<!\w){_SURE}", said) or (match["lead"] and not re.search(r"\d \d", said))
        if sure or "tonight" in said:
            yield Mark(match.start("time"), match.start("time") + len(said), "time")
    for match in _BARE_RANGE.finditer(text):
        if not _COUNTED.search(text[: match.start()]):
            yield Mark(*match.span(), "time")


def _without_feasts(found: list[Mark], text: str) -> list[Mark]:
    """Leave a feast to the title where the day is named as well: `christmas party on friday`."""
    dates = [mark for mark in found if mark.kind == "date"]
    names = [mark for mark in dates if _FEAST_NAME.match(text, mark.start)]
    return [mark for mark in found if mark not in names] if len(names) < len(dates) else found


def _bare_hours(text: str, found: list[Mark]) -> Iterator[Mark]:
    """Find bare hours beside a day that is told in words: behind it its time, before it who knows."""
    starts, ends = {mark.start for mark in found}, {mark.end for mark in found}
    times = [mark.start for mark in found if mark.kind == "time"]
    for mark in found:
        if mark.kind not in {"date", "recurrence"} or not text[mark.end - 1].isalpha():
            continue
        if ((match := _AFTER_DAY.match(text, mark.end)) and match.start("time") not in starts) or (
            match := re.search(rf"\b(?P<time>(?:around|about) {_BARE}) $", text[: mark.start])
        ):
            yield Mark(*match.span("time"), "time")
        elif not (_timed(text, mark, times) or mark.start - 1 in ends) and (
            match := re.search(r"(?<= )(?:1[0-2]|[1-9]) $", text[: mark.start])
        ):
            yield Mark(match.start(), mark.end, "vague")


def _timed(text: str, mark: Mark, times: Sequence[int]) -> bool:
    """Tell whether the part of the text that a day stands in has a time of its own."""
    begin = max(text.rfind(sign, 0, mark.start) for sign in ",;")
    ends = [place for sign in ",;" if (place := text.find(sign, mark.end)) >= 0]
    return any(begin < time < min(ends, default=len(text)) for time in times)


def _longest(found: list[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda mark: (mark.start - mark.end, mark.start)):
        if all(mark.end <= other.start or mark.start >= other.end for other in kept):
            kept.append(mark)
    return kept


def _zones(text: str, hidden: str, found: list[Mark]) -> Iterator[Mark]:
    ends = {
        mark.end
        for mark in found
        if mark.kind == "time" or (mark.kind == "date" and re.search(r"\d:\d\d$", text[: mark.end]))
    }
    for end in ends:
        gap = re.match(r"[ (]*", text[end:])
        start = end + (gap.end() if gap else 0)
        match = re.match(rf"{words.ZONE}(?!\w)", hidden[start:]) or re.match(words.SHORT_ZONE, text[start:])
        if match and start != end:
            yield Mark(start, start + match.end(), "zone")


def _hide(text: str, found: list[Mark]) -> str:
    for mark in found:
        text = text[: mark.start] + "\x00" * (mark.end - mark.start) + text[mark.end :]
    return text
