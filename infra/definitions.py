"""Find the definitions of the state machines, `infra/workflows/<name>.py`, and check them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.discovery import Found, SpecError, failure, imported
from orchestrator.spec import QUEUES, WORKFLOWS, Workflow

FOLDER = Path(__file__).parent / "workflows"
IMPORTS = "a definition may import only infra.definitions, infra.states and orchestrator"
State = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Task:
    """A function as a state machine sees it: a placeholder for its ARN, and its time-out in seconds."""

    arn: str
    timeout: int


@dataclass
class Parts:
    """Hands a definition placeholders for what it runs, and remembers what it asked for.

    CloudFormation puts ARNs and URLs in their place (`DefinitionSubstitutions`), so a definition is plain
    text: it can be read, linted and run without a deployment. `timeouts` are the functions' own, by id.
    """

    timeouts: Mapping[str, int]
    integrations: dict[str, str] = field(default_factory=lambda: {})
    tasks: dict[str, str] = field(default_factory=lambda: {})
    queues: dict[str, str] = field(default_factory=lambda: {})
    told: str = ""

    def integration(self, name: str) -> str:
        """Return a placeholder for the `Resource` of an integration, for example `lambda:invoke`."""
        self.integrations[name] = f"Call{_camel(name)}"
        return f"${{{self.integrations[name]}}}"

    def task(self, id: str) -> Task:
        """Return the function `<group>-<name>` as a task; one that does not exist is the checks' to tell."""
        self.tasks[id] = f"Function{_camel(id)}"
        return Task(f"${{{self.tasks[id]}}}", self.timeouts.get(id, 0))

    def queue(self, name: str) -> str:
        """Return a placeholder for the URL of queue `name`."""
        self.queues[name] = f"Queue{_camel(name)}"
        return f"${{{self.queues[name]}}}"

    def when_stopped(self, queue: str) -> None:
        """Name the queue that is told of executions that fail, run out of time or are aborted."""
        self.told = queue


@dataclass(frozen=True, slots=True)
class Definition:
    """A workflow with its definition; `parts` knows the placeholders in it."""

    workflow: Workflow
    states: State
    parts: Parts


def definitions(
    found: list[Found], workflows: Iterable[Workflow] = WORKFLOWS, folder: Path = FOLDER
) -> list[Definition]:
    """Return every workflow's definition.

    Raises:
        SpecError: a file is missing or wrong, or does not fit the function folders; a line for each mistake.
    """
    made: list[Definition] = []
    problems: list[str] = []
    for workflow in workflows:
        try:
            one = _load(workflow, found, folder)
            problems += _misfits(one, found)
            made.append(one)
        except SpecError as error:
            problems.append(str(error))
    if problems:
        raise SpecError("\n".join(problems))
    return made


def _load(workflow: Workflow, found: list[Found], folder: Path) -> Definition:
    file, shown = folder / f"{workflow.name}.py", _shown(workflow)
    if not file.exists():
        raise SpecError(
            f"{shown}:1: there is no such file; add it with `define(parts)`, "
            f"or drop {workflow.name!r} from WORKFLOWS in orchestrator/spec.py"
        )
    define = getattr(imported(file, shown, IMPORTS), "define", None)
    if not callable(define):
        raise SpecError(f"{shown}:1: holds no `define(parts)`; add it, it returns the definition")
    parts = Parts({one.id: one.spec.timeout for one in found})
    try:
        states: Any = define(parts)
    except Exception as error:
        raise failure(error, file, shown, IMPORTS) from error
    return Definition(workflow, {**states, "TimeoutSeconds": workflow.timeout}, parts)


def _misfits(one: Definition, found: list[Found]) -> Iterator[str]:
    name, shown = one.workflow.name, _shown(one.workflow)
    members = {member.id: member for member in found if member.spec.task_of == name}
    for id in sorted(one.parts.tasks.keys() - members):
        yield f"{shown}:1: runs {id!r}, but no such function has task_of={name!r}; add it to its spec.py"
    if not one.parts.told:
        yield f"{shown}:1: tells nobody of executions that are stopped; call `parts.when_stopped(<queue>)`"
    for id in sorted({*one.parts.queues, one.parts.told} - {"", *(queue.name for queue in QUEUES)}):
        yield f"{shown}:1: sends to the unknown queue {id!r}; add it in QUEUES"
    for id in sorted(members.keys() - one.parts.tasks):
        yield members[id].complaint("task_of", f"{shown} runs no {id!r}; name it there or drop task_of")


def _shown(workflow: Workflow) -> str:
    return f"infra/workflows/{workflow.name}.py"


def _camel(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]", name))
