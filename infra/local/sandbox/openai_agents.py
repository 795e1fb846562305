"""What the OpenAI stand-in answers to agents and calendar, told from the names of their schemas' properties.

    summary, key_points                 the text's most telling sentences
    label, score, entities              a lexicon's sentiment, of the whole and of what the text names
    entities of type and text           names and figures, each with its place
    events of operation, title, date    the words of each event that the text asks for

Any other schema gets an example of itself. Nothing here is random, and nothing is read from the instructions.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from infra.local.sandbox.calendar_spans import extract
from infra.local.sandbox.entities import entities
from infra.local.sandbox.schema_fit import fitted
from infra.local.sandbox.schema_values import Writer, example
from infra.local.sandbox.sentiments import Sentiment
from infra.local.sandbox.summaries import summarize

_NAMED = frozenset({"person", "organization", "location", "product", "event"})


def answer(schema: dict[str, Any], text: str) -> Any:
    """Return a value that fits `schema` and says about `text` what the schema's names ask."""
    asked = _properties(schema)
    if {"summary", "key_points"} <= asked.keys():
        summary, points = summarize(text)
        return fitted(schema, {"summary": summary, "key_points": points}, text)
    if {"label", "score"} <= asked.keys():
        return fitted(schema, _sentiment(text), text)
    if "entities" in asked and {"type", "text"} <= _item_properties(schema, asked["entities"]).keys():
        found = [{"type": kind, **_place(text, start, end)} for start, end, kind in entities(text)]
        return fitted(schema, {"entities": found}, text)
    if (
        "events" in asked
        and {"operation", "title", "date"} <= _item_properties(schema, asked["events"]).keys()
    ):
        return fitted(schema, {"events": extract(text)}, text)
    return example(schema, text)


def _properties(schema: dict[str, Any], root: dict[str, Any] | None = None) -> dict[str, Any]:
    return Writer(root or schema, "").resolved(schema).get("properties", {})


def _item_properties(root: dict[str, Any], array: dict[str, Any]) -> dict[str, Any]:
    return _properties(Writer(root, "").resolved(array).get("items", {}), root)


def _place(text: str, start: int, end: int) -> dict[str, Any]:
    return {"text": text[start:end], "start": start, "end": end}


def _sentiment(text: str) -> dict[str, Any]:
    sentiment = Sentiment(text)
    label, score = sentiment.mood()
    return {"label": label, "score": score, "entities": list(_felt(text, sentiment))}


def _felt(text: str, sentiment: Sentiment) -> Iterator[dict[str, Any]]:
    """Yield what the text names with how it feels about it, strongest feelings first, each thing once."""
    named = [(found.start, found.end) for found in entities(text) if found.kind in _NAMED]
    inside = {place for start, end in named for place in range(start, end)}
    aspects = [place for place in sentiment.aspects if place[0] not in inside]
    places: dict[str, list[tuple[int, int]]] = {}
    for start, end in (*named, *aspects):
        places.setdefault(text[start:end].lower(), []).append((start, end))
    moods = [(where[0], sentiment.around(where)) for where in places.values()]
    names = set(named)
    for place, mood in sorted(moods, key=lambda one: (-abs(one[1].score), one[0])):
        if place in names or mood.label != "neutral":
            yield {**_place(text, *place), "label": mood.label, "score": mood.score}
