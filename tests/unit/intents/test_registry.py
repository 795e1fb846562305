"""Tools found in a package, and their schemas."""

from typing import Any

import pytest

from orchestrator import wiring
from orchestrator.errors import InvalidInput, NotFound
from tests.unit.intents.tool_packages import Make, run

SAMPLE = '''
    # app/tools/my_tool.py
    async def my_operation(param1: str, param2: int) -> dict:
        """Execute my operation."""
        return {"status": "ok", "result": param1 * param2}
'''


def test_the_documents_sample_runs_unchanged(package: Make) -> None:
    tool = package(my_operation=SAMPLE).get("my.operation")
    assert run(tool, {"param1": "test", "param2": 5}) == {
        "status": "ok",
        "result": "testtesttesttesttest",
    }
    assert tool.summary == "Execute my operation."
    assert (tool.options.long, tool.options.retry_safe) == (False, False)


def test_the_schema_comes_from_the_type_hints(package: Make) -> None:
    source = """
        from typing import Annotated, Any, Literal
        from pydantic import Field
        from orchestrator.intents.tool import tool

        @tool(intent="shop.order", long=True, retry_safe=True)
        async def order(
            item: Annotated[str, Field(min_length=1, description="What.")],
            count: int = 1,
            size: Literal["s", "m"] | None = None,
        ) -> dict[str, Any]:
            return {}
    """
    tool = package(order=source).get("shop.order")
    assert tool.options.long
    assert tool.schema["required"] == ["item"]
    assert tool.schema["additionalProperties"] is False
    assert tool.schema["properties"]["item"] == {
        "title": "Item",
        "type": "string",
        "minLength": 1,
        "description": "What.",
    }
    assert tool.schema["properties"]["count"]["default"] == 1
    assert tool.checked({"item": "pen"}) == {"item": "pen", "count": 1, "size": None}


def test_what_a_tool_asks_for_by_type_is_given_and_never_taken_from_the_caller(package: Make) -> None:
    source = """
        from typing import Any
        from orchestrator.intents.tool import Call
        from tests.unit.intents.tool_packages import Store

        async def who(name: str, call: Call, store: Store) -> dict[str, Any]:
            return {"name": name, "tenant": call.tenant, "owner": store.owner}
    """
    tool = package(who=source).get("who")
    assert run(tool, {"name": "x"}) == {"name": "x", "tenant": "acme", "owner": "acme"}
    assert set(tool.schema["properties"]) == {"name"}
    with pytest.raises(InvalidInput, match=r"inputs\.store"):
        tool.checked({"name": "x", "store": {}})


def test_annotations_that_are_strings_work_as_well(package: Make) -> None:
    source = """
        from __future__ import annotations
        from orchestrator.intents.tool import Call

        async def late(n: int, call: Call) -> dict:
            return {"n": n, "tenant": call.tenant}
    """
    assert run(package(late=source).get("late"), {"n": 2}) == {"n": 2, "tenant": "acme"}


@pytest.mark.parametrize(
    "source",
    ["X = 1", "def broken(): ...", "class broken: ...", "async def other() -> dict: ..."],
)
def test_a_file_without_its_async_function_is_an_error_that_names_the_file(
    package: Make, source: str
) -> None:
    with pytest.raises(TypeError, match=r"broken\.py: needs `async def broken"):
        package(broken=source)


def test_two_tools_for_one_intent_are_an_error_that_names_the_second(package: Make) -> None:
    second = """
        from orchestrator.intents.tool import tool

        @tool(intent="a.b")
        async def other() -> dict: ...
    """
    with pytest.raises(TypeError, match=r"other\.py: intent 'a\.b' already belongs"):
        package(a_b="async def a_b() -> dict: ...", other=second)


def test_an_unknown_intent_is_reported_in_the_documents_words(package: Make) -> None:
    registry = package(my_operation=SAMPLE, another="async def another() -> dict: ...")
    with pytest.raises(NotFound) as caught:
        registry.get("xyz")
    assert caught.value.message == "Intent 'xyz' not found. Available: ['another', 'my.operation']"
    with pytest.raises(NotFound) as caught:
        registry.get("my.operatoin")
    assert caught.value.hint == "Did you mean 'my.operation'?"


def test_every_shipped_tool_is_found_and_describes_itself() -> None:
    registry = wiring.tools()
    intents = {tool.intent for tool in registry}
    assert {"memory.write", "memory.search", "memory.get", "memory.delete", "memory.history"} <= intents
    for tool in registry:
        assert tool.schema["type"] == "object"
        assert tool.summary.endswith(".")
        assert "memory" not in tool.schema.get("properties", {})


def test_the_samples_of_the_document_are_valid_inputs() -> None:
    registry = wiring.tools()
    write = registry.get("memory.write").checked({"text": "Data to store", "tags": ["example"]})
    assert write == {"text": "Data to store", "tags": ["example"], "key": None}
    search = registry.get("memory.search").checked({"query": "x", "as_of": "2026-01-02T03:04:05+01:00"})
    assert search["as_of"].isoformat() == "2026-01-02T03:04:05+01:00"
    with pytest.raises(InvalidInput, match=r"inputs\.as_of"):
        registry.get("memory.search").checked({"query": "x", "as_of": "2026-01-02T03:04:05"})


@pytest.mark.parametrize(
    ("intent", "inputs", "path"),
    [
        ("memory.write", {"text": "x", "tags": [""]}, "inputs.tags[0]"),
        ("memory.write", {"tags": []}, "inputs.text"),
        ("memory.search", {"query": "x", "limit": "5"}, "inputs.limit"),
        ("memory.search", {"query": "x", "limit": 0}, "inputs.limit"),
        ("memory.search", {"query": "x", "tags": [""]}, "inputs.tags[0]"),
        ("memory.get", {"item_id": "mem_../x"}, "inputs.item_id"),
    ],
)
def test_the_shipped_tools_refuse_what_does_not_fit(intent: str, inputs: dict[str, Any], path: str) -> None:
    registry = wiring.tools()
    with pytest.raises(InvalidInput) as caught:
        registry.get(intent).checked(inputs)
    assert caught.value.field == path
