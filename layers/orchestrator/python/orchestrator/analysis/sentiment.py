"""The sentiment agent: what is asked of the model, and what is made of its answer."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from orchestrator.analysis.craft import Craft, fitting
from orchestrator.analysis.mentions import Mention, found

Label = Literal["positive", "negative", "neutral", "mixed"]
MOST = 60
"""Entities asked for and kept."""
NEUTRAL = 0.2
"""How far from 0 a neutral score may lie."""


class MentionSentiment(Mention):
    """What the text says about one thing it names."""

    label: Label
    score: float = Field(description="From -1 to 1.", allow_inf_nan=False)


class Sentiment(BaseModel):
    """What the model answers."""

    label: Label
    score: float = Field(description="From -1 to 1.", allow_inf_nan=False)
    entities: list[MentionSentiment] = Field(description=f"At most {MOST}, in the order of the text.")


def result(answer: Sentiment, text: str) -> dict[str, Any]:
    """Return `{label, score, entities: [{text, start, end, label, score}], dropped}`, entities by `start`.

    `dropped` counts what the model named that is not in the text, is too long for a mention, or is beyond
    what is kept. A mention named twice is kept once.
    """
    standing = found(answer.entities[:MOST], text)
    distinct = {span: mention for mention, span in reversed(standing)}  # the one named first wins
    kept = fitting(
        {
            "text": span.text,
            "start": span.start,
            "end": span.end,
            "label": mention.label,
            "score": consistent(mention.label, mention.score),
        }
        for span, mention in sorted(distinct.items(), key=lambda one: one[0])
    )
    return {
        "label": answer.label,
        "score": consistent(answer.label, answer.score),
        "entities": kept,
        "dropped": len(answer.entities) - len(standing) + len(distinct) - len(kept),
    }


def consistent(label: Label, score: float) -> float:
    """Return `score` as it fits `label`: from -1 to 1, three decimals.

    The label is what a model gets right. A positive one with a score below 0, or a negative one above, has
    its strength there without its sign; a neutral one far from 0 has its certainty there, and gets 0.
    """
    score = round(min(max(score, -1.0), 1.0), 3) + 0.0  # never -0.0
    if label == "positive":
        return abs(score)
    if label == "negative":
        return -abs(score) + 0.0
    return 0.0 if label == "neutral" and abs(score) > NEUTRAL else score


SENTIMENT = Craft("sentiment", Sentiment, result, most_tokens=4_000)
