"""Sentiment without a model: a lexicon, negations, intensifiers, and what "but" does to a sentence.

The rules are VADER's in the main (Hutto and Gilbert, ICWSM 2014), counted per clause, so that each thing a
text names gets the feeling of what is said about it.
"""

from __future__ import annotations

import math
import re
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from infra.local.sandbox.sentences import Piece, is_german, sentences
from infra.local.sandbox.sentiment_words import (
    CONCEDES,
    EMOJI,
    NEGATIONS,
    PHRASES,
    STRONGER,
    TURNS,
    WEAKER,
    strength,
)
from infra.local.sandbox.wordlists import words

NEUTRAL = 0.2
"""How far from 0 a neutral score lies at most."""

_ASPECTS = words("aspects", "aspect")
_TOKEN = re.compile(rf"[^\W_]+(?:['’][^\W_]+)*|[.,;:!?…。，！？–—()\n]|[{''.join(EMOJI)}]")
_BREAKS = frozenset(".,;:!?…。，！？–—()\n")
_OPENS = _BREAKS | TURNS | CONCEDES | {"and", "und"}
"""What a new clause begins with."""
_REACH = 3  # words a negation or an intensifier reaches
_BELITTLED, _STRESSED = 0.6, 1.4
_SPREAD = 6.0  # two strong words make a clause of 0.9


@dataclass(slots=True)
class Clause:
    """A clause's place and feeling; `weight` is what it counts within its sentence."""

    start: int
    end: int
    feeling: float = 0.0
    weight: float = 1.0
    tokens: list[str] = field(default_factory=list)


class Mood(NamedTuple):
    """`positive`, `negative`, `neutral` or `mixed`, and a score from -1 to 1."""

    label: str
    score: float


class Sentiment:
    """How a text feels: as a whole (`mood`), and at each of its places (`around`).

    `aspects` are the places of what reviews are about: a battery, a delivery.
    """

    def __init__(self, text: str) -> None:
        """Read `text`."""
        self.aspects: list[tuple[int, int]] = []
        self._german = is_german(text)
        self._sentences = [self._clauses(piece) for piece in sentences(text)]
        self._starts = [clauses[0].start for clauses in self._sentences]

    def mood(self) -> Mood:
        """Return the feeling of the whole text."""
        scores = [_bounded(sum(c.feeling * c.weight for c in clauses)) for clauses in self._sentences]
        told = sum(score != 0 for score in scores)
        score = sum(scores) / (told + (len(scores) - told) / 4) if told else 0.0
        parts = [_bounded(clause.feeling) for clauses in self._sentences for clause in clauses]
        return _named(score, parts, dense=sum(map(abs, parts)) * 4 >= len(scores))

    def around(self, places: Sequence[tuple[int, int]]) -> Mood:
        """Return the feeling of what is said about one thing, mentioned at `places`."""
        scores = [_bounded(self._nearest(start)) for start, _ in places]
        told = [score for score in scores if score]
        return _named(sum(told) / len(told) if told else 0.0, told, dense=True)

    def _nearest(self, place: int) -> float:
        """Return the feeling of the clause around `place`, else of its next neighbour in the sentence."""
        clauses = self._sentences[max(0, bisect(self._starts, place) - 1)]
        at = next((number for number, c in enumerate(clauses) if c.start <= place < c.end), 0)
        if clauses[at].feeling:
            return clauses[at].feeling
        order = sorted(range(len(clauses)), key=lambda number: (abs(number - at), number < at))
        return next((clauses[number].feeling for number in order if clauses[number].feeling), 0.0)

    def _clauses(self, piece: Piece) -> list[Clause]:
        clauses = list(self._split(piece))
        for clause in clauses:
            clause.feeling = _feeling(clause.tokens, german=self._german)
        if piece.text.endswith("!"):
            clauses[-1].feeling *= 1.15
        _contrast(clauses)
        return clauses

    def _split(self, piece: Piece) -> Iterator[Clause]:
        clause = Clause(piece.start, piece.end)
        for found in _TOKEN.finditer(_lowered(piece.text)):
            token, start = found[0], piece.start + found.start()
            if clause.tokens and token in _OPENS:
                clause.end = start
                yield clause
                clause = Clause(start, piece.end)
            if token in _ASPECTS:
                self.aspects.append((start, piece.start + found.end()))
            if token not in _BREAKS:
                clause.tokens.append(token)
        yield clause


def _lowered(text: str) -> str:
    lower = text.lower().replace("’", "'")
    return lower if len(lower) == len(text) else text  # a Turkish İ becomes two characters: places would move


def _contrast(clauses: list[Clause]) -> None:
    """Let what comes after a "but" count more than what comes before it, and what is conceded less."""
    for number, clause in enumerate(clauses):
        if clause.tokens and clause.tokens[0] in TURNS and number:
            for before in clauses[:number]:
                before.weight *= 0.6
            for after in clauses[number:]:
                after.weight *= 1.3
        elif clause.tokens and clause.tokens[0] in CONCEDES:
            clause.weight *= 0.6


def _feeling(tokens: list[str], *, german: bool) -> float:
    """Return the sum of what a clause's words feel, made stronger, weaker or opposite by their neighbours."""
    felt: dict[int, float] = {}
    skip = -1
    for at, token in enumerate(tokens):
        if at == skip or token in STRONGER or token in WEAKER:
            continue
        pair = (token, tokens[at + 1]) if at + 1 < len(tokens) else ("", "")
        if pair in PHRASES:
            skip = at + 1
        value = PHRASES[pair] if pair in PHRASES else EMOJI.get(token) or strength(token, german)
        if value:
            felt[at] = value * _stress(tokens, at)
    last = max(felt, default=-1)
    for at in felt:
        if _negated(tokens, at, last):
            felt[at] *= -0.5 if felt[at] < 0 else -0.9
    return sum(felt.values())


def _stress(tokens: list[str], at: int) -> float:
    before = tokens[max(0, at - 2) : at]
    if any(token in WEAKER for token in before):
        return _BELITTLED
    return _STRESSED if any(token in STRONGER for token in before) else 1.0


def _negated(tokens: list[str], at: int, last: int) -> bool:
    """Return whether the word is denied: from before, or as the last one by a German "nicht" behind it."""
    before = tokens[max(0, at - _REACH) : at]
    denied = any(token in NEGATIONS or token.endswith("n't") for token in before)
    denied &= not ("only" in before or "nur" in before)
    return denied or (at == last and "nicht" in tokens[at + 1 : at + 1 + _REACH])


def _bounded(feeling: float) -> float:
    return feeling / math.sqrt(feeling * feeling + _SPREAD)


def _named(score: float, parts: Sequence[float], *, dense: bool) -> Mood:
    good, bad = sum(part for part in parts if part > 0), -sum(part for part in parts if part < 0)
    score = round(score, 2)
    if dense and min(good, bad) >= 0.4 and min(good, bad) >= max(good, bad) * 0.4:
        return Mood("mixed", round(score / 2, 2))
    if abs(score) <= NEUTRAL:
        return Mood("neutral", score)
    return Mood("positive" if score > 0 else "negative", score)
