"""The stand-in's structured output fits whatever schema it is asked for."""

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.sandbox.schema_values import example

NUMBERS = st.integers(-50, 50)


def bounded(kind: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.tuples(NUMBERS, st.integers(1, 40)).map(
        lambda pair: {"type": kind, "minimum": pair[0], "maximum": pair[0] + pair[1]}
    )


LEAVES: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({"type": "string"}),
    st.tuples(st.integers(0, 20), st.integers(0, 20)).map(
        lambda pair: {"type": "string", "minLength": pair[0], "maxLength": pair[0] + pair[1]}
    ),
    st.sampled_from(
        ["date", "date-time", "email", "uuid", "ipv4", "ipv6", "hostname", "time", "duration", "uri"]
    ).map(lambda name: {"type": "string", "format": name}),
    bounded("integer"),
    bounded("number"),
    NUMBERS.map(lambda low: {"type": "integer", "minimum": low}),
    NUMBERS.map(lambda high: {"type": "integer", "maximum": high}),
    NUMBERS.map(lambda low: {"type": "number", "exclusiveMinimum": low, "exclusiveMaximum": low + 1}),
    NUMBERS.map(lambda low: {"type": "integer", "exclusiveMinimum": low, "maximum": low + 1}),
    st.tuples(NUMBERS, st.integers(1, 7)).map(
        lambda pair: {
            "type": "integer",
            "minimum": pair[0],
            "maximum": pair[0] + 2 * pair[1],
            "multipleOf": pair[1],
        }
    ),
    st.just({"type": "boolean"}),
    st.just({"type": "null"}),
    st.just({"type": ["string", "null"]}),
    st.lists(st.text(max_size=5), min_size=1, unique=True).map(lambda options: {"enum": options}),
    st.text(max_size=5).map(lambda value: {"const": value}),
)


def nested(inner: st.SearchStrategy[dict[str, Any]]) -> st.SearchStrategy[dict[str, Any]]:
    objects = st.dictionaries(st.text("abc", min_size=1), inner, max_size=3).map(
        lambda fields: {
            "type": "object",
            "properties": fields,
            "required": list(fields),
            "additionalProperties": False,
        }
    )
    arrays = st.tuples(inner, st.integers(0, 3), st.integers(0, 2)).map(
        lambda parts: {
            "type": "array",
            "items": parts[0],
            "minItems": parts[1],
            "maxItems": parts[1] + parts[2],
        }
    )
    return st.one_of(objects, arrays, inner.map(lambda one: {"anyOf": [{"type": "null"}, one]}))


@given(schema=st.recursive(LEAVES, nested, max_leaves=8), text=st.text(max_size=60))
def test_a_value_fits_its_schema(schema: dict[str, Any], text: str) -> None:
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(example(schema, text))


@pytest.mark.parametrize("text", ["", "A tree."])
def test_a_recursive_schema_ends(text: str) -> None:
    node = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "next": {"anyOf": [{"$ref": "#/$defs/Node"}, {"type": "null"}]},
            "children": {"type": "array", "items": {"$ref": "#/$defs/Node"}},
        },
        "required": ["name", "next", "children"],
    }
    schema = {"$ref": "#/$defs/Node", "$defs": {"Node": node}}
    jsonschema_rs.validator_for(schema).validate(example(schema, text))


def test_the_text_decides_where_it_names_an_option() -> None:
    schema = {"enum": ["positive", "negative", "neutral"]}
    assert example(schema, "This is a negative review.") == "negative"
