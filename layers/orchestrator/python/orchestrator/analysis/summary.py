"""The summarizer: what is asked of the model, and what is made of its answer."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, Field

from orchestrator.analysis import words
from orchestrator.analysis.craft import Craft

MOST_POINTS = 7
_LEAST_WORDS, _MOST_WORDS = 20, 120
_LONGEST_SUMMARY, _LONGEST_POINT = 2_000, 300
"""In characters: nothing forbids a word of 10,000 letters."""
_BULLET = re.compile(r"^[-*•‣–—·]\s+")


def _said(value: list[str] | str) -> list[str] | str:
    if not "".join(value).strip():
        raise ValueError("says nothing")
    return value


class Summary(BaseModel):
    """What the model answers."""

    summary: Annotated[str, AfterValidator(_said)] = Field(description="One paragraph.")
    key_points: Annotated[list[str], AfterValidator(_said)] = Field(
        description=f"1 to {MOST_POINTS} short sentences, the most important first."
    )


def word_budget(text: str) -> int:
    """Return how many words the summary of `text` may have: a quarter of the text's, from 20 to 120."""
    return min(max(words.count(text) // 4, _LEAST_WORDS), _MOST_WORDS)


def result(answer: Summary, text: str) -> dict[str, Any]:
    """Return `{summary, key_points, words, word_budget}`, the summary held to its budget."""
    budget = word_budget(text)
    summary = words.cut(words.clip(_plain(answer.summary), _LONGEST_SUMMARY), budget)
    return {
        "summary": summary,
        "key_points": list(_distinct(map(_point, answer.key_points)))[:MOST_POINTS],
        "words": words.count(summary),
        "word_budget": budget,
    }


def _plain(text: str) -> str:
    return " ".join(text.split())


def _point(text: str) -> str:
    return words.clip(_BULLET.sub("", _plain(text)), _LONGEST_POINT)


def _distinct(points: Iterable[str]) -> Iterator[str]:
    seen = set[str]()
    for point in points:
        same = re.sub(r"\W+", " ", point).strip().casefold() or point
        if same and same not in seen:
            seen.add(same)
            yield point


SUMMARIZER = Craft(
    "summarizer",
    Summary,
    result,
    most_tokens=2_000,
    reads_summary=False,
    variables=lambda text: {"word_budget": word_budget(text)},
)
