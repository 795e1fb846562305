"""A text without the differences that models do not keep, every piece of it traceable to where it came from.

Folded away are case, the amount and kind of blanks, the kind of quotation marks and dashes, and how accents
are encoded: canonical caseless matching of the Unicode Standard (section 3.13, D145), piece by piece.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

_SIGNS = str.maketrans("‘’‚‛“”„‟‐‑‒–—", "''''\"\"\"\"-----")
_FIRST_MARK = "\u0300"
"""Below it no character combines with the one before it."""


@dataclass(frozen=True, slots=True)
class Folded:
    """The folded `text`. Piece number i begins at `places[i]` in it, and at `sources[i]` in the original.

    Both lists have one entry more than there are pieces: the lengths of the two texts.
    """

    text: str
    places: list[int]
    sources: list[int]

    @classmethod
    def of(cls, text: str) -> Folded:
        """Fold `text`."""
        sources = [*_beginnings(text), len(text)]
        pieces = [_fold(text[start:end]) for start, end in pairwise(sources)]
        places = [0]
        for piece in pieces:
            places.append(places[-1] + len(piece))
        return cls("".join(pieces), places, sources)

    def place(self, source: int) -> int:
        """Return where in `text` the offset `source` of the original is, or the next piece behind it."""
        return self.places[bisect_left(self.sources, source)]

    def source(self, start: int, end: int) -> tuple[int, int] | None:
        """Return what `text[start:end]` was in the original; `None` when it cuts a piece of it in two."""
        first, last = bisect_left(self.places, start), bisect_left(self.places, end)
        if (self.places[first], self.places[last]) != (start, end):
            return None
        return self.sources[first], self.sources[last]


def _beginnings(text: str) -> Iterator[int]:
    """Yield where the pieces begin that can be normalised apart from each other; a run of blanks is one."""
    previous = ""
    for index, character in enumerate(text):
        inside = (character.isspace() and previous.isspace()) or _combines(character)
        if index == 0 or not inside:
            yield index
        previous = character


def _combines(character: str) -> bool:
    if character < _FIRST_MARK:
        return False
    return unicodedata.combining(unicodedata.normalize("NFD", character)[0]) != 0


def _fold(piece: str) -> str:
    if piece.isspace():
        return " "
    if piece.isascii():
        return piece.lower()
    decomposed = unicodedata.normalize("NFD", piece.translate(_SIGNS))
    return unicodedata.normalize("NFD", decomposed.casefold())
