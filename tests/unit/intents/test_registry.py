"""Tools found in a package, their schemas, and what their inputs may be."""

import asyncio
import importlib
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from orchestrator import wiring
from orchestrator.errors import InvalidInput, NotFound
from orchestrator.intents.registry import Providers, Registry, Tool, discover
from orchestrator.intents.tool import Call

Make = Callable[..., Registry]

SAMPLE = '''
    # app/tools/my_tool.py
    async def my_operation(param1: str, param2: int) -> dict:
        """Execute my operation."""
        return {"status": "ok", "result": param1 * param2}
'''


class Store:
    """Something a tool may ask for."""

    def __init__(self, call: Call) -> None:
        self.owner = call.tenant


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    name = f"tools_{tmp_path.name}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    def make(providers: Providers | None = None, **modules: str) -> Registry:
        for module, source in modules.items():
            (folder / f"{module}.py").write_text(dedent(source))
        importlib.invalidate_caches()
        return discover(importlib.import_module(name), providers or {Store: Store})

    yield make
    for module in [module for module in sys.modules if module.partition(".")[0] == name]:
        del sys.modules[module]


def run(tool: Tool, inputs: dict[str, Any], tenant: str = "acme") -> dict[str, Any]:
    return asyncio.run(tool.run(tool.checked(inputs), Call(tenant), {Store: Store}))


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
        from tests.unit.intents.test_registry import Store

        async def who(name: str, call: Call, store: Store) -> dict[str, Any]:
            return {"name": name, "tenant": call.tenant, "owner": store.owner}
    """
    module = sys.modules[__name__]
    sys.modules["tests.unit.intents.test_registry"] = module
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


ANYTHING = """
    from typing import Any

    async def anything(
        text: str = "", count: int = 0, ratio: float = 0, sure: bool = False,
        tags: list[str] = [], more: Any = None,
    ) -> dict[str, Any]:
        return {"more": more}
"""


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"count": "5"}, "inputs.count"),
        ({"count": True}, "inputs.count"),
        ({"count": 5.5}, "inputs.count"),
        ({"ratio": "0.5"}, "inputs.ratio"),
        ({"sure": "true"}, "inputs.sure"),
        ({"sure": 1}, "inputs.sure"),
        ({"sure": "yes"}, "inputs.sure"),
        ({"text": 5}, "inputs.text"),
        ({"text": None}, "inputs.text"),
        ({"tags": "a"}, "inputs.tags"),
        ({"tags": ["a", 1]}, "inputs.tags[1]"),
        ({"tags": {"a": 1}}, "inputs.tags"),
        ({"nonsense": 1}, "inputs.nonsense"),
    ],
)
def test_a_value_of_another_json_type_is_refused_by_its_path(
    package: Make, inputs: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        package(anything=ANYTHING).get("anything").checked(inputs)
    assert caught.value.field == path
    assert caught.value.message.startswith(f"{path}: ")


@pytest.mark.parametrize(
    ("inputs", "path"),
    [
        ({"text": "\ud800"}, "inputs.text"),
        ({"more": {"a": ["ok", "\udfff"]}}, "inputs.more.a[1]"),
        ({"more": {"\ud800": 1}}, "inputs.more"),
        ({"ratio": float("nan")}, "inputs.ratio"),
        ({"more": [float("inf")]}, "inputs.more[0]"),
    ],
)
def test_what_json_and_utf8_cannot_carry_on_is_refused_by_its_path(
    package: Make, inputs: dict[str, Any], path: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        package(anything=ANYTHING).get("anything").checked(inputs)
    assert caught.value.field == path
    caught.value.message.encode()


def test_inputs_nested_without_end_are_refused(package: Make) -> None:
    deep: list[Any] = []
    for _ in range(5000):
        deep = [deep]
    with pytest.raises(InvalidInput, match="nested"):
        package(anything=ANYTHING).get("anything").checked({"more": deep})


def test_every_wrong_value_is_named_the_first_one_first(package: Make) -> None:
    with pytest.raises(InvalidInput) as caught:
        package(anything=ANYTHING).get("anything").checked({"count": "x", "sure": "y"})
    assert caught.value.field == "inputs.count"
    assert caught.value.hint is not None
    assert "inputs.sure: " in caught.value.hint


def test_huge_numbers_are_numbers(package: Make) -> None:
    tool = package(anything=ANYTHING).get("anything")
    assert tool.checked({"count": 10**300, "ratio": 1e308})["count"] == 10**300
    assert tool.checked({"ratio": 1})["ratio"] == 1


def test_defaults_are_not_shared_between_calls(package: Make) -> None:
    tool = package(anything=ANYTHING).get("anything")
    tool.checked({})["tags"].append("left behind")
    assert tool.checked({})["tags"] == []


def result_of(package: Make, expression: str) -> Any:
    source = f"""
        import datetime, decimal, uuid
        from typing import Any

        async def answer() -> Any:
            return {expression}
    """
    return run(package(answer=source).get("answer"), {})


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        (
            '{"at": datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)}',
            {"at": "2026-01-02T00:00:00Z"},
        ),
        ('{"n": decimal.Decimal("1.50")}', {"n": "1.50"}),
        ('{"id": uuid.UUID(int=1)}', {"id": "00000000-0000-0000-0000-000000000001"}),
        ('{"pair": (1, 2)}', {"pair": [1, 2]}),
        ('{"nan": float("nan")}', {"nan": None}),
        ('{1: "one"}', {"1": "one"}),
        ('{"none": None}', {"none": None}),
    ],
)
def test_a_result_becomes_json_the_same_way_for_quick_and_long_tools(
    package: Make, expression: str, result: Any
) -> None:
    assert result_of(package, expression) == result


@pytest.mark.parametrize("expression", ["None", "'text'", "[1]", '{"o": object()}', '{"s": "\\ud800"}'])
def test_a_result_that_is_no_json_object_is_the_tools_fault_and_says_so(
    package: Make, expression: str
) -> None:
    with pytest.raises(TypeError, match="answer"):
        result_of(package, expression)


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
