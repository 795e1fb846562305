"""What a phrase can mean: readings, best first. One reading is an answer, several are a question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Generic, TypeVar

from orchestrator.calendar.phrases.words import normal
from orchestrator.calendar.phrases.zones import Zone

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Reference:
    """The moment a text was written, in its writer's zone, and the writer's language as a BCP 47 tag."""

    instant: datetime
    zone: Zone
    locale: str | None = None

    @property
    def today(self) -> date:
        """The day it is where the writer is."""
        return self.instant.date()


class Unreadable(Exception):
    """Words that fit a form but name nothing: June 31, 14 am."""


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern, compiled when it is first asked for and kept: there must be an end of them."""
    # On first use, not on import: a request meets a few of the forms, and compiling all of them takes longer.
    return re.compile(pattern)


Reader = Callable[[re.Match[str], Reference], Sequence[Value]]


class Forms(Generic[Value]):
    """The forms a kind of phrase can take: each a pattern and the rule that reads it."""

    def __init__(self, *others: Forms[Value]) -> None:
        """Begin with the forms of `others`, in their order."""
        self._forms: list[tuple[str, Reader[Value]]] = [form for other in others for form in other._forms]

    def form(self, pattern: str) -> Callable[[Reader[Value]], Reader[Value]]:
        """Register the decorated function as the rule for phrases like `pattern`."""

        def register(rule: Reader[Value]) -> Reader[Value]:
            self._forms.append((rf"(?<![\w@])(?:{pattern})(?!\w)", rule))
            return rule

        return register

    def read(self, phrase: str, reference: Reference) -> list[Value]:
        """Return every reading of `phrase`, best first; none when no form fits it.

        Raises:
            Unreadable: a form fits, but what it says does not exist.
        """
        words = normal(phrase)
        for pattern, rule in self._forms:
            if match := compiled(pattern).fullmatch(words):
                return list(rule(match, reference))
        return []

    def find(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where each form occurs in `text`, which is `same_length`."""
        for pattern, _ in self._forms:
            for match in compiled(pattern).finditer(text):
                yield match.span()

    @property
    def pattern(self) -> str:
        """All forms as one pattern without named groups, to be put into others."""
        sources = (re.sub(r"\(\?P<\w+>", "(?:", pattern) for pattern, _ in self._forms)
        return "(?:" + "|".join(sources) + ")"
