"""What the agents find, as it is published. Offsets are Unicode code points into the text as it was sent.

Labels and types are open strings here: a result that was kept stays readable when an agent's words change.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

_DROPPED = "How many the model named that are not in the text, or are too many to keep."
_SCORE = "From -1 to 1."


def _start() -> Any:
    return Field(
        description="Where it begins in the text as it was sent, in characters from 0.", examples=[0]
    )


def _end() -> Any:
    return Field(description="The character behind it.", examples=[5])


class SummaryResult(BaseModel):
    """What the summarizer found."""

    summary: str
    key_points: list[str]
    words: int = Field(description="Of the summary.")
    word_budget: int = Field(description="How many it may have.")


class EntitySentiment(BaseModel):
    """What the text says about one thing it names."""

    text: str
    start: int = _start()
    end: int = _end()
    label: str = Field(examples=["negative"])
    score: float = Field(description=_SCORE)


class SentimentResult(BaseModel):
    """What the sentiment agent found."""

    label: str = Field(description="positive, negative, neutral or mixed.", examples=["positive"])
    score: float = Field(description=_SCORE)
    entities: list[EntitySentiment] = Field(description="In the order of the text.")
    dropped: int = Field(description=_DROPPED)


class EntityResult(BaseModel):
    """One mention of one entity."""

    type: str = Field(
        description="person, organization, location, date, time, money, percent, product, event, email, url, "
        "phone or other.",
        examples=["person"],
    )
    text: str
    start: int = _start()
    end: int = _end()


class EntitiesResult(BaseModel):
    """What the entity extractor found."""

    entities: list[EntityResult] = Field(description="In the order of the text.")
    dropped: int = Field(description=_DROPPED)


class ResultsView(BaseModel):
    """What each agent found that has completed."""

    summary: SummaryResult | None = None
    sentiment: SentimentResult | None = None
    entities: EntitiesResult | None = None
