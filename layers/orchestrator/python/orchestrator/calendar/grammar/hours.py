"""Where clock times stand in a text, and which numbers are none: pages, seats, houses."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from orchestrator.calendar.phrases.clock import HOURS
from orchestrator.calendar.phrases.words import MONTH, WEEKDAY
from orchestrator.calendar.phrases.zones import ZONE

_HARD = re.compile(
    r"[ap]\.?m|:|o'clock|noon|midday|midnight|past|quarter|hrs|\dh|in the|at night|tonight|hours|ish"
)
_BARE_END = (
    r"(?:(?= ?(?:$|[.,;!?](?!\d)|(?: (?:with|at|in|for|w/|until|till?)\b)| @))"
    r"|(?<=-\d)(?= (?!days|weeks|hours|hrs|min|people|kids|times|pages|km|miles)[a-z]))"
)
_BARE_RANGE = re.compile(r"(?:1?\d|2[0-4]) ?- ?(?:1?\d|2[0-4])")
_COUNTED = re.compile(
    r"(?:[#/$€£-]|\b(?:pages?|pp|chapters?|sections?|sprints?|phases?|rows?|steps?|(?<!next )(?<!this )weeks?"
    r"|days?|ages?|grades?"
    r"|items?|slides?|floors?|rooms?|units?|levels?|versions?|lessons?|modules?|tickets?|issues?|questions?"
    r"|parts?|volumes?|episodes?|tables?|score|top|won|lost|group|highway|route|gates?|vs"
    r"|seats?|coach(?:es)?|platforms?|tracks?|berths?|cabins?))\.? ?$"
)
_ADDRESS = (
    r"(?! (?:[\w'.-]+ ){1,2}(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|square|sq|boulevard|blvd"
    r"|crescent|gardens|terrace|way|hill)\b)"
)
"""What a number does not lead to that is an hour: `22 Baker Street`."""
_GOES_ON = re.compile(
    rf" ?(?:$|[,;.)\n\x00]| (?:on|in|at|for|with|to|and|then|today|tomorrow|next|this|each|every|daily"
    rf"|{WEEKDAY}|{MONTH})\b)"
)


def times(text: str, join: str) -> Iterator[tuple[int, int]]:
    """Find clock times; a bare number is one only after `at`, `from` or `between`, or in a range with one."""
    hour = HOURS.pattern
    two = rf"(?:between {hour} and {hour}|(?:(?:at|from|@) )?{hour}{join}{hour}{_ADDRESS})"
    single = rf"(?:(?:at|from|@) )?{hour}(?:(?<=:\d\d)z)?"
    after = rf"(?![\w%]|[.,/:]\d)(?:(?<=[ap]m)|(?<=:\d\d)|(?! (?:of )?{MONTH}(?!\w)))"
    on_two_clocks = rf"{single} {ZONE} ?[/=(] ?{single} {ZONE}\)?"
    for match in re.finditer(rf"(?<![\w.,/]){on_two_clocks}(?!\w)", text):
        yield match.span()
    for match in re.finditer(rf"(?<![\w.,/])(?:{two}|{single}){after}", text):
        # The full stop of a sentence is none of "10am", though it is one of "10 a.m."
        words = match[0] if re.search(r"[ap]\.m\.$", match[0]) else match[0].rstrip(".")
        sure = re.match(r"(?:at|from|between|@) ", words) or _HARD.search(words)
        if sure or _is_bare_range(text, match):
            yield match.start(), match.start() + len(words)


def after_days(text: str, phrases: Iterable[tuple[int, int, bool]], join: str) -> Iterator[tuple[int, int]]:
    """Find bare hours right behind a day that is told in words: `sunday 11`, `friday 9-11 at home`.

    Of each phrase of `text` its places are given, and whether it says when something is.
    """
    found = list(phrases)
    starts = {start for start, _, _ in found}
    hour = r"(?:1[0-2]|[1-9])(?:[:.][0-5]\d)?[ap]?"
    time = rf"(?P<time>(?:(?:around|about) )?{hour}(?:{join}{hour})?)"
    for start, end, is_day in found:
        match = re.compile(rf",? {time}{_BARE_END}").match(text, end)
        worded = is_day and text[end - 1].isalpha()
        if (match and worded and match.start("time") not in starts) or (
            match := re.search(rf"\b(?P<time>(?:around|about) {hour}) $", text[:start])
        ):
            yield match.span("time")


def _is_bare_range(text: str, match: re.Match[str]) -> bool:
    """Tell whether `10-12` are hours: nothing counted stands before or behind it."""
    return bool(
        _BARE_RANGE.fullmatch(match[0])
        and not _COUNTED.search(text[: match.start()])
        and _GOES_ON.match(text, match.end())
    )
