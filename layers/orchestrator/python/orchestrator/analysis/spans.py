"""Where a quote stands in a text. Offsets count Unicode code points, the end excluded, as Python's slices do.

Models quote well and count badly. So a claimed place is only a hint: what is returned is always a piece of
the text, `text[start:end]`, and a quote that is nowhere in the text is no span at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

from orchestrator.analysis.folding import Folded
from orchestrator.analysis.words import breaks_word

_MOST_LOOKED_AT = 1000
"""Occurrences of one quote: beyond them it is a letter or a syllable, and each one takes time."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A piece of a text: `text` is what stands from `start` up to `end`."""

    start: int
    end: int
    text: str

    def overlaps(self, other: Span) -> bool:
        """Return whether the two have a character in common."""
        return self.start < other.end and other.start < self.end


class Quotes:
    """Finds quotes in one text."""

    def __init__(self, text: str) -> None:
        """Search in `text`."""
        self._text = text

    def locate(self, quote: str, start: int, end: int) -> Span | None:
        """Return where `quote` stands: at its claimed place, else nearest to it; `None` if nowhere.

        Whole words go before parts of words. What differs from the quote only in case, in blanks, in the kind
        of quotation marks or dashes, or in how accents are encoded is found too, when it is whole words.
        """
        if not quote.strip():
            return None
        if 0 <= start < end <= len(self._text) and self._text[start:end] == quote:
            return Span(start, end, quote)
        place = min(max(start, 0), len(self._text))
        exact = [(at, at + len(quote)) for at in _around(self._text, quote, place)]
        whole = [found for found in exact if not breaks_word(self._text, *found)]
        best = next(iter(whole or self._alike(quote.strip(), place) or exact), None)
        return Span(*best, self._text[slice(*best)]) if best else None

    def _alike(self, quote: str, place: int) -> list[tuple[int, int]]:
        wanted = Folded.of(quote).text
        occurrences = _around(self._folded.text, wanted, self._folded.place(place))
        found = (self._folded.source(at, at + len(wanted)) for at in occurrences)
        return [one for one in found if one is not None and not breaks_word(self._text, *one)]

    @cached_property
    def _folded(self) -> Folded:
        return Folded.of(self._text)


def _around(text: str, quote: str, place: int) -> Iterator[int]:
    """Yield where `quote` begins in `text`, the occurrences nearest to `place` first."""
    return islice(_outwards(text, quote, place), _MOST_LOOKED_AT)


def _outwards(text: str, quote: str, place: int) -> Iterator[int]:
    left = text.rfind(quote, 0, place - 1 + len(quote))
    right = text.find(quote, place)
    while left >= 0 or right >= 0:
        if right < 0 or (left >= 0 and place - left <= right - place):
            yield left
            left = text.rfind(quote, 0, left - 1 + len(quote))
        else:
            yield right
            right = text.find(quote, right + 1)
