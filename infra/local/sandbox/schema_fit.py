"""A value made for one schema, brought into the shape of another that asks for much the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from infra.local.sandbox.schema_values import Writer, example

_NOTHING: Any = object()
_ALSO_CALLED: Mapping[str, Sequence[str]] = {
    "organization": ("organisation", "org", "company"),
    "person": ("per", "people", "name"),
    "location": ("loc", "place", "gpe", "country", "city"),
    "date": ("datetime",),
    "time": ("datetime", "date"),
    "money": ("amount", "currency", "price"),
    "percent": ("percentage", "number", "quantity"),
    "email": ("e-mail", "email_address", "contact"),
    "url": ("link", "website"),
    "phone": ("phone_number", "telephone", "contact"),
    "positive": ("pos", "good"),
    "negative": ("neg", "bad"),
    "mixed": ("neutral",),
}
_REST = ("other", "misc", "miscellaneous", "unknown")


def fitted(schema: dict[str, Any], value: Any, text: str) -> Any:
    """Return `value` as `schema` wants it.

    Fields the value lacks are written as examples from `text`, those the schema lacks are left out. A list's
    item is left out when the schema's choices have no word for it; a whole value then becomes an example.
    """
    done = _Fitter(Writer(schema, text)).fit(schema, value, "")
    return example(schema, text) if done is _NOTHING else done


class _Fitter:
    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    def fit(self, schema: dict[str, Any], value: Any, name: str) -> Any:
        if value is None and self._may_be_null(schema):
            return None
        schema = self._only(self._writer.resolved(schema))
        if "enum" in schema:
            return _chosen(schema["enum"], value)
        if isinstance(value, dict) and "properties" in schema:
            return self._object(schema["properties"], cast("dict[str, Any]", value))
        if isinstance(value, list) and "items" in schema:
            return self._array(schema, cast("list[Any]", value), name)
        if isinstance(value, str) and schema.get("type") == "string":
            return value.ljust(int(schema.get("minLength", 0)), ".")[
                : int(schema.get("maxLength", len(value)))
            ]
        if isinstance(value, int | float) and schema.get("type") in ("integer", "number"):
            return _bounded(schema, value)
        return self._writer.value(schema, name, 1)

    def _may_be_null(self, schema: dict[str, Any]) -> bool:
        return any(self._writer.resolved(one).get("type") == "null" for one in schema.get("anyOf", ()))

    def _only(self, schema: dict[str, Any]) -> dict[str, Any]:
        """Return the first choice of `anyOf` that is not null."""
        options = [self._writer.resolved(one) for one in schema.get("anyOf", ())]
        return next((one for one in options if one.get("type") != "null"), schema)

    def _object(self, fields: dict[str, Any], value: dict[str, Any]) -> Any:
        done = {
            name: self.fit(field, value[name], name) if name in value else self._writer.value(field, name, 1)
            for name, field in fields.items()
        }
        return _NOTHING if any(one is _NOTHING for one in done.values()) else done

    def _array(self, schema: dict[str, Any], value: list[Any], name: str) -> list[Any]:
        items = [self.fit(schema["items"], one, name) for one in value]
        found = [one for one in items if one is not _NOTHING][: schema.get("maxItems")]
        missing = range(len(found), int(schema.get("minItems", 0)))
        return found + [self._writer.value(schema["items"], f"{name}.{index}", 1) for index in missing]


def _chosen(options: list[Any], value: Any) -> Any:
    """Return the option that is called `value`, or means it."""
    named = {str(option).casefold(): option for option in options}
    names = (str(value), *_ALSO_CALLED.get(str(value), ()), *_REST)
    return next((named[name] for name in names if name in named), _NOTHING)


def _bounded(schema: dict[str, Any], value: float) -> float:
    bounded = max(schema.get("minimum", value), min(schema.get("maximum", value), value))
    return round(bounded) if schema["type"] == "integer" else bounded
