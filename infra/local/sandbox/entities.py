"""Entities without a model: figures by their form; names by capitals, lists, and the words beside them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from infra.local.sandbox.figures import Found, addresses, dates, figures, years
from infra.local.sandbox.names import names
from infra.local.sandbox.sentences import tokens


@lru_cache(maxsize=8)  # two agents ask for the names in the same text
def entities(text: str) -> tuple[Found, ...]:
    """Return every mention found in `text`, in its order and without overlaps."""
    finds, words = _Finds(text), tokens(text)
    finds.add(addresses(text))
    finds.add(figures(text))
    finds.add(dates(text, words))
    finds.add(years(text))
    finds.add(names(text, [word for word in words if finds.free(word.start)]))
    return tuple(sorted(finds.found))


class _Finds:
    def __init__(self, text: str) -> None:
        self.found: list[Found] = []
        self._taken = bytearray(len(text))

    def free(self, place: int) -> bool:
        """Return whether nothing was found there yet."""
        return not self._taken[place]

    def add(self, finds: Iterable[Found]) -> None:
        """Keep what stands where nothing was found before."""
        for found in finds:
            if self._taken.find(1, found.start, found.end) < 0:
                self._taken[found.start : found.end] = b"\x01" * (found.end - found.start)
                self.found.append(found)
