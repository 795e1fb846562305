"""GET /intents, from API Gateway's event to API Gateway's answer; it asks nothing of AWS."""

from collections.abc import Iterator

import pytest
from jsonschema_rs import Draft202012Validator

from tests.fakes.functions import Deployed, deployed


@pytest.fixture(scope="module")
def api() -> Iterator[Deployed]:
    with deployed("http://127.0.0.1:9/unused") as made:
        yield made


def test_every_intent_is_listed_with_a_valid_schema_of_its_inputs(api: Deployed) -> None:
    answer = api.send("api/intents", "list")
    assert answer.status == 200
    intents = {entry["intent"]: entry for entry in answer.json["intents"]}
    assert list(intents) == sorted(intents)
    assert {"memory.write", "memory.search", "memory.get", "memory.delete", "memory.history"} <= set(intents)
    assert intents["memory.import"]["duration"] == "long"
    assert intents["memory.write"]["duration"] == "quick"
    for entry in intents.values():
        assert entry["mode"] == "agent"
        assert entry["summary"]
        assert "memory" not in entry["inputs"]["properties"]
        Draft202012Validator(entry["inputs"])


def test_the_schema_says_what_the_function_takes(api: Deployed) -> None:
    intents = {entry["intent"]: entry for entry in api.send("api/intents", "list").json["intents"]}
    search = Draft202012Validator(intents["memory.search"]["inputs"])
    assert search.is_valid({"query": "x", "limit": 5})
    assert not search.is_valid({"query": "x", "limit": "5"})
    assert not search.is_valid({"query": "x", "nonsense": 1})


def test_listing_costs_no_call_to_aws(api: Deployed) -> None:
    api.send("api/intents", "list")
    assert api.stack.calls == []


def test_listing_needs_its_scope(api: Deployed) -> None:
    assert api.send("api/intents", "list", caller={"scopes": "jobs:read"}).status == 403
