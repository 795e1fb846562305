"""Sentences and words of a text with their places, counted in code points as Python counts."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from infra.local.sandbox.wordlists import words as listed

_END = re.compile(
    r"(?<![.!?…])[.!?…]+[\"'”’»“)\]]*(?=\s)|[。！？]+[」』”’）]*|\n\s*\n|\n(?=\s*[-*•–]\s)|[,:](?=\s*\n)"
)
"""Where a sentence may end; a comma or colon at a line's end closes a salutation or a heading."""
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff"  # no blanks between words: each character counts as one
_WORD = re.compile(rf"[^\W_{_UNSPACED}]+(?:[-'’&][^\W_{_UNSPACED}]+)*|[{_UNSPACED}]")
_ABBREVIATIONS = listed("small_words", "abbreviation")
_MONTHS = listed("small_words", "german month")
_GERMAN = listed("small_words", "german")
_SALUTATION = 40  # characters: a longer line that ends in a comma was only wrapped there


class Piece(NamedTuple):
    """`text[start:end]`, without blanks around it."""

    start: int
    end: int
    text: str


def sentences(text: str) -> list[Piece]:
    """Return the sentences of `text` in order; headings and list items count as such."""
    found: list[Piece] = []
    start = 0
    for end in _END.finditer(text):
        if _ends(text, start, end):
            _add(found, text, start, end.end())
            start = end.end()
    _add(found, text, start, len(text))
    return found


def words(text: str) -> list[str]:
    """Return the words of `text`, in small letters."""
    return _WORD.findall(text.lower())


def tokens(text: str) -> list[Piece]:
    """Return the words of `text` as they stand there."""
    return [Piece(*found.span(), found[0]) for found in _WORD.finditer(text)]


def _add(found: list[Piece], text: str, start: int, end: int) -> None:
    raw = text[start:end]
    left = start + len(raw) - len(raw.lstrip())
    if stripped := raw.strip():
        found.append(Piece(left, left + len(stripped), stripped))


def _ends(text: str, start: int, end: re.Match[str]) -> bool:
    if end[0] in ",:":
        return end.end() - start < _SALUTATION
    if end[0] != ".":
        return True
    following = text[end.end() : end.end() + 24].split(maxsplit=1)
    if not following or following[0][0].islower():
        return not following
    before = text[max(start, end.start() - 12) : end.start()].split()
    last = before[-1].lower().lstrip("(\"'„“") if before else ""
    if last.isdecimal():  # "12. März"
        return following[0].lower().rstrip(".,") not in _MONTHS
    return last not in _ABBREVIATIONS and not (len(last) == 1 and last.isalpha() and before[-1].isupper())


@lru_cache(maxsize=8)
def is_german(text: str) -> bool:
    """Return whether `text` reads like German, told from its small words."""
    found = words(text[:2000])
    return sum(word in _GERMAN for word in found) * 16 > len(found)
