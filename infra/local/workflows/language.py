"""A definition in the Amazon States Language, read and checked once."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from infra.local.errors import RunnerError
from infra.local.shared import Json
from infra.local.workflows.choices import Rule, compile_choices
from infra.local.workflows.intrinsics import Evaluate
from infra.local.workflows.paths import ROOT, Path
from infra.local.workflows.payloads import Passage, compile_expression, compile_template, path_or_null
from infra.local.workflows.tasks import check_resource

NEVER = 99_999_999
"""Seconds of a time-out that nobody set."""


@dataclass(frozen=True, slots=True)
class Retrier:
    """One entry of Retry; times in seconds."""

    errors: tuple[str, ...]
    interval: float = 1
    attempts: int = 3
    rate: float = 2.0
    longest: float = float("inf")
    jitter: bool = False


@dataclass(frozen=True, slots=True)
class Catcher:
    """One entry of Catch."""

    errors: tuple[str, ...]
    next: str
    result: Path | None


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What all states have; `next` is None at the end."""

    name: str
    next: str | None = None
    passage: Passage = field(default_factory=Passage)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass(State):
    """Hands its input on, or a fixed result."""

    result: Evaluate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeed(State):
    """Ends well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fail(State):
    """Ends in a failure."""

    error: Evaluate
    cause: Evaluate


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice(State):
    """Goes on where the first rule that holds points to."""

    rules: list[tuple[Rule, str]]
    default: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait(State):
    """Waits for `seconds`, or until a `timestamp`: one of them is set."""

    seconds: Evaluate | None = None
    timestamp: Evaluate | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guarded(State):
    """A state that may fail."""

    retry: tuple[Retrier, ...] = ()
    catch: tuple[Catcher, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Guarded):
    """Calls something outside."""

    resource: str
    timeout: Evaluate


@dataclass(frozen=True, slots=True, kw_only=True)
class Parallel(Guarded):
    """Runs its branches at once."""

    branches: tuple[Program, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Map(Guarded):
    """Runs a program for each item; `concurrency` 0 means all at once."""

    items: Path
    selector: Evaluate | None
    program: Program
    concurrency: int


@dataclass(frozen=True, slots=True)
class Program:
    """States and where to start. `timeout` in seconds."""

    start: str
    states: Mapping[str, State]
    timeout: float = NEVER


def compile_definition(text: str) -> Program:
    """Read a whole definition.

    Raises:
        RunnerError: it is malformed, or uses what is not here; names the state.
    """
    definition: Json = json.loads(text)
    _known(
        definition,
        "the definition",
        "Comment",
        "Version",
        "StartAt",
        "States",
        "TimeoutSeconds",
        "QueryLanguage",
    )
    return _program(definition)


def _program(definition: Json) -> Program:
    if definition.get("QueryLanguage", "JSONPath") != "JSONPath":
        raise RunnerError("the laptop runner knows state machines in JSONPath only")
    states = {name: _state(name, fields) for name, fields in definition["States"].items()}
    program = Program(definition["StartAt"], states, definition.get("TimeoutSeconds", NEVER))
    for name in {program.start, *(target for state in states.values() for target in _targets(state))}:
        if name not in states:
            raise RunnerError(f"the state machine has no state {name!r}")
    return program


def _targets(state: State) -> list[str]:
    found = [state.next] if state.next else []
    if isinstance(state, Guarded):
        found += [catcher.next for catcher in state.catch]
    if isinstance(state, Choice):
        found += [target for _, target in state.rules] + ([state.default] if state.default else [])
    return found


_Reader: TypeAlias = Callable[[Json, Json], State]
_COMMON = ("Type", "Comment", "Next", "End", "InputPath", "OutputPath", "QueryLanguage")
_WORK = (*_COMMON, "Parameters", "ResultSelector", "ResultPath", "Retry", "Catch")


def _state(name: str, fields: Json) -> State:
    kind = fields.get("Type")
    if kind not in _READERS:
        raise RunnerError(f"state {name!r} has the type {kind!r}, which the laptop runner does not know")
    allowed, read = _READERS[kind]
    try:
        _known(fields, f"state {name!r}", *allowed)
        common = {"name": name, "next": fields.get("Next"), "passage": Passage.of(fields)}
        if not ({"Next", "End"} & fields.keys() or kind in ("Choice", "Succeed", "Fail")):
            raise RunnerError("it has neither Next nor End")
        return read(fields, common)
    except RunnerError as error:
        raise RunnerError(f"state {name!r}: {error}") from error


def _known(fields: Json, what: str, *names: str) -> None:
    unknown = sorted(fields.keys() - {*names})
    if unknown:
        raise RunnerError(f"the laptop runner does not know {', '.join(unknown)} of {what}")


def _pass(fields: Json, common: Json) -> State:
    return Pass(**common, result=_constant(fields["Result"]) if "Result" in fields else None)


def _fail(fields: Json, common: Json) -> State:
    return Fail(**common, error=_either(fields, "Error", ""), cause=_either(fields, "Cause", ""))


def _choice(fields: Json, common: Json) -> State:
    return Choice(**common, rules=compile_choices(fields["Choices"]), default=fields.get("Default"))


def _wait(fields: Json, common: Json) -> State:
    seconds, timestamp = _either(fields, "Seconds"), _either(fields, "Timestamp")
    if (seconds is None) == (timestamp is None):
        raise RunnerError("it waits for Seconds or until a Timestamp")
    return Wait(**common, seconds=seconds, timestamp=timestamp)


def _task(fields: Json, common: Json) -> State:
    check_resource(fields["Resource"])
    timeout = _either(fields, "TimeoutSeconds", NEVER)
    return Task(**common, **_guards(fields), resource=fields["Resource"], timeout=timeout)


def _parallel(fields: Json, common: Json) -> State:
    return Parallel(**common, **_guards(fields), branches=tuple(_program(one) for one in fields["Branches"]))


def _map(fields: Json, common: Json) -> State:
    processor: Json = dict(fields.get("ItemProcessor") or fields["Iterator"])
    if processor.pop("ProcessorConfig", {}).get("Mode", "INLINE") != "INLINE":
        raise RunnerError("the laptop runner knows inline Map states only")
    selector = fields.get("ItemSelector", fields.get("Parameters"))
    common["passage"] = Passage.of({k: v for k, v in fields.items() if k != "Parameters"})
    return Map(
        **common,
        **_guards(fields),
        items=path_or_null(fields, "ItemsPath") or ROOT,
        selector=None if selector is None else compile_template(selector),
        program=_program(processor),
        concurrency=int(fields.get("MaxConcurrency", 0)),
    )


def _guards(fields: Json) -> Json:
    return {
        "retry": tuple(_retrier(one) for one in fields.get("Retry", ())),
        "catch": tuple(
            Catcher(tuple(one["ErrorEquals"]), one["Next"], path_or_null(one, "ResultPath"))
            for one in fields.get("Catch", ())
        ),
    }


def _retrier(fields: Json) -> Retrier:
    return Retrier(
        tuple(fields["ErrorEquals"]),
        fields.get("IntervalSeconds", 1),
        fields.get("MaxAttempts", 3),
        fields.get("BackoffRate", 2.0),
        fields.get("MaxDelaySeconds", float("inf")),
        fields.get("JitterStrategy", "NONE") == "FULL",
    )


def _either(fields: Json, name: str, default: Any = None) -> Any:
    """Read a field that is written as a value (`Name`) or computed (`NamePath`)."""
    if f"{name}Path" in fields:
        return compile_expression(fields[f"{name}Path"])
    value = fields.get(name, default)
    return None if value is None else _constant(value)


def _constant(value: Any) -> Evaluate:
    return lambda data, context: value


_READERS: dict[str, tuple[tuple[str, ...], _Reader]] = {
    "Pass": ((*_COMMON, "Result", "Parameters", "ResultPath"), _pass),
    "Succeed": (_COMMON, lambda fields, common: Succeed(**common)),
    "Fail": (("Type", "Comment", "Error", "ErrorPath", "Cause", "CausePath"), _fail),
    "Choice": ((*_COMMON, "Choices", "Default"), _choice),
    "Wait": ((*_COMMON, "Seconds", "SecondsPath", "Timestamp", "TimestampPath"), _wait),
    "Task": ((*_WORK, "Resource", "TimeoutSeconds", "TimeoutSecondsPath"), _task),
    "Parallel": ((*_WORK, "Branches"), _parallel),
    "Map": ((*_WORK, "ItemProcessor", "Iterator", "ItemsPath", "ItemSelector", "MaxConcurrency"), _map),
}
