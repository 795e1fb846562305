"""A text cut into the events it speaks of: each piece with a time of its own and something to call it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from orchestrator.calendar.grammar.leftovers import rest
from orchestrator.calendar.grammar.marks import Mark

WHEN = frozenset({"date", "time", "recurrence"})
_CUT = re.compile(
    r" ?[;\n] ?|(?<=\w\w)[.!] +(?:then +|also +)?|,? +(?:and|then|plus|also) +(?:then +|also +)?|, +"
)


@dataclass(frozen=True, slots=True)
class Clause:
    """One event's stretch of the text."""

    start: int
    end: int
    marks: tuple[Mark, ...]


def clauses(text: str, original: str, found: Sequence[Mark]) -> list[Clause]:
    """Return the clauses of `text`; a piece that is no event of its own belongs to the one before it."""
    done: list[Clause] = []
    start = 0
    for end, after in [*_cuts(text, found), (len(text), len(text))]:
        piece = _clause(start, end, found)
        if _goes_on(piece, after, found):
            continue
        if _complete(piece, original):
            done.append(piece)
            start = after
    if not done:
        return [_clause(0, len(text), found)]
    if start < len(text):
        done[-1] = _clause(done[-1].start, len(text), found)
    return done


def _cuts(text: str, found: Sequence[Mark]) -> Iterator[tuple[int, int]]:
    for match in _CUT.finditer(text):
        if not any(mark.start < match.end() and match.start() < mark.end for mark in found):
            yield match.span()


def _clause(start: int, end: int, found: Sequence[Mark]) -> Clause:
    return Clause(start, end, tuple(mark for mark in found if mark.start >= start and mark.end <= end))


def _goes_on(piece: Clause, after: int, found: Sequence[Mark]) -> bool:
    """Tell whether a comma only parts a day from its time: `Dec 9, 7:15am`."""
    kinds = {mark.kind for mark in piece.marks}
    joined = any(mark.end == piece.end for mark in piece.marks)
    return joined and any(mark.start == after and mark.kind in WHEN - kinds for mark in found)


def _complete(clause: Clause, original: str) -> bool:
    if not any(mark.kind in WHEN for mark in clause.marks):
        return False
    return bool(rest(original, clause.start, clause.end, clause.marks).title)
