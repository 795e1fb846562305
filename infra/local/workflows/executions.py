"""The running stack's state machines and their executions.

An execution that runs when the runner ends goes on at the next start, at the state it was in: as with a
Standard workflow, whose states are durable. What a task did before the end may so be done again.
"""

from __future__ import annotations

import asyncio
import json
import re
import time
import uuid
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from infra.local.shared import Json
from infra.local.workflows.failures import RUNTIME, TIMEOUT, Failure
from infra.local.workflows.history import History
from infra.local.workflows.interpreter import Scope, run, timestamp
from infra.local.workflows.intrinsics import to_text
from infra.local.workflows.language import NEVER
from infra.local.workflows.machines import Machine
from infra.local.workflows.payloads import LARGEST
from infra.local.workflows.tasks import Front, Tasks

KEPT = 5_000
"""Ended executions whose names and results are remembered; AWS keeps them for 90 days."""
DETAILED = 500
"""Ended executions whose history is remembered."""
_NAME = re.compile(r"[^\s<>{}\[\]?*\"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f]{1,80}")


class RefusedError(Exception):
    """A call is refused; `code` is AWS's error code."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code


@dataclass(slots=True, eq=False)
class Execution:
    """One execution. Times in Unix seconds; `at` is the state it is in, with that state's input."""

    arn: str
    name: str
    machine: str
    input: str
    started: float
    status: str = "RUNNING"
    stopped: float | None = None
    output: str | None = None
    error: str | None = None
    cause: str | None = None
    at: tuple[str, Any] | None = None
    history: History | None = None
    task: asyncio.Task[None] | None = None
    ended: asyncio.Event = field(default_factory=asyncio.Event)


_KEPT_FIELDS = (
    "arn", "name", "machine", "input", "started", "status", "stopped", "output", "error", "cause", "at",
)  # fmt: skip


class Executions:
    """Starts executions and remembers them.

    `changed` is called whenever something to keep changes, `ended` with every execution that has ended.
    """

    def __init__(
        self,
        front: Front,
        changed: Callable[[], None],
        log: Callable[[str, str], None],
        ended: Callable[[Execution], None] = lambda execution: None,
    ) -> None:
        self._front = front
        self._changed = changed
        self._log = log
        self._ended = ended
        self._tasks: dict[str, Tasks] = {}
        self._found: dict[str, Execution] = {}
        self._detailed: deque[Execution] = deque()
        self.machines: Mapping[str, Machine] = {}

    def deploy(self, machines: Mapping[str, Machine]) -> None:
        """Take over a new set of state machines; what runs goes on with the definition it began with."""
        self.machines = machines
        for execution in self._found.values():
            if execution.status == "RUNNING" and execution.task is None:
                self._resume(execution)

    def start(self, machine_arn: str, name: str | None, text: str) -> Execution:
        """Start an execution, or return the running one of the same name and input.

        Raises:
            RefusedError: as StartExecution refuses.
        """
        machine = self.machine(machine_arn)
        name = name or str(uuid.uuid4())
        if not _NAME.fullmatch(name):
            raise RefusedError("InvalidName", f"Invalid Name: '{name}'")
        _check_input(text)
        arn = f"{machine.arn.replace(':stateMachine:', ':execution:')}:{name}"
        before = None if machine.express else self._found.get(arn)
        if before:
            if before.status == "RUNNING" and before.input == text:
                return before
            raise RefusedError("ExecutionAlreadyExists", f"Execution Already Exists: '{arn}'")
        execution = self._found[arn] = Execution(arn, name, machine.arn, text, time.time())
        self._begin(execution, machine)
        self._forget()
        return execution

    def machine(self, arn: str) -> Machine:
        """Return the state machine of an ARN.

        Raises:
            RefusedError: there is none.
        """
        machine = self.machines.get(arn)
        if machine is None:
            raise RefusedError("StateMachineDoesNotExist", f"State Machine Does Not Exist: '{arn}'")
        return machine

    def execution(self, arn: str) -> Execution:
        """Return the execution of an ARN.

        Raises:
            RefusedError: there is none.
        """
        execution = self._found.get(arn)
        if execution is None:
            raise RefusedError("ExecutionDoesNotExist", f"Execution Does Not Exist: '{arn}'")
        return execution

    def of(self, machine_arn: str) -> list[Execution]:
        """Return the executions of a state machine, newest first."""
        return [one for one in reversed(self._found.values()) if one.machine == machine_arn]

    def stop(self, execution: Execution, error: str | None, cause: str | None) -> None:
        """End a running execution; one that has ended stays as it is."""
        if execution.status == "RUNNING":
            self._end(execution, "ABORTED", error=error, cause=cause)
            if execution.task:
                execution.task.cancel()

    async def suspend(self) -> None:
        """Leave every running execution where it is: the runner ends."""
        running = [one.task for one in self._found.values() if one.task and not one.task.done()]
        for task in running:
            task.cancel()
        for tasks in self._tasks.values():
            tasks.stop()
        await asyncio.gather(*running, return_exceptions=True)

    def save(self) -> list[tuple[Any, ...]]:
        """Return what a later run needs."""
        kept = [*self._found.values()]
        return [tuple(getattr(one, name) for name in _KEPT_FIELDS) for one in kept]

    def restore(self, saved: Iterable[tuple[Any, ...]]) -> None:
        """Take over what `save` returned; what was running goes on at the next `deploy`."""
        for values in saved:
            execution = Execution(**dict(zip(_KEPT_FIELDS, values, strict=True)))
            if execution.status != "RUNNING":
                execution.ended.set()
            self._found[execution.arn] = execution

    def _resume(self, execution: Execution) -> None:
        machine = self.machines.get(execution.machine)
        if machine is None:
            self._end(execution, "ABORTED", cause="The stack has no such state machine any more")
            return
        if execution.at and execution.at[0] not in machine.program.states:
            execution.at = None
        self._log(f"{machine.name} goes on with {execution.name}", "INFO")
        self._begin(execution, machine)

    def _begin(self, execution: Execution, machine: Machine) -> None:
        tasks = self._tasks.setdefault(machine.caller, Tasks(self._front, machine.caller))
        execution.history = History()
        execution.history.add("ExecutionStarted", input=json.loads(execution.input), roleArn=machine.role_arn)
        scope = Scope(tasks.run, execution.history, _context(execution, machine))
        execution.task = asyncio.create_task(self._run(execution, machine, scope))
        self._changed()

    async def _run(self, execution: Execution, machine: Machine, scope: Scope) -> None:
        def track(name: str, data: Any) -> None:
            execution.at = (name, data)
            self._changed()

        start, data = execution.at or (None, json.loads(execution.input))
        seconds = None if machine.program.timeout == NEVER else machine.program.timeout
        try:
            # From now on, not from the start: the time a laptop was switched off does not count.
            async with asyncio.timeout(seconds):
                output = await run(machine.program, data, scope, start, track)
        except Failure as failure:
            self._end(execution, "FAILED", error=failure.error, cause=failure.cause)
        except TimeoutError:
            self._end(execution, "TIMED_OUT", error=TIMEOUT)
        except Exception as error:
            self._log(f"{machine.name} broke in the runner: {error!r}", "ERROR")
            self._end(execution, "FAILED", error=RUNTIME, cause=f"The laptop runner failed: {error!r}")
        else:
            self._end(execution, "SUCCEEDED", output=to_text(output))

    def _end(self, execution: Execution, status: str, **result: str | None) -> None:
        execution.status, execution.stopped, execution.at = status, time.time(), None
        for name, value in result.items():
            setattr(execution, name, value)
        if execution.history:
            kind = {"TIMED_OUT": "TimedOut"}.get(status, status.capitalize())
            told: Json = {name: value for name, value in result.items() if value is not None}
            if execution.output is not None:
                told["output"] = json.loads(execution.output)
            execution.history.end(f"Execution{kind}", **told)
        execution.ended.set()
        self._changed()
        self._ended(execution)
        if status in ("FAILED", "TIMED_OUT"):
            self._log(f"{execution.arn} {status}: {execution.error}: {execution.cause or ''}", "ERROR")
        self._detailed.append(execution)
        if len(self._detailed) > DETAILED:
            self._detailed.popleft().history = None

    def _forget(self) -> None:
        """Drop the oldest of the ended executions that are too many."""
        while len(self._found) > KEPT:
            oldest = next((one for one in self._found.values() if one.status != "RUNNING"), None)
            if oldest is None:
                return
            del self._found[oldest.arn]


def _check_input(text: str) -> None:
    try:
        json.loads(text)
    except ValueError as error:
        raise RefusedError(
            "InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'"
        ) from error
    if len(text.encode()) > LARGEST:
        raise RefusedError("InvalidExecutionInput", "The input is larger than 262144 bytes")


def _context(execution: Execution, machine: Machine) -> Json:
    """Return the context object ("Accessing execution data from the Context object")."""
    return {
        "Execution": {
            "Id": execution.arn,
            "Input": json.loads(execution.input),
            "Name": execution.name,
            "RoleArn": machine.role_arn,
            "StartTime": timestamp(execution.started),
            "RedriveCount": 0,
        },
        "StateMachine": {"Id": machine.arn, "Name": machine.name},
    }
