"""Where phrases stand in a text: each found by the same forms that read it, the longest first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from orchestrator.calendar import people
from orchestrator.calendar.grammar.vocabulary import ARRIVES
from orchestrator.calendar.labels import find_priority
from orchestrator.calendar.models import Mention
from orchestrator.calendar.phrases import money
from orchestrator.calendar.phrases.clock import HOURS
from orchestrator.calendar.phrases.dates import DATES
from orchestrator.calendar.phrases.durations import LENGTHS
from orchestrator.calendar.phrases.feasts import FEAST
from orchestrator.calendar.phrases.readings import Reference
from orchestrator.calendar.phrases.recurrence import RULES
from orchestrator.calendar.phrases.words import MONTH, WEEKDAY
from orchestrator.calendar.phrases.zones import OFFSET, ZONE, named

_KIND_OF = frozenset({"daily", "weekly", "monthly", "quarterly", "yearly"})
"""What may tell what kind of thing it is, where its rule is named as well."""
MOVE_JOIN = r" ?- ?"
"""What makes a range in a sentence that moves something *to* an hour."""
HIDDEN = "\x00"
"""Stands for characters that no other phrase may reach into."""
_QUOTE = re.compile(
    r"(?<![\w'\"{])(?<!\"[:,])(?P<q>'{1,2}"
    r"|\"{1,2})(?=\S)(?P<words>[^\"\n]+?)(?<=\S)(?P=q)(?![\w'\":])"
)
_DATE_JOIN = r" ?(?:-|to|through|thru|until|till?) ?"
_UNTIL = re.compile(r"(?:,? ?\b(?:until|till|til|ending(?: on)?|ends(?: on)?|through)) $")
_ARRIVES = re.compile(rf"(?:,? ?(?:and )?\b{ARRIVES}(?: by| around)?) $")
_HARD = re.compile(
    r"[ap]\.?m|:|o'clock|noon|midday|midnight|past|quarter|hrs|\dh|in the|at night|tonight|hours|ish"
)
_FEAST_NAME = re.compile(rf"(?:{FEAST}) (?!at\b|from\b|for\b|with\b|in\b|on\b)[a-z]")
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
_ORDINAL_NAME = re.compile(
    r"(?:the )?\d\d?(?:st|nd|rd|th) (?!(?:at|from|in|for|of|and|to|until|till|through|with|by|this|next"
    r"|or)\b)"
    rf"(?!{MONTH}(?!\w))(?=[a-z])"
)
"""`4th floor`, `2nd interview`: an ordinal that counts things, not days."""
_STRONG_LENGTH = re.compile(r"^(?:for|lasting|lasts)\b|-|h|min|\dm|day$|times$")


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """A phrase of `kind` between two places of the text; `words` is what it says without what leads it in."""

    start: int
    end: int
    kind: str
    words: str


def marks(
    text: str, original: str, mentions: Sequence[Mention], reference: Reference, join: str
) -> list[Mark]:
    """Return the phrases of `text` (`same_length` of `original`) in order; `join` is what makes a range."""
    found = [*_quotes(text)]
    hidden = _hide(text, found)
    named_people = [
        Mark(start, people.longest_name(original, start, mentions), "mention", "")
        for start, _ in people.find(hidden)
    ]
    found += named_people
    hidden = _hide(hidden, named_people)
    found += _longest(_candidates(hidden, join))
    found = _without_feasts(_weekdays_joined(found, hidden), hidden)
    found += list(_after_days(hidden, found, join))
    found = _without_weekly(_ended(_joined(sorted(found), hidden, join), hidden), text)
    found += _zones(_hide(hidden, [mark for mark in found if mark.kind != "quote"]), found, reference)
    return [
        Mark(mark.start, mark.end, mark.kind, mark.words or original[mark.start : mark.end])
        for mark in sorted(found)
    ]


def fields_of(found: Sequence[Mark], names: dict[str, str]) -> tuple[dict[str, str], str | None]:
    """Return the words of each field, by its kind's name, and those that have no place in it."""
    fields: dict[str, str] = {}
    doubt: str | None = None
    for mark in found:
        name = names.get(mark.kind)
        if mark.kind in {"mention", "quote"}:
            continue
        if name is None or name in fields:
            doubt = doubt or mark.words
        else:
            fields[name] = mark.words
    return fields, doubt


def _quotes(text: str) -> Iterator[Mark]:
    for match in _QUOTE.finditer(text):
        yield Mark(match.start(), match.end(), "quote", "")


def _hide(text: str, found: Iterable[Mark]) -> str:
    for mark in found:
        text = text[: mark.start] + HIDDEN * (mark.end - mark.start) + text[mark.end :]
    return text


def _candidates(text: str, join: str) -> Iterator[Mark]:
    finders: dict[str, Callable[[str], Iterable[tuple[int, int]]]] = {
        "recurrence": RULES.find,
        "date": DATES.find,
        "duration": LENGTHS.find,
        "amount": money.find,
        "priority": find_priority,
    }
    for kind, find in finders.items():
        for start, end in find(text):
            if kind == "date" and _ORDINAL_NAME.match(text, start):
                continue
            if kind != "duration" or text[:start].endswith("by ") or _STRONG_LENGTH.search(text[start:end]):
                yield Mark(start, end, kind, "")
    for match in re.finditer(rf"(?<!\w)(?:utc|gmt) ?{OFFSET}(?!\w)", text):
        yield Mark(match.start(), match.end(), "zone", "")
    yield from _times(text, join)
    if join == MOVE_JOIN:
        for match in re.finditer(
            rf"(?<= to )(?:1?\d|2[0-4])(?= ?(?:$|[,;!?]|\.(?!\d)| (?:on|{WEEKDAY}|today|tomorrow)\b))", text
        ):
            yield Mark(match.start(), match.end(), "time", "")


def _times(text: str, join: str) -> Iterator[Mark]:
    """Find clock times; a bare number is one only after `at`, `from` or `between`, or in a range with one."""
    hour = HOURS.pattern
    two = rf"(?:between {hour} and {hour}|(?:(?:at|from|@) )?{hour}{join}{hour}{_ADDRESS})"
    single = rf"(?:(?:at|from|@) )?{hour}(?:(?<=:\d\d)z)?"
    after = rf"(?![\w%]|[.,/:]\d)(?:(?<=[ap]m)|(?<=:\d\d)|(?! (?:of )?{MONTH}(?!\w)))"
    on_two_clocks = rf"{single} {ZONE} ?[/=(] ?{single} {ZONE}\)?"
    for match in re.finditer(rf"(?<![\w.,/]){on_two_clocks}(?!\w)", text):
        yield Mark(match.start(), match.end(), "time", "")
    for match in re.finditer(rf"(?<![\w.,/])(?:{two}|{single}){after}", text):
        # The full stop of a sentence is none of "10am", though it is one of "10 a.m."
        words = match[0] if re.search(r"[ap]\.m\.$", match[0]) else match[0].rstrip(".")
        sure = re.match(r"(?:at|from|between|@) ", words) or _HARD.search(words)
        if sure or _is_bare_range(text, match):
            yield Mark(match.start(), match.start() + len(words), "time", "")


def _weekdays_joined(found: list[Mark], text: str) -> list[Mark]:
    """Make one mark of `mon, wed and fri` where `every week` says that they are the days of a series."""
    if not any(text[mark.start : mark.end] in {"every week", "each week", "weekly"} for mark in found):
        return found
    kept: list[Mark] = []
    for mark in sorted(found):
        before = kept[-1] if kept and kept[-1].kind == mark.kind == "date" else None
        gap = text[before.end : mark.start] if before else ""
        if before and re.fullmatch(r"/|,? and |, ?| & ", gap) and _is_weekday(mark, text):
            kept[-1] = Mark(before.start, mark.end, "date", "")
        else:
            kept.append(mark)
    return kept


def _is_weekday(mark: Mark, text: str) -> bool:
    return bool(re.fullmatch(WEEKDAY, text[mark.start : mark.end]))


def _without_feasts(found: list[Mark], text: str) -> list[Mark]:
    """Leave a feast to the title where the day is named as well: `Christmas party on Friday`."""
    dates = [mark for mark in found if mark.kind == "date"]
    names = [mark for mark in dates if _FEAST_NAME.match(text, mark.start)]
    return [mark for mark in found if mark not in names] if len(names) < len(dates) else found


def _after_days(text: str, found: Sequence[Mark], join: str) -> Iterator[Mark]:
    """Find bare hours right behind a day that is told in words: `sunday 11`, `friday 9-11 at home`."""
    starts = {mark.start for mark in found}
    hour = r"(?:1[0-2]|[1-9])(?:[:.][0-5]\d)?"
    time = rf"(?P<time>(?:(?:around|about) )?{hour}(?:{join}{hour})?)"
    for mark in found:
        match = re.compile(rf",? {time}{_BARE_END}").match(text, mark.end)
        worded = mark.kind in {"date", "recurrence"} and text[mark.end - 1].isalpha()
        if (match and worded and match.start("time") not in starts) or (
            match := re.search(rf"\b(?P<time>(?:around|about) {hour}) $", text[: mark.start])
        ):
            yield Mark(*match.span("time"), "time", "")


def _is_bare_range(text: str, match: re.Match[str]) -> bool:
    """Tell whether `10-12` are hours: nothing counted stands before or behind it."""
    return bool(
        _BARE_RANGE.fullmatch(match[0])
        and not _COUNTED.search(text[: match.start()])
        and _GOES_ON.match(text, match.end())
    )


def _longest(found: Iterable[Mark]) -> list[Mark]:
    kept: list[Mark] = []
    for mark in sorted(found, key=lambda mark: (mark.start - mark.end, mark.start)):
        if all(mark.end <= other.start or mark.start >= other.end for other in kept):
            kept.append(mark)
    return kept


def _joined(found: list[Mark], text: str, join: str) -> list[Mark]:
    """Make one mark of two dates with `to` between them."""
    kept: list[Mark] = []
    for mark in found:
        before = kept[-1] if kept else None
        if (
            before
            and before.kind == mark.kind == "date"
            and re.fullmatch(join, text[before.end : mark.start])
        ):
            start = before.start - 5 if text[: before.start].endswith("from ") else before.start
            kept[-1] = Mark(start, mark.end, "date", "")
        else:
            kept.append(mark)
    return kept


def _ended(found: Sequence[Mark], text: str) -> list[Mark]:
    """Take `until` and its like into the marks behind them, which then say when something ends."""
    return [
        _end(mark, text, timed=any(one.kind == "time" for one in found[:index]))
        for index, mark in enumerate(found)
    ]


def _end(mark: Mark, text: str, *, timed: bool) -> Mark:
    match = _UNTIL.search(text[: mark.start]) if mark.kind in {"date", "time"} else None
    if match is None and timed and mark.kind == "time":
        match = _ARRIVES.search(text[: mark.start])
        mark = replace(mark, words=text[mark.start : mark.end])
    return Mark(match.start(), mark.end, f"end_{mark.kind}", mark.words) if match else mark


def _without_weekly(found: list[Mark], text: str) -> list[Mark]:
    """Leave `weekly` to the title where the days are named as well: `weekly standup on Mondays`."""
    series = [mark for mark in found if mark.kind == "recurrence"]
    if len(series) == 1 and not _is_adjective(series[0], found, text):
        return found
    return [mark for mark in found if mark not in series or text[mark.start : mark.end] not in _KIND_OF]


def _is_adjective(mark: Mark, found: Sequence[Mark], text: str) -> bool:
    """Tell whether one word of a series stands before what it is about, and a day is named: one review.

    With a bare weekday, both are likely: `weekly report, Friday 3pm`.
    """
    said = text[mark.start : mark.end]
    days = [text[one.start : one.end].removeprefix("on ") for one in found if _says_day(one, text)]
    if not days or (said == "monthly" and any(day.endswith(" of the month") for day in days)):
        return False
    if said in {"weekly", "daily"} and all(re.fullmatch(WEEKDAY, day) for day in days):
        return False
    return bool(re.match(r" (?!on\b|at\b|from\b|for\b|start|begin|until)[a-z\d]", text[mark.end :]))


def _says_day(mark: Mark, text: str) -> bool:
    return mark.kind == "date" or (mark.kind == "time" and "tonight" in text[mark.start : mark.end])


def _zones(text: str, found: Sequence[Mark], reference: Reference) -> Iterator[Mark]:
    """Find zones: an abbreviation only right after a time, a full name anywhere."""
    ends = {mark.end for mark in found if mark.kind in {"time", "date"}}
    for match in re.finditer(rf"(?<![\w/]){ZONE}(?![\w/])", text):
        after = match.start() - (len(gap[0]) if (gap := re.search(r"[ (,]*$", text[: match.start()])) else 0)
        words = match[0]
        sure = after in ends or "/" in words or words.startswith(("utc", "gmt")) or words.endswith(" time")
        start = match.start()
        # `city time` takes two words at most, and the first of them may be no part of the name.
        while sure and not named(words, reference.today, reference.zone, reference.locale) and " " in words:
            start, words = start + words.index(" ") + 1, words.partition(" ")[2]
        if sure and named(words, reference.today, reference.zone, reference.locale):
            yield Mark(start, match.end(), "zone", "")
