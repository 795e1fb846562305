"""Runs a definition: one coroutine per execution and per branch, nothing that blocks in between."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from typing import Any

from infra.local.shared import Json, as_array
from infra.local.workflows.choices import moment
from infra.local.workflows.failures import NO_CHOICE, RUNTIME, TIMEOUT, Failure, matches
from infra.local.workflows.history import History
from infra.local.workflows.intrinsics import to_text
from infra.local.workflows.language import (
    Choice,
    Fail,
    Guarded,
    Map,
    Parallel,
    Pass,
    Program,
    Retrier,
    State,
    Succeed,
    Task,
    Wait,
)
from infra.local.workflows.paths import MissingError
from infra.local.workflows.payloads import limited, put, read

Call = Callable[[str, Any, float], Awaitable[Any]]
"""Runs a task: resource, parameters, seconds it may take."""
Track = Callable[[str, Any], None]
"""Told which state is entered with which input."""
_BREATH = 100
"""Transitions after which an execution lets others have a turn."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What the states of one execution share; `context` is the context object (`$$`)."""

    call: Call
    history: History
    context: Json

    def within(self, **more: Any) -> Scope:
        """Return the scope with more in its context object."""
        return replace(self, context={**self.context, **more})


async def run(
    program: Program, data: Any, scope: Scope, start: str | None = None, track: Track | None = None
) -> Any:
    """Run from `start` (default: where the program starts) to an end; return the output.

    Raises:
        Failure: a state failed and nothing caught it.
    """
    name = start or program.start
    while name is not None:
        if track:
            track(name, data)
        if scope.history.entered % _BREATH == _BREATH - 1:
            await asyncio.sleep(0)
        data, name = await _state(program.states[name], data, scope)
    return data


def timestamp(moment: float) -> str:
    """Return a Unix time as the context object has it."""
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


async def _state(state: State, data: Any, outer: Scope) -> tuple[Any, str | None]:
    """Run one state; return its output and the state that follows."""
    kind = type(state).__name__
    entered = {"Name": state.name, "EnteredTime": timestamp(time.time()), "RetryCount": 0}
    scope = outer.within(State=entered)
    scope.history.add(f"{kind}StateEntered", name=state.name, input=data)
    if isinstance(state, Guarded):
        output, following = await _guarded(state, data, scope)
    else:
        output, following = await _plain(state, data, scope)
    scope.history.add(f"{kind}StateExited", name=state.name, output=output)
    return output, following


async def _plain(state: State, data: Any, scope: Scope) -> tuple[Any, str | None]:
    passage, context = state.passage, scope.context
    match state:
        case Pass():
            result = (state.result or passage.enter)(data, context)
            return passage.leave(data, result, context), state.next
        case Wait():
            await asyncio.sleep(_seconds(state, passage.select(data, context), context))
        case Choice():
            following = _chosen(state, passage.select(data, context), context)
            return _straight(state, data, context), following
        case Fail():
            raise Failure(str(_value(state.error, data, context)), str(_value(state.cause, data, context)))
        case Succeed():
            return _straight(state, data, context), None
        case _:
            raise TypeError(f"no way to run a {type(state).__name__}")
    return _straight(state, data, context), state.next


def _straight(state: State, data: Any, context: Json) -> Any:
    """Return the output of a state that has no result."""
    return read(state.passage.output, state.passage.select(data, context), context, "OutputPath")


def _value(evaluate: Callable[[Any, Json], Any], data: Any, context: Json) -> Any:
    try:
        return evaluate(data, context)
    except MissingError as error:
        raise Failure(RUNTIME, f"Invalid path '{error}': no such place in the input") from error


def _seconds(state: Wait, data: Any, context: Json) -> float:
    if state.seconds:
        seconds = _value(state.seconds, data, context)
        if not isinstance(seconds, (int, float)) or seconds < 0:
            raise Failure(RUNTIME, f"The seconds to wait are {to_text(seconds)}")
        return float(seconds)
    assert state.timestamp  # noqa: S101 - checked when the definition was read
    text = _value(state.timestamp, data, context)
    until = moment(text)
    if until is None:
        raise Failure(RUNTIME, f"The timestamp to wait for is not a valid RFC 3339 time: {to_text(text)}")
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _chosen(state: Choice, data: Any, context: Json) -> str:
    for rule, following in state.rules:
        if rule(data, context):
            return following
    if state.default is None:
        raise Failure(NO_CHOICE, f"Failed to transition out of the state '{state.name}': no choice matched")
    return state.default


async def _guarded(state: Guarded, data: Any, scope: Scope) -> tuple[Any, str | None]:
    """Run a state that may fail: again as its Retry says, elsewhere as its Catch says."""
    used: Counter[int] = Counter()
    while True:
        try:
            result = await _work(state, data, scope)
            return state.passage.leave(data, result, scope.context), state.next
        except Failure as failure:
            wait = _pause(state.retry, failure.error, used)
            if wait is None:
                return _caught(state, data, failure)
        await asyncio.sleep(wait)
        count = used.total()
        scope = scope.within(State={**scope.context["State"], "RetryCount": count})


def _pause(retry: tuple[Retrier, ...], error: str, used: Counter[int]) -> float | None:
    """Return the seconds before the next try, counting it; None when there is none."""
    for number, retrier in enumerate(retry):
        if matches(retrier.errors, error):
            if used[number] >= retrier.attempts:
                return None
            wait = min(retrier.interval * retrier.rate ** used[number], retrier.longest)
            used[number] += 1
            return random.uniform(0, wait) if retrier.jitter else wait  # noqa: S311 - only spreads load
    return None


def _caught(state: Guarded, data: Any, failure: Failure) -> tuple[Any, str]:
    for catcher in state.catch:
        if matches(catcher.errors, failure.error):
            return limited(put(catcher.result, data, failure.output())), catcher.next
    raise failure


async def _work(state: Guarded, data: Any, scope: Scope) -> Any:
    match state:
        case Task():
            return await _task(state, data, scope)
        case Parallel():
            value = state.passage.enter(data, scope.context)
            return await _together([partial(run, branch, value, scope) for branch in state.branches], 0)
        case Map():
            return await _each(state, data, scope)
        case _:
            raise TypeError(f"no way to run a {type(state).__name__}")


async def _task(state: Task, data: Any, scope: Scope) -> Any:
    kind = "LambdaFunction" if state.resource.startswith("arn:aws:lambda:") else "Task"
    selected = state.passage.select(data, scope.context)
    value = state.passage.enter(data, scope.context)
    seconds = float(_value(state.timeout, selected, scope.context))
    scope.history.add(f"{kind}Scheduled", resource=state.resource)
    try:
        result = await scope.call(state.resource, value, seconds)
    except Failure as failure:
        ending = "TimedOut" if failure.error == TIMEOUT else "Failed"
        scope.history.add(f"{kind}{ending}", error=failure.error, cause=failure.cause)
        raise
    scope.history.add(f"{kind}Succeeded", output=result)
    return result


async def _each(state: Map, data: Any, scope: Scope) -> Any:
    selected = state.passage.select(data, scope.context)
    items = as_array(read(state.items, selected, scope.context, "ItemsPath"))
    if items is None:
        raise Failure(RUNTIME, "The ItemsPath of the Map state does not lead to an array")
    runs: list[Callable[[], Awaitable[Any]]] = []
    for index, item in enumerate(items):
        inner = scope.within(Map={"Item": {"Index": index, "Value": item}})
        value = state.selector(selected, inner.context) if state.selector else item
        runs.append(partial(run, state.program, value, inner))
    return await _together(runs, state.concurrency)


async def _together(runs: list[Callable[[], Awaitable[Any]]], concurrency: int) -> list[Any]:
    """Run all, at most `concurrency` at once (0: no limit); the first failure stops the others.

    Raises:
        Failure: one failed.
    """
    turn = asyncio.Semaphore(concurrency or len(runs) or 1)

    async def one(start: Callable[[], Awaitable[Any]]) -> Any:
        async with turn:
            return await start()

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(start)) for start in runs]
    except ExceptionGroup as several:
        failure = next((error for error in several.exceptions if isinstance(error, Failure)), None)
        if failure is None:
            raise
        raise failure from None
    return [task.result() for task in tasks]
