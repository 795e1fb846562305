"""What is wrong with an answer, said without quoting it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, cast

from pydantic import BaseModel, ValidationError

from orchestrator.errors import json_path

_QUOTING = frozenset({"value_error", "assertion_error", "union_tag_invalid"})
"""Kinds whose message may hold the value: a validator's own words, and a union's unknown tag."""


def problem(error: ValidationError, schema: type[BaseModel]) -> str:
    """Return the first problem of `error` as `entities[0].start: Field required`.

    Names that are not the schema's own were invented in the answer and are left out.
    """
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    names = frozenset(_names(schema.model_json_schema()))
    place = (part if isinstance(part, int) or part in names else "?" for part in first["loc"])
    where = json_path(place) or "the answer"
    return f"{where}: {'not allowed' if first['type'] in _QUOTING else first['msg']}"


def _names(schema: object) -> Iterator[str]:
    """Yield every property's name in a JSON schema."""
    if isinstance(schema, dict):
        fields = cast("dict[str, Any]", schema)
        yield from fields.get("properties", {})
        for value in fields.values():
            yield from _names(value)
    elif isinstance(schema, list):
        for value in cast("list[Any]", schema):
            yield from _names(value)
