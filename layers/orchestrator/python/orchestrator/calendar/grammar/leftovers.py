"""What is left of a clause once its phrases are known: its title, its place, and words that raise doubts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.calendar.grammar import places
from orchestrator.calendar.grammar.marks import HIDDEN, Mark
from orchestrator.calendar.grammar.vocabulary import (
    ALONE_PLACE,
    CALLED,
    CALLED_THERE,
    DAY_FOLLOWS,
    DESCRIBES,
    DOUBT,
    FOR_WHOM,
    FOREIGN_ZONE,
    GENERIC,
    LEAD,
    NAME,
    NUMBER_NAME,
    OBJECT,
    OWN_PLACE,
    PART_NAME,
    PLACE,
    PLACE_END,
    PUNCTUATION,
    REQUEST,
    SEASON,
    SETTLED,
    TAIL,
    WORK,
)
from orchestrator.calendar.labels import needs_a_time, needs_an_object
from orchestrator.calendar.phrases.words import MONTH, PART, WEEKDAY, same_length

_NIGHTS = tuple(f"{kind} night" for kind in ("date", "movie", "film", "game", "poker", "quiz"))
_LONGEST_TAIL = 60
_INSIDE = frozenset({"mention", "amount", "priority"})
"""Phrases that stay in the title they stand in."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The words of a clause that are no phrase. `doubt`: words that may say something nobody has read."""

    title: str | None = None
    place: str | None = None
    description: str | None = None
    category: str | None = None
    doubt: str | None = None


def rest(original: str, start: int, end: int, found: Sequence[Mark]) -> Rest:
    """Return what is left between `start` and `end` of `original` around the marks of a clause."""
    quote = next((mark for mark in found if mark.kind == "quote"), None)
    pieces = _pieces(original, start, end, found)
    place, pieces = _place([REQUEST.split(piece)[-1] for piece in pieces])
    chunks = [chunk for piece in pieces if (chunk := _stripped(piece))]
    doubt = (
        _season(place)
        or _second_quote(found)
        or _unknown_zone(original, found)
        or _doubt(pieces, found, original)
    )
    title = quote.words.strip("'\"‘’“”„«»") if quote else _around_a_day(original, start, end, found)
    title = title or _titled(chunks)
    others = chunks if quote else [chunk for chunk in chunks if chunk != title]
    category = _before_called(others[0]) if quote and others else None
    notes = next((chunk for chunk in (others[1:] if category else others) if DESCRIBES.match(chunk)), None)
    told = OBJECT if needs_an_object(title or "") else FOR_WHOM
    notes = notes or next((match[1] for piece in pieces[1:] if (match := told.fullmatch(piece))), None)
    return Rest(title, place, None if quote else notes, category, doubt)


def _titled(chunks: Sequence[str]) -> str | None:
    """Return the first chunk, unless it only says that there is something to remember."""
    telling = (chunk for chunk in chunks if not GENERIC.fullmatch(same_length(chunk)))
    found = next(telling, chunks[0] if chunks else "")
    return re.sub(r"^about (?:the )?", "", found, flags=re.IGNORECASE) or None


def _around_a_day(original: str, start: int, end: int, found: Sequence[Mark]) -> str | None:
    """Return a name that has a weekday in it: `Casual Friday drinks`, `Girls' Friday night`."""
    for index, mark in enumerate(found):
        if mark.kind != "date" or not re.fullmatch(rf"{WEEKDAY}(?: {PART})?", same_length(mark.words)):
            continue
        before = original[found[index - 1].end if index else start : mark.start]
        following = next((one.start for one in found if one.start >= mark.end), end)
        behind = re.match(r" [a-z][\w'’ -]*", original[mark.end : following])
        first, last = _stripped(before), _stripped(behind[0]) if behind else ""
        whose = re.fullmatch(r"\S+(?:'s|s')", same_length(first))
        named = whose or (last and (" " not in first or re.search(r"\bfirst$", first)))
        if not first or not named or not before.endswith(f"{first} ") or DAY_FOLLOWS.match(last.lower()):
            continue
        if not whose and (needs_a_time(first) or needs_an_object(first)):
            continue
        if original.startswith(f" {last}", mark.end) or not last:
            return original[mark.start - len(first) - 1 : mark.end + len(f" {last}".rstrip())]
    return None


def _season(place: str | None) -> str | None:
    """Return a place that is a part of the year: `every Monday in March` says when, not where."""
    return place if place and re.fullmatch(rf"{MONTH}|{SEASON}", place.lower()) else None


def _second_quote(found: Sequence[Mark]) -> str | None:
    quotes = [mark.words for mark in found if mark.kind == "quote"]
    return quotes[1] if len(quotes) > 1 else None


def _unknown_zone(original: str, found: Sequence[Mark]) -> str | None:
    known = {mark.start for mark in found if mark.kind == "zone"}
    for mark in found:
        match = FOREIGN_ZONE.match(original, mark.end) if mark.kind == "time" else None
        if match and not known & set(range(match.start(), match.end())):
            return match[0].strip()
    return None


def _pieces(original: str, start: int, end: int, found: Sequence[Mark]) -> list[str]:
    """Cut the clause at the phrases that are no part of a title; mentions and amounts stay in it."""
    pieces: list[str] = []
    for mark in found:
        led_in = mark.kind == "amount" and re.search(r"\b(?:for|of|worth) $", original[start : mark.start])
        if mark.kind in _INSIDE and not led_in:
            continue
        pieces.append(original[start : mark.start])
        start = mark.end
    return [*pieces, original[start:end]]


def _stripped(piece: str) -> str:
    """Take the words that ask, and those that lead to the next phrase, off both ends."""
    while True:
        piece = _bare(piece)
        small = same_length(piece)
        lead = LEAD.match(small)
        # What only leads on is short: the whole of a long piece need not be searched for each word of it.
        tail = None if piece.endswith(" IT") else TAIL.search(small, max(0, len(small) - _LONGEST_TAIL))
        if lead and lead.end() < len(piece):
            piece = piece[lead.end() :]
        elif lead:
            return ""
        elif called := re.match(r"(?:\w+ )?(?:called|named|titled|entitled) ", small):
            piece = piece[called.end() :]
        elif tail:
            piece = piece[: tail.start()]
        else:
            return piece.strip()


def _bare(piece: str) -> str:
    """Take the signs off the end of `piece`, but not the full stop of an initial: `Anna K. on Friday`."""
    bare = piece.rstrip(PUNCTUATION)
    initial = re.search(r"(?<=[a-z] )[A-Z]$", bare) and piece[len(bare) :].startswith(". ")
    return f"{bare}." if initial else bare


def _place(pieces: list[str]) -> tuple[str | None, list[str]]:
    for index, piece in enumerate(pieces):
        if index and piece.startswith(",") and (alone := ALONE_PLACE.fullmatch(piece)):
            return alone[1], [*pieces[:index], *pieces[index + 1 :]]
        named = any(map(_stripped, pieces[:index]))
        if named and (plain := places.alone(piece, " ".join(pieces[:index]))):
            return plain, [*pieces[:index], *pieces[index + 1 :]]
        match = PLACE.search(piece) or PLACE.search(same_length(piece))
        # Behind a phrase of its own, `at` and `in` can only lead to a place.
        match = (OWN_PLACE.match(piece) if index else None) or match
        if match and not index and CALLED_THERE.search(same_length(piece[: match.end()])):
            continue
        if (work := WORK.search(piece)) and match and work.start() < match.start() < work.end():
            continue
        if match and (index or match.start()):
            ending = PLACE_END.search(piece, match.end())
            stop = ending.start() if ending else len(piece)
            place = _trimmed(piece[match.end() : stop])
            left = [*pieces[:index], piece[: match.start()], piece[stop:], *pieces[index + 1 :]]
            return place or None, left
    return None, pieces


def _trimmed(place: str) -> str:
    place = place.rstrip(PUNCTUATION)
    while tail := TAIL.search(same_length(place)):
        place = place[: tail.start()].rstrip(PUNCTUATION)
    return place.strip()


def _before_called(chunk: str) -> str | None:
    words = CALLED.split(same_length(chunk))[0]
    words = re.split(r" with\b| for\b", words)[0]
    return chunk[: len(words)].strip() or None


def _doubt(pieces: Sequence[str], found: Sequence[Mark], original: str) -> str | None:
    inside = [same_length(original[mark.start : mark.end]) for mark in found if mark.kind in _INSIDE]
    settled = any(mark.kind in {"time", "date"} and SETTLED.search(same_length(mark.words)) for mark in found)
    for piece in pieces:
        text = NAME.sub(HIDDEN, same_length(piece))
        # `Movie night at 8pm`: the name of a thing says nothing new about a time that is settled.
        text = PART_NAME.sub(HIDDEN, text) if settled else text
        text = NUMBER_NAME.sub(HIDDEN, text) if settled else text
        for words in [*inside, "1:1", "don't forget", "don't let me forget", *_NIGHTS]:
            text = text.replace(words, HIDDEN)
        if match := DOUBT.search(text):
            return match[0]
    return None
