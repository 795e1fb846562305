"""Where phrases stand in a text: each found by the same forms that read it, the longest first."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from orchestrator.calendar import people
from orchestrator.calendar.grammar.hours import after_days, times
from orchestrator.calendar.grammar.vocabulary import ARRIVES
from orchestrator.calendar.labels import find_priority
from orchestrator.calendar.models import Mention
from orchestrator.calendar.phrases import money
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
_STRANGE_TIME = re.compile(r"(?:[a-z]+(?:an|ese|ish|ch)|their|her|his) time")
"""What right behind a clock time can only be somebody's own time, though nobody knows whose."""
HIDDEN = "\x00"
"""Stands for characters that no other phrase may reach into."""
_QUOTE = re.compile(
    r"(?<![\w'\"{])(?<!\"[:,])(?P<q>'{1,2}"
    r"|\"{1,2})(?=\S)(?P<words>[^\"\n]+?)(?<=\S)(?P=q)(?![\w'\":])"
)
_UNTIL = re.compile(r"(?:,? ?\b(?:until|till|til|ending(?: on)?|ends(?: on)?|through)) $")
_ARRIVES = re.compile(rf"(?:,? ?(?:and )?\b{ARRIVES}(?: by| around)?) $")
_FEAST_NAME = re.compile(rf"(?:{FEAST}) (?!at\b|from\b|for\b|with\b|in\b|on\b)[a-z]")
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
    phrases = [(mark.start, mark.end, mark.kind in {"date", "recurrence"}) for mark in found]
    found += [Mark(start, end, "time", "") for start, end in after_days(hidden, phrases, join)]
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
    for start, end in [*times(text, join), *(_moved_to(text) if join == MOVE_JOIN else ())]:
        yield Mark(start, end, "time", "")


def _moved_to(text: str) -> Iterator[tuple[int, int]]:
    """Find the bare hour that something is moved to."""
    for match in re.finditer(
        rf"(?<= to )(?:1?\d|2[0-4])(?= ?(?:$|[,;!?]|\.(?!\d)| (?:on|{WEEKDAY}|today|tomorrow)\b))", text
    ):
        yield match.span()


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
        known = sure and named(words, reference.today, reference.zone, reference.locale)
        if known or (after in ends and _STRANGE_TIME.fullmatch(match[0])):
            yield Mark(start if known else match.start(), match.end(), "zone", "")
