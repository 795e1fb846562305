"""What a tool takes as inputs, and what it may return."""

from typing import Any

import pytest

from orchestrator.errors import InvalidInput
from tests.unit.intents.tool_packages import Make, run

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
