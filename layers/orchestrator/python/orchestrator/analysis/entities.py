"""The entity extractor: what is asked of the model, and what is made of its answer."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, Field

from orchestrator.analysis.craft import Craft, fitting
from orchestrator.analysis.mentions import Mention, found
from orchestrator.analysis.spans import Span

EntityType = Literal[
    "person",
    "organization",
    "location",
    "date",
    "time",
    "money",
    "percent",
    "product",
    "event",
    "email",
    "url",
    "phone",
    "other",
]
MOST = 150
"""Entities asked for and kept. Each takes a model some 35 tokens to write."""

Typed = tuple[EntityType, Span]


class Entity(Mention):
    """One mention of one entity."""

    type: EntityType


class Entities(BaseModel):
    """What the model answers."""

    entities: list[Entity] = Field(description=f"At most {MOST}, in the order of the text.")


def result(answer: Entities, text: str) -> dict[str, Any]:
    """Return `{entities: [{type, text, start, end}], dropped}`, by `start`; each one stands in `text`.

    `dropped` counts what the model named that is not in the text, is too long for a mention, or is beyond
    what is kept. A mention named twice is kept once; of overlapping ones of one type the longest is.
    """
    standing: list[Typed] = [(entity.type, span) for entity, span in found(answer.entities[:MOST], text)]
    distinct = _longest(standing)
    kept = fitting(
        {"type": kind, "text": span.text, "start": span.start, "end": span.end} for kind, span in distinct
    )
    dropped = len(answer.entities) - len(standing) + len(distinct) - len(kept)
    return {"entities": kept, "dropped": dropped}


def _longest(standing: list[Typed]) -> list[Typed]:
    """Return `standing` in the order of the text, without what overlaps a longer mention of its type."""
    kept: list[Typed] = []
    for kind, span in sorted(standing, key=lambda one: (one[1].start - one[1].end, one[1].start)):
        if not any(kind == other and span.overlaps(longer) for other, longer in kept):
            kept.append((kind, span))
    return sorted(kept, key=lambda one: (one[1], one[0]))


ENTITY_EXTRACTOR = Craft("entity_extractor", Entities, result, most_tokens=8_000)
