"""The same definitions on the runner's interpreter and on moto's: both must end as the language says."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from typing import Any

import pytest

from tests.unit.local.state_machines import (
    FUNCTION,
    Function,
    LambdaError,
    Outcome,
    definition,
    run_here,
    run_on_moto,
    task,
)

END = {"End": True}


@dataclass
class Fails:
    """A function that fails a number of times."""

    error: str
    times: int = 99

    def __call__(self, given: Any) -> Any:
        self.times -= 1
        if self.times >= 0:
            raise LambdaError(self.error)
        return "at last"


def passing(**fields: Any) -> dict[str, Any]:
    return definition(a={"Type": "Pass", **fields, **END})


def choosing(**rule: Any) -> dict[str, Any]:
    return definition(
        a={"Type": "Choice", "Choices": [{**rule, "Next": "yes"}], "Default": "no"},
        yes={"Type": "Pass", "Result": True, **END},
        no={"Type": "Pass", "Result": False, **END},
    )


def well(output: Any) -> Outcome:
    return Outcome("SUCCEEDED", output)


def failed(error: str) -> Outcome:
    return Outcome("FAILED", None, error)


RETRY = [{"ErrorEquals": ["Busy"], "IntervalSeconds": 1, "MaxAttempts": 2, "MaxDelaySeconds": 1}]
QUICK = [{**RETRY[0], "BackoffRate": 1.0, "JitterStrategy": "FULL"}]
CAUGHT = {"Type": "Pass", "Parameters": {"error.$": "$.e.Error", "was.$": "$.n"}, **END}
CATCH = [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.e", "Next": "caught"}]

CASES: dict[str, tuple[dict[str, Any], Any, dict[str, Function], Outcome]] = {
    "data goes through": (passing(), {"n": 1}, {}, well({"n": 1})),
    "a result replaces": (passing(Result=[1]), {"n": 1}, {}, well([1])),
    "a result finds its place": (
        passing(Result=2, ResultPath="$.a.b"),
        {"n": 1},
        {},
        well({"n": 1, "a": {"b": 2}}),
    ),
    "a result is dropped": (passing(Result=2, ResultPath=None), {"n": 1}, {}, well({"n": 1})),
    "paths in and out": (passing(InputPath="$.a", OutputPath="$.b[1]"), {"a": {"b": [1, 2]}}, {}, well(2)),
    "parameters are computed": (
        passing(
            Parameters={
                "whole.$": "$",
                "name.$": "$$.StateMachine.Name",
                "said.$": "States.Format('{} and {}', $.n, $['k k'])",
                "list": [{"x.$": "States.ArrayLength($.l)"}],
                "picked.$": "$.l[*]",
                "fixed": "$.n",
            }
        ),
        {"n": 1, "k k": "two", "l": [1, 2]},
        {},
        well(
            {
                "whole": {"n": 1, "k k": "two", "l": [1, 2]},
                "name": "m",
                "said": "1 and two",
                "list": [{"x": 2}],
                "picked": [1, 2],
                "fixed": "$.n",
            }
        ),
    ),
    "text becomes data": (
        passing(Parameters={"at.$": "States.StringToJson($.t)"}),
        {"t": '{"m": 1}'},
        {},
        well({"at": {"m": 1}}),
    ),
    "a path leads nowhere": (passing(Parameters={"x.$": "$.none"}), {}, {}, failed("States.Runtime")),
    "a task's result": (
        definition(a=task("f")),
        {"n": 1},
        {"f": lambda x: {**x, "f": 1}},
        well({"n": 1, "f": 1}),
    ),
    "a task's result is shaped": (
        definition(a=task("f", ResultSelector={"y.$": "$.x"}, ResultPath="$.r")),
        {"n": 1},
        {"f": lambda x: {"x": 5, "z": 6}},
        well({"n": 1, "r": {"y": 5}}),
    ),
    "lambda:invoke gives the payload apart": (
        definition(
            a={
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke",
                "Parameters": {"FunctionName": FUNCTION + "f", "Payload": {"v.$": "$.n"}},
                "OutputPath": "$.Payload",
                **END,
            }
        ),
        {"n": 4},
        {"f": lambda x: x["v"] + 1},
        well(5),
    ),
    "a failure ends it": (definition(a=task("f")), {}, {"f": Fails("Odd")}, failed("Odd")),
    "a failure is caught": (
        definition(a=task("f", Catch=CATCH), caught=CAUGHT),
        {"n": 7},
        {"f": Fails("Odd")},
        well({"error": "Odd", "was": 7}),
    ),
    "the first catcher that fits": (
        definition(
            a=task(
                "f", Catch=[{"ErrorEquals": ["Other"], "Next": "b"}, {"ErrorEquals": ["Odd"], "Next": "c"}]
            ),
            b={"Type": "Fail", "Error": "wrong"},
            c={"Type": "Pass", "Result": "right", **END},
        ),
        {},
        {"f": Fails("Odd")},
        well("right"),
    ),
    "tasks that failed": (
        definition(
            a=task("f", Catch=[{"ErrorEquals": ["States.TaskFailed"], "Next": "b"}]),
            b={"Type": "Pass", "Result": "right", **END},
        ),
        {},
        {"f": Fails("Odd")},
        well("right"),
    ),
    "it comes back": (definition(a=task("f", Retry=QUICK)), {}, {"f": Fails("Busy", 2)}, well("at last")),
    "it does not come back": (
        definition(a=task("f", Retry=QUICK)),
        {},
        {"f": Fails("Busy", 3)},
        failed("Busy"),
    ),
    "nobody retries that": (definition(a=task("f", Retry=QUICK)), {}, {"f": Fails("Odd", 1)}, failed("Odd")),
    "branches": (
        definition(
            a={"Type": "Parallel", "Branches": [definition(x=task("f")), definition(y=task("g"))], **END}
        ),
        {"n": 1},
        {"f": lambda x: x["n"], "g": lambda x: "g"},
        well([1, "g"]),
    ),
    "a branch fails": (
        definition(
            a={
                "Type": "Parallel",
                "Branches": [definition(x=task("f")), definition(y=task("g"))],
                "Catch": CATCH,
                **END,
            },
            caught=CAUGHT,
        ),
        {"n": 1},
        {"f": Fails("Odd"), "g": lambda x: x},
        well({"error": "Odd", "was": 1}),
    ),
    "items": (
        definition(
            a={
                "Type": "Map",
                "ItemsPath": "$.l",
                "ItemSelector": {"i.$": "$$.Map.Item.Index", "v.$": "$$.Map.Item.Value", "n.$": "$.n"},
                "ItemProcessor": definition(x=task("f")),
                "MaxConcurrency": 1,
                "ResultPath": "$.r",
                **END,
            }
        ),
        {"l": [5, 6], "n": 1},
        {"f": lambda x: [x["i"], x["v"], x["n"]]},
        well({"l": [5, 6], "n": 1, "r": [[0, 5, 1], [1, 6, 1]]}),
    ),
    "a failure by name": (
        definition(a={"Type": "Fail", "Error": "Mine", "Cause": "because"}),
        {},
        {},
        failed("Mine"),
    ),
    "no choice fits": (
        definition(
            a={"Type": "Choice", "Choices": [{"Variable": "$.n", "NumericEquals": 1, "Next": "b"}]},
            b={"Type": "Succeed"},
        ),
        {"n": 2},
        {},
        failed("States.NoChoiceMatched"),
    ),
    "a wait until the past": (
        definition(a={"Type": "Wait", "TimestampPath": "$.at", "Next": "b"}, b={"Type": "Succeed"}),
        {"at": "2020-01-01T00:00:00Z"},
        {},
        well({"at": "2020-01-01T00:00:00Z"}),
    ),
    "too much to hand on": (
        definition(a=task("f", Catch=CATCH), caught=CAUGHT),
        {"n": 1},
        {"f": lambda x: "x" * 300_000},
        failed("States.DataLimitExceeded"),
    ),
}

CHOICES: list[tuple[dict[str, Any], Any, bool]] = [
    ({"Variable": "$.v", "StringEquals": "a"}, "a", True),
    ({"Variable": "$.v", "StringEquals": "1"}, 1, False),
    ({"Variable": "$.v", "StringLessThan": "b"}, "a", True),
    ({"Variable": "$.v", "StringMatches": "a*c"}, "abbc", True),
    ({"Variable": "$.v", "StringMatches": "a*c"}, "abb", False),
    ({"Variable": "$.v", "NumericGreaterThanEquals": 2}, 2, True),
    ({"Variable": "$.v", "NumericLessThan": 2}, 2, False),
    ({"Variable": "$.v", "NumericEqualsPath": "$.w"}, 3, True),
    ({"Variable": "$.v", "BooleanEquals": True}, True, True),
    ({"Variable": "$.v", "TimestampLessThan": "2026-01-02T00:00:00Z"}, "2026-01-01T00:00:00Z", True),
    ({"Variable": "$.v", "IsNull": True}, None, True),
    ({"Variable": "$.none", "IsPresent": False}, 1, True),
    ({"Variable": "$.v", "IsNumeric": True}, "1", False),
    ({"Variable": "$.v", "IsString": False}, 1, True),
    ({"Variable": "$.v", "IsTimestamp": True}, "2026-01-01T00:00:00Z", True),
    ({"Not": {"Variable": "$.v", "NumericEquals": 1}}, 1, False),
    ({"And": [{"Variable": "$.v", "NumericEquals": 1}, {"Variable": "$.w", "NumericEquals": 3}]}, 1, True),
    ({"Or": [{"Variable": "$.v", "NumericEquals": 9}, {"Variable": "$.w", "NumericEquals": 3}]}, 1, True),
]


WRONG_ON_MOTO = {"no choice fits", "too much to hand on"}


@pytest.mark.parametrize("run", [run_here, run_on_moto])
@pytest.mark.parametrize("name", CASES)
def test_an_execution_ends_as_the_language_says(name: str, run: Any) -> None:
    states, given, functions, expected = CASES[name]
    if run is run_here or name not in WRONG_ON_MOTO:
        assert run(states, given, deepcopy(functions)) == expected


@pytest.mark.parametrize("run", [run_here, run_on_moto])
@pytest.mark.parametrize(("rule", "value", "expected"), CHOICES)
def test_a_choice_rule_decides(rule: dict[str, Any], value: Any, expected: bool, run: Any) -> None:
    assert run(choosing(**rule), {"v": value, "w": 3}, {}) == well(expected)
