"""What makes a spec wrong before CloudFormation would say so. Every complaint is one line with its place."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from infra.discovery import Found, SpecError, discover
from orchestrator.config.groups import GROUPS
from orchestrator.config.vendors import VENDORS
from orchestrator.spec import KEYS, QUEUES, TABLES, VECTOR_INDEXES, WORKFLOWS, Function, Grant

API_TIMEOUT = 29
"""Seconds: an HTTP API gives up on its integration after 30 s."""
AUTHORIZER_TIMEOUT = 10
"""Seconds an HTTP API waits for its authorizer."""

KNOWN_NAMES = {
    "table": {table.name for table in TABLES},
    "queue": {queue.name for queue in QUEUES},
    "vectors": {index.name for index in VECTOR_INDEXES},
    "key": {key.name for key in KEYS},
    "workflow": {workflow.name for workflow in WORKFLOWS},
}

# The IAM actions a function may ask for. TransactWriteItems is no IAM action (its parts are), and Scan is
# left out on purpose: nothing here may read a whole table.
KNOWN_ACTIONS = {
    "table": {
        "BatchGetItem", "BatchWriteItem", "ConditionCheckItem", "DeleteItem", "DescribeTable", "GetItem",
        "PutItem", "Query", "UpdateItem",
    },
    "queue": {"ChangeMessageVisibility", "DeleteMessage", "GetQueueAttributes", "GetQueueUrl", "SendMessage"},
    "vectors": {"DeleteVectors", "GetIndex", "GetVectors", "ListVectors", "PutVectors", "QueryVectors"},
    "key": {"Decrypt", "Encrypt"},
    "workflow": {"StartExecution"},
}  # fmt: skip

Complaints = Iterator[tuple[str, str]]
"""Pairs of the word to look for in the spec's source and what is wrong."""


def checked(root: Path, layers: set[str]) -> list[Found]:
    """Return the function folders under `root`, all checked.

    Raises:
        SpecError: with a line for every mistake.
    """
    found = discover(root)
    check(found, layers)
    return found


def check(found: list[Found], layers: set[str]) -> None:
    """Check all specs together; `layers` are the dependency groups that `pyproject.toml` knows.

    Raises:
        SpecError: with one line for every mistake of every spec.
    """
    problems = [
        one.complaint(about, what) for one in found for rule in RULES for about, what in rule(one.spec)
    ]
    problems += [
        one.complaint(name, f"unknown layer {name!r}; known: {', '.join(sorted(layers))}")
        for one in found
        for name in one.spec.layers
        if name not in layers
    ]
    problems += [
        f"{one.folder}/spec.py:1: there is no {one.folder}/handler.py; add it with a `handler`"
        for one in found
        if not (one.root / one.folder / "handler.py").exists()
    ]
    problems += _shared_routes(found) + _shared_triggers(found)
    if sum(one.spec.authorizer for one in found) > 1:
        problems += [
            one.complaint("authorizer", "only one function may be the authorizer")
            for one in found
            if one.spec.authorizer
        ]
    if problems:
        raise SpecError("\n".join(problems))


def _entry(spec: Function) -> Complaints:
    called = (spec.trigger, spec.schedule, spec.task_of)
    ways = [bool(spec.routes), spec.authorizer, *(way is not None for way in called)]
    if sum(ways) != 1:
        yield (
            "SPEC",
            f"has {sum(ways)} of routes, trigger, schedule, task_of, authorizer; give it exactly one",
        )


def _sizes(spec: Function) -> Complaints:
    longest = AUTHORIZER_TIMEOUT if spec.authorizer else API_TIMEOUT if spec.routes else 900
    if not 1 <= spec.timeout <= longest:
        yield "timeout", f"timeout={spec.timeout}: must be 1 to {longest} seconds"
    if not 128 <= spec.memory <= 10_240:
        yield "memory", f"memory={spec.memory}: must be 128 to 10240 MB"
    if spec.layers and "base" not in spec.layers:
        yield "layers", "layers without 'base': the others leave out what base holds; add 'base'"
    if len(spec.layers) > 4:
        yield "layers", f"{len(spec.layers)} layers: at most 4 beside the package's own (Lambda allows 5)"


def _routes(spec: Function) -> Complaints:
    for route in spec.routes:
        if len(route.path) > 1 and route.path.endswith("/"):
            yield route.path, f"path {route.path!r}: API Gateway refuses a path that ends with /; drop it"
        braces = re.findall(r"[{}]|[^{}]+", route.path)
        if not route.path.startswith("/") or braces.count("{") != braces.count("}") or " " in route.path:
            yield route.path, f"path {route.path!r}: must start with / and close its braces"


def _trigger(spec: Function) -> Complaints:
    if spec.trigger is None:
        return
    if spec.trigger.queue not in KNOWN_NAMES["queue"]:
        yield (
            spec.trigger.queue,
            f"unknown queue {spec.trigger.queue!r}; {_known(KNOWN_NAMES['queue'], 'QUEUES')}",
        )
    if not 1 <= spec.trigger.batch <= 10:
        yield "batch", f"batch={spec.trigger.batch}: must be 1 to 10"
    if not 2 <= spec.trigger.concurrency <= 1000:
        yield "concurrency", f"concurrency={spec.trigger.concurrency}: SQS allows 2 to 1000"


def _schedule(spec: Function) -> Complaints:
    if spec.schedule and not re.match(r"(cron|rate|at)\(.+\)\Z", spec.schedule.expression):
        yield (
            spec.schedule.expression,
            f"schedule {spec.schedule.expression!r}: must be cron(…), rate(…) or at(…)",
        )


def _task(spec: Function) -> Complaints:
    if spec.task_of is not None and spec.task_of not in KNOWN_NAMES["workflow"]:
        known = _known(KNOWN_NAMES["workflow"], "WORKFLOWS")
        yield spec.task_of, f"unknown workflow {spec.task_of!r}; {known}"


def _grants(spec: Function) -> Complaints:
    where = {
        "table": "TABLES", "queue": "QUEUES", "vectors": "VECTOR_INDEXES", "key": "KEYS",
        "workflow": "WORKFLOWS",
    }  # fmt: skip
    for grant in spec.grants:
        if grant.name not in KNOWN_NAMES[grant.kind]:
            yield (
                grant.name,
                f"unknown {grant.kind} {grant.name!r}; {_known(KNOWN_NAMES[grant.kind], where[grant.kind])}",
            )
        yield from _actions(grant)
        yield from _indexes(grant)
    for (kind, name), count in Counter((grant.kind, grant.name) for grant in spec.grants).items():
        if count > 1:
            yield name, f"{kind} {name!r} is granted {count} times; put all its actions in one grant"


def _actions(grant: Grant) -> Complaints:
    if not grant.actions and not grant.indexes:
        yield (
            grant.name,
            f"the grant on {grant.kind} {grant.name!r} names no action; name one or drop it",
        )
    for action in grant.actions:
        if action not in KNOWN_ACTIONS[grant.kind]:
            yield (
                action,
                f"{action!r} may not be granted on a {grant.kind}; {_known(KNOWN_ACTIONS[grant.kind])}",
            )


def _indexes(grant: Grant) -> Complaints:
    tables = [table for table in TABLES if (grant.kind, grant.name) == ("table", table.name)]
    known = {name for table in tables for name in table.index_names}
    for index in grant.indexes if tables else ():
        if index not in known:
            listed = _known(known, "TABLES") if known else "it has none"
            yield index, f"unknown index {index!r} of table {grant.name!r}; {listed}"


def _names(spec: Function) -> Complaints:
    for name in spec.settings:
        if name not in GROUPS:
            yield (
                name,
                f"unknown settings group {name!r}; {_known(set(GROUPS), 'orchestrator.config.groups')}",
            )
    for name in spec.secrets:
        if name not in VENDORS:
            yield (
                name,
                f"unknown vendor {name!r}; {_known(set(VENDORS), 'orchestrator.config.vendors')}",
            )


def _environment(spec: Function) -> Complaints:
    secret = {key for vendor in VENDORS.values() for key in vendor.keys}
    for name in spec.environment:
        if name in secret:
            yield name, f"{name} is a secret: name its vendor in `secrets`, never in `environment`"


RULES: tuple[Callable[[Function], Complaints], ...] = (
    _entry, _sizes, _routes, _trigger, _schedule, _task, _grants, _names, _environment,
)  # fmt: skip


def _known(names: set[str], where: str | None = None) -> str:
    listed = f"known: {', '.join(sorted(names))}"
    return f"{listed} (add it in {where})" if where else listed


def _shared_routes(found: list[Found]) -> list[str]:
    first: dict[str, Found] = {}
    problems: list[str] = []
    for one in found:
        for route in one.spec.routes:
            key = f"{route.method} {re.sub(r'{[^}+]*}', '{}', route.path)}"
            if key in first:
                problems.append(
                    one.complaint(
                        route.path, f"route {route.key} is already {first[key].file}'s; choose another"
                    )
                )
            first.setdefault(key, one)
    return problems


def _shared_triggers(found: list[Found]) -> list[str]:
    consumers = [(one, one.spec.trigger.queue) for one in found if one.spec.trigger]
    taken = Counter(queue for _, queue in consumers)
    return [
        one.complaint(queue, f"queue {queue!r} has {taken[queue]} consumers; SQS would split its messages")
        for one, queue in consumers
        if taken[queue] > 1
    ]
