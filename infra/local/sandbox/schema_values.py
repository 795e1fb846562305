"""Values that fit a JSON schema, taken from a text: what the OpenAI stand-in answers for structured output.

Covers what strict structured output allows (platform.openai.com/docs/guides/structured-outputs): objects,
arrays, strings with format, numbers with bounds, booleans, enum, const, anyOf, $ref with $defs, recursion.
"""

from __future__ import annotations

import math
import re
from typing import Any, cast
from zlib import crc32

_DEEPEST = 6
_FORMATS = {
    "date-time": "2026-01-01T09:00:00Z",
    "date": "2026-01-01",
    "time": "09:00:00Z",
    "duration": "PT1H",
    "email": "sandbox@example.com",
    "hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": "https://example.com/",
    "uuid": "00000000-0000-4000-8000-000000000000",
}


def example(schema: dict[str, Any], text: str) -> Any:
    """Return a value that fits `schema`, the same for the same `text`."""
    return Writer(schema, text).value(schema, "", 0)


class Writer:
    """Writes values for a schema and its parts; `root` holds what their `$ref`s name."""

    def __init__(self, root: dict[str, Any], text: str) -> None:
        """Take words from `text`."""
        self._root = root
        self._text = " ".join(text.split())
        self._sentences = [part for part in re.split(r"(?<=[.!?])\s+", self._text) if part] or [self._text]

    def value(self, schema: dict[str, Any], name: str, depth: int) -> Any:
        """Return a value for the part `schema`, which the field `name` holds `depth` levels down."""
        schema = self.resolved(schema)
        if "const" in schema:
            return schema["const"]
        if "enum" in schema:
            return self._choice(schema["enum"])
        if "anyOf" in schema or "oneOf" in schema:
            return self._any_of(schema.get("anyOf") or schema["oneOf"], name, depth)
        kind = self._kind(schema)
        if kind == "object":
            return self._object(schema, depth)
        if kind == "array":
            return self._array(schema, name, depth)
        if kind in ("integer", "number"):
            return self._number(schema, name, kind)
        return {"boolean": self._seed(name) % 2 == 0, "null": None}.get(kind, self._string(schema, name))

    def resolved(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return what `schema` refers to, itself when it is no `$ref`."""
        while "$ref" in schema:
            target: Any = self._root
            for step in str(schema["$ref"]).lstrip("#/").split("/"):
                target = target[step] if step else target
            schema = cast("dict[str, Any]", target)
        return schema

    @staticmethod
    def _kind(schema: dict[str, Any]) -> str:
        kind = schema.get("type", "object" if "properties" in schema else "string")
        if isinstance(kind, list):
            return next((str(one) for one in cast("list[str]", kind) if one != "null"), "null")
        return str(kind)

    def _any_of(self, options: list[dict[str, Any]], name: str, depth: int) -> Any:
        resolved = [self.resolved(option) for option in options]
        empty = [option for option in resolved if option.get("type") == "null"]
        real = [option for option in resolved if option.get("type") != "null"]
        return None if empty and (depth >= _DEEPEST or not real) else self.value(real[0], name, depth)

    def _object(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        fields: dict[str, Any] = schema.get("properties", {})
        return {name: self.value(field, name, depth + 1) for name, field in fields.items()}

    def _array(self, schema: dict[str, Any], name: str, depth: int) -> list[Any]:
        least, most = int(schema.get("minItems", 0)), int(schema.get("maxItems", 3))
        wanted = max(least, 0 if depth >= _DEEPEST else min(most, 1))
        return [self.value(schema.get("items", {}), f"{name}.{index}", depth + 1) for index in range(wanted)]

    def _choice(self, options: list[Any]) -> Any:
        """Return the first option the text names, else one picked by the text."""
        words = self._text.casefold()
        named = [option for option in options if isinstance(option, str) and option.casefold() in words]
        return named[0] if named else options[self._seed("enum") % len(options)]

    def _number(self, schema: dict[str, Any], name: str, kind: str) -> int | float:
        low, high, above, below = _bounds(schema)
        step = schema.get("multipleOf", 1 if kind == "integer" else None)
        if step is None:
            return low + (high - low) * (1 + self._seed(name) % 8) / 10
        first, last = math.ceil(low / step), math.floor(high / step)
        first += 1 if above and first * step == low else 0
        last -= 1 if below and last * step == high else 0
        return (first + self._seed(name) % (max(0, min(last - first, 7)) + 1)) * step

    def _string(self, schema: dict[str, Any], name: str) -> str:
        if schema.get("format") in _FORMATS:
            return _FORMATS[schema["format"]]
        text = self._sentences[self._seed(name) % len(self._sentences)]
        least, most = int(schema.get("minLength", 0)), int(schema.get("maxLength", 500))
        return text.ljust(least, ".")[:most]

    def _seed(self, name: str) -> int:
        return crc32(f"{name} {self._text}".encode("utf-8", "surrogatepass"))


def _bounds(schema: dict[str, Any]) -> tuple[float, float, bool, bool]:
    """Return the lowest and highest value, and whether each is itself excluded."""
    above, below = "exclusiveMinimum" in schema, "exclusiveMaximum" in schema
    low = schema.get("exclusiveMinimum", schema.get("minimum"))
    high = schema.get("exclusiveMaximum", schema.get("maximum"))
    if low is None:
        low = 0 if high is None else high - 100
    return low, low + 100 if high is None else high, above, below
