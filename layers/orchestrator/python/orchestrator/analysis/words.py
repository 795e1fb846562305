"""Words and sentences, also of scripts that put no blanks between words.

Where there are no blanks, two characters count as one word: the mean length of a Chinese or Japanese word,
and close enough for a length limit in Thai, Lao, Khmer and Burmese.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

# Thai and Lao; Burmese; Khmer; Japanese marks and kana; Chinese characters; half-width kana; rare characters.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003ffff"
)
_PIECES = re.compile(rf"[{_UNSPACED}]{{1,2}}|[^\s{_UNSPACED}]+")
_IN_UNSPACED = re.compile(rf"[{_UNSPACED}]")
# A full stop behind a single letter is an initial's.
_SENTENCE_END = re.compile(r"(?:(?<!\b\w)[.]|[!?…؟۔।])[\"'”’»)\]]*(?=\s)|[。！？｡][」』”’）]*")
_ELLIPSIS = "…"


def count(text: str) -> int:
    """Return how many words `text` has."""
    return sum(1 for _ in _words(text))


def cut(text: str, most: int) -> str:
    """Return `text` with at most `most` words (1 or more), ended behind a sentence where one ends in time."""
    beyond = next(islice(_words(text), most, None), None)
    if beyond is None:
        return text
    room = text[: beyond.start()]
    ends = [found.end() for found in _SENTENCE_END.finditer(room) if _ends(text, found.end())]
    return room[: ends[-1]] if ends else room.rstrip(" \t\r\n,;:-–—") + _ELLIPSIS


def clip(text: str, most: int) -> str:
    """Return `text` with at most `most` characters, cut at a blank when there is one in its last third."""
    if len(text) <= most:
        return text
    head = text[: most - len(_ELLIPSIS)]
    blank = head.rfind(" ")
    return (head[:blank] if blank > len(head) * 2 // 3 else head) + _ELLIPSIS


def breaks_word(text: str, start: int, end: int) -> bool:
    """Return whether `text[start:end]` begins or ends inside a word that blanks or signs delimit."""
    return _joined(text, start) or _joined(text, end)


def _joined(text: str, place: int) -> bool:
    if not 0 < place < len(text):
        return False
    beside = text[place - 1 : place + 1]
    return all(map(str.isalnum, beside)) and not _IN_UNSPACED.search(beside)


def _words(text: str) -> Iterator[re.Match[str]]:
    return (piece for piece in _PIECES.finditer(text) if any(map(str.isalnum, piece[0])))


def _ends(text: str, place: int) -> bool:
    """Return whether a sentence may end at `place`: after an abbreviation a small letter follows."""
    return not text[place : place + 3].lstrip()[:1].islower()
