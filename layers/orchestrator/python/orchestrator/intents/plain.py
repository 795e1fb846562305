"""What passes as JSON between a caller and a tool, both ways."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

from pydantic_core import from_json, to_json

from orchestrator.errors import InvalidInput

MAX_DEPTH = 64
"""Levels of nesting; parsers that read the value later stop between 200 and 1,000."""


def refuse_beyond_json(value: Mapping[str, Any], path: str) -> None:
    r"""Refuse what Python's parser lets in and JSON (RFC 8259) or UTF-8 cannot carry on.

    Those are `NaN`, infinities (also `1e999`), lone surrogates (`"\ud800"`) and nesting without end.

    Raises:
        InvalidInput: naming the path of the first such value, as seen from `path`.
    """
    found: list[tuple[str, object, int]] = [(path, value, 0)]
    while found:
        place, entry, depth = found.pop()
        if wrong := _wrong(entry, depth):
            raise InvalidInput(f"{place}: {wrong}", hint="Send what JSON can hold, as UTF-8.", field=place)
        found.extend((inner, child, depth + 1) for inner, child in _children(place, entry))


def json_object(result: object, intent: str) -> dict[str, Any]:
    """Return a tool's result as the JSON it stands for: dates as strings, tuples as lists, NaN as null.

    Raises:
        TypeError: it stands for none.
    """
    try:
        plain = from_json(to_json(result, inf_nan_mode="null"))
    except ValueError as error:
        raise TypeError(f"{intent} returned what cannot be written as JSON: {error}") from error
    if not isinstance(plain, dict):
        raise TypeError(f"{intent} returned {type(result).__name__}, which is no JSON object")
    return cast("dict[str, Any]", plain)


def _wrong(entry: object, depth: int) -> str | None:
    if depth > MAX_DEPTH:
        return f"nested deeper than {MAX_DEPTH} levels"
    if isinstance(entry, float) and not math.isfinite(entry):
        return "not a number that JSON knows"
    if isinstance(entry, str) and _is_broken(entry):
        return "half of a surrogate pair, which is no character"
    if isinstance(entry, dict) and any(map(_is_broken, cast("dict[str, Any]", entry))):
        return "a name with half of a surrogate pair, which is no character"
    return None


def _is_broken(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _children(place: str, entry: object) -> Iterator[tuple[str, object]]:
    if isinstance(entry, dict):
        for name, child in cast("dict[str, object]", entry).items():
            yield f"{place}.{name}", child
    elif isinstance(entry, list):
        for index, child in enumerate(cast("Sequence[object]", entry)):
            yield f"{place}[{index}]", child
