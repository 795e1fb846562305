"""Mentions in a text, as a model names them: a quote, and where it believes that it stands."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from pydantic import BaseModel, Field

from orchestrator.analysis.spans import Quotes, Span

LONGEST = 300
"""Characters of a mention; what is longer is a passage."""


class Mention(BaseModel):
    """Something that stands in the text."""

    text: str = Field(description="Copied from the text, character by character.")
    start: int = Field(description="Offset of its first character in the text, counted from 0.")
    end: int = Field(description="Offset behind its last character.")


Kind = TypeVar("Kind", bound=Mention)


def found(mentions: Iterable[Kind], text: str) -> list[tuple[Kind, Span]]:
    """Return each mention with where it really stands in `text`; without those that stand nowhere."""
    quotes = Quotes(text)
    spans = ((mention, quotes.locate(mention.text, mention.start, mention.end)) for mention in mentions)
    return [(mention, span) for mention, span in spans if span is not None and len(span.text) <= LONGEST]
