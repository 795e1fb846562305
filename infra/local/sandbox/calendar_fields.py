"""The fields of an event as the stand-in fills them, and the words of a stretch that no phrase has taken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from infra.local.sandbox import calendar_words as words
from infra.local.sandbox.calendar_marks import Mark

_UNTIL = re.compile(r"(?:,? ?(?:\b(?:until|till?|through|ending(?: on)?|to)|-)) $")
_ARRIVES = re.compile(rf"\b{words.ARRIVES}(?: at| by| around)? $")
_ENDS = re.compile(r"\b(?:ends|ending|finish(?:es|ing)|is over)(?: at| by| around)? $")
WHEN = frozenset({"date", "time", "recurrence"})


def blank(operation: str) -> dict[str, Any]:
    """Return an event of which nothing is known but what is to be done."""
    names = "title description date time end_date end_time zone duration recurrence place amount category"
    more = "priority from_date from_time shift"
    return {"operation": operation, "mentions": [], **dict.fromkeys([*names.split(), *more.split()])}


def put(fields: dict[str, Any], mark: Mark, text: str, before: str) -> None:
    """Put a phrase into its field; a second one of a kind is joined to the first, for it is a choice."""
    said = text[mark.start : mark.end]
    if mark.kind == "mentions":
        fields["mentions"].append(said)
        return
    if mark.kind == "vague":
        fields["time"] = said
        return
    name = _name(fields, mark.kind, said, before)
    if name == "time" and not fields["time"] and (ends := _ENDS.search(before)):
        said = text[mark.start - len(ends[0]) : mark.end]  # its end alone, and nobody knows its start
    if fields[name] is None:
        fields[name] = said
    elif name in WHEN:
        first = text.find(fields[name])
        fields[name] = text[first : mark.end]


def _name(fields: dict[str, Any], name: str, said: str, before: str) -> str:
    """Return the field of a phrase of the kind `name`: the end of something, or that kind's own."""
    if name in {"date", "time"} and (end := _UNTIL.search(before)) and _begun(fields, name, end[0]):
        return f"end_{name}"
    if name == "time" and fields["time"] and (_ends_a_stretch(fields) or _ARRIVES.search(before)):
        return "end_time"
    if name == "date" and _ends_a_night(fields, before) and re.fullmatch(words.TOMORROW, said.lower()):
        return "end_date"
    return name


def _ends_a_night(fields: dict[str, Any], before: str) -> bool:
    """Return whether a range of hours of tonight stands right before: it may end tomorrow."""
    time = (fields["time"] or "").lower()
    tonight = "tonight" in time or "tonight" in (fields["date"] or "").lower()
    return tonight and before.endswith(f"{time} ") and bool(re.search(r"-|\b(?:to|until|till?)\b", time))


def _ends_a_stretch(fields: dict[str, Any]) -> bool:
    return bool(fields["end_date"] and not fields["recurrence"])


def _begun(fields: dict[str, Any], name: str, word: str) -> bool:
    ends = name == "time" and "t" in word and "to " not in word
    return ends or fields[name] is not None or (name == "date" and fields["recurrence"] is not None)


def rest(text: str, start: int, end: int, found: Sequence[Mark]) -> list[str]:
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
