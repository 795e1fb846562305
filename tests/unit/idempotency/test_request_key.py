"""The documented key of a request: SHA-256 of the intent and the inputs as canonical JSON."""

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from orchestrator.idempotency import request_key

INTENTS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.\-/]{0,20}", fullmatch=True)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner, max_size=3)),
    max_leaves=8,
)
INPUTS = st.dictionaries(st.text(), VALUES, max_size=4)


def backwards(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: backwards(value[key]) for key in reversed(value)}
    return [backwards(entry) for entry in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    ("intent", "inputs", "key"),
    [
        (
            "memory.write",
            {"text": "Hello World", "tags": ["test"]},
            "86ddbe5c27650d814e79522aac870bbfb23e1e147b25d469ba7f052c1c3f1e30",
        ),
        # printf '%s' 'x{"é":"☃"}' | sha256sum
        ("x", {"é": "☃"}, "ff7801f695da40cab2aff4c8cfede5e326a1e3b55871ca375b86814634383e82"),
    ],
)
def test_the_key_is_the_published_one(intent: str, inputs: dict[str, Any], key: str) -> None:
    assert request_key(intent, inputs) == key


@given(INTENTS, INPUTS)
def test_the_order_of_names_does_not_matter_at_any_depth(intent: str, inputs: dict[str, Any]) -> None:
    assert request_key(intent, backwards(inputs)) == request_key(intent, inputs)


@given(INTENTS, INPUTS, INTENTS, INPUTS)
def test_two_requests_share_a_key_only_if_they_are_the_same(
    one: str, ones: dict[str, Any], other: str, others: dict[str, Any]
) -> None:
    same = one == other and json.dumps(ones, sort_keys=True) == json.dumps(others, sort_keys=True)
    assert (request_key(one, ones) == request_key(other, others)) == same


@given(INTENTS, INPUTS, st.text(), VALUES)
def test_any_changed_input_changes_the_key(
    intent: str, inputs: dict[str, Any], name: str, value: Any
) -> None:
    changed = {**inputs, name: value}
    assume(json.dumps(changed, sort_keys=True) != json.dumps(inputs, sort_keys=True))
    assert request_key(intent, changed) != request_key(intent, inputs)


@pytest.mark.parametrize(
    ("one", "other"),
    [({"a": 1}, {"a": True}), ({"a": 1}, {"a": "1"}), ({"a": None}, {}), ({"a": [1, 2]}, {"a": [2, 1]})],
)
def test_values_that_python_or_a_person_might_take_for_equal_differ(
    one: dict[str, Any], other: dict[str, Any]
) -> None:
    assert request_key("x", one) != request_key("x", other)


def test_the_key_of_text_that_utf8_cannot_carry_is_no_error() -> None:
    assert request_key("x", {"a": "\ud800"}) != request_key("x", {"a": "\ud801"})
