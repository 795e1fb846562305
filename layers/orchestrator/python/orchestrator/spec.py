"""What one function folder says about itself.

A `functions/<group>/<name>/spec.py` holds one `SPEC = Function(...)`. The infrastructure turns it into a
Lambda with its routes, environment and grants; the edge (`orchestrator.entry`) reads the same object at run
time. Only the standard library is imported here: a spec costs a function nothing at start.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
ErrorFamily = Literal["platform", "intents", "calendar"]
"""Which error envelope a path family answers with (`orchestrator.entry.envelopes`)."""


@dataclass(frozen=True, slots=True)
class Route:
    """One route of the HTTP API, answered with and without a slash at its end.

    `path` uses API Gateway's braces (`/jobs/{job_id}`). `scope` is the API-key scope the caller needs; `None`
    makes the route public: it is registered without the authorizer.
    """

    method: Method
    path: str
    scope: str | None

    @property
    def key(self) -> str:
        """API Gateway's route key, for example `GET /jobs/{job_id}`."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class Grant:
    """Permission for exactly the named API actions on one named resource of the stack.

    `indexes` are those of a table that may be queried.
    """

    kind: Literal["table", "queue", "vectors", "key", "workflow"]
    name: str
    actions: tuple[str, ...]
    indexes: tuple[str, ...] = ()


def table(name: str, *actions: str, indexes: tuple[str, ...] = ()) -> Grant:
    """Grant DynamoDB `actions` (`GetItem`, …) on table `name`; its name arrives in `TABLE_<NAME>`.

    The action `Query` is for the table alone. `indexes` grants queries of the indexes it names, and of
    nothing else.
    """
    return Grant("table", name, actions, indexes)


def queue(name: str, *actions: str) -> Grant:
    """Grant SQS `actions` (`SendMessage`, …) on queue `name`; its URL arrives in `QUEUE_<NAME>`."""
    return Grant("queue", name, actions)


def vectors(name: str, *actions: str) -> Grant:
    """Grant S3 Vectors `actions` on index `name`; its ARN arrives in `VECTORS_<NAME>`."""
    return Grant("vectors", name, actions)


def key(name: str, *actions: str) -> Grant:
    """Grant KMS `actions` (`Encrypt`, `Decrypt`) with key `name`; its ARN arrives in `KEY_<NAME>`."""
    return Grant("key", name, actions)


def workflow(name: str, *actions: str) -> Grant:
    """Grant Step Functions `actions` (`StartExecution`) on `name`; its ARN arrives in `WORKFLOW_<NAME>`."""
    return Grant("workflow", name, actions)


@dataclass(frozen=True, slots=True)
class QueueTrigger:
    """The function consumes `queue`: `batch` messages a call, at most `concurrency` calls at once."""

    queue: str
    batch: int = 1
    concurrency: int = 10


@dataclass(frozen=True, slots=True)
class Schedule:
    """An EventBridge Scheduler expression (`cron(…)`, `rate(…)`, `at(…)`) in an IANA time zone."""

    expression: str
    timezone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Function:
    """One Lambda. Units: `timeout` in seconds, `memory` in MB.

    `task_of` names the workflow whose state machine runs the function as a task.
    `settings` names groups of `orchestrator.config.groups`, `secrets` names vendors of
    `orchestrator.config.vendors`, `layers` names dependency groups of `pyproject.toml`.
    """

    summary: str
    routes: tuple[Route, ...] = ()
    errors: ErrorFamily = "platform"
    authorizer: bool = False
    trigger: QueueTrigger | None = None
    schedule: Schedule | None = None
    task_of: str | None = None
    grants: tuple[Grant, ...] = ()
    secrets: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    layers: tuple[str, ...] = ("base",)
    timeout: int = 10
    memory: int = 512
    environment: dict[str, str] = field(default_factory=lambda: {})

    def scope_of(self, method: str, path: str) -> str | None:
        """Return the scope the route asks for.

        Raises:
            KeyError: the function has no such route.
        """
        for route in self.routes:
            if (route.method, route.path) == (method, path):
                return route.scope
        raise KeyError(f"{method} {path}")


@dataclass(frozen=True, slots=True)
class Index:
    """A global secondary index (sparse, eventually consistent) over the string attributes that key it.

    `projection` `ALL` copies whole items, `KEYS_ONLY` just their keys.
    """

    name: str
    partition: str
    sort: str
    projection: Literal["ALL", "KEYS_ONLY"] = "KEYS_ONLY"


@dataclass(frozen=True, slots=True)
class Table:
    """A DynamoDB table: string keys `pk` (starting with the tenant) and `sk`, TTL attribute `expires_at`.

    `orders` names number attributes by each of which a partition can also be read in order, through a local
    secondary index of that name (keys only). Such an index is strongly consistent, and limits what one `pk`
    holds to 10 GB.
    """

    name: str
    orders: tuple[str, ...] = ()
    indexes: tuple[Index, ...] = ()

    @property
    def index_names(self) -> tuple[str, ...]:
        """The names of its indexes, local and global."""
        return (*self.orders, *(index.name for index in self.indexes))


@dataclass(frozen=True, slots=True)
class Queue:
    """An SQS queue with a dead-letter queue that takes a message after `max_receives` failed receives."""

    name: str
    max_receives: int = 5


@dataclass(frozen=True, slots=True)
class VectorIndex:
    """An S3 Vectors index (cosine) with full-text search over the metadata key `text_key`."""

    name: str
    dimension: int
    text_key: str


@dataclass(frozen=True, slots=True)
class Key:
    """A KMS key for data that callers entrust to us."""

    name: str
    description: str


@dataclass(frozen=True, slots=True)
class Workflow:
    """A Step Functions state machine, defined in `infra/workflows/<name>.py`. `timeout` in seconds."""

    name: str
    timeout: int


TABLES = (
    Table("jobs"),
    Table("idempotency"),
    Table("memory", orders=("changed_at", "removed_at")),
    Table("keys"),
    Table(
        "analysis",
        indexes=(
            Index("listed", "listed_in", "listed_at", "ALL"),
            Index("by_status", "status_in", "listed_at", "ALL"),
            Index("swept", "swept_in", "pk"),
        ),
    ),
    Table(
        "webhooks",
        indexes=(Index("failed", "failed_in", "failed_at"), Index("swept", "swept_in", "pk")),
    ),
)
QUEUES = (Queue("jobs", max_receives=4), Queue("analysis", max_receives=5), Queue("webhooks", max_receives=5))
VECTOR_INDEXES = (VectorIndex("memory", dimension=256, text_key="text"),)
KEYS = (Key("webhooks", "Secrets of webhook receivers"),)
# Three agents in turn, each waiting for as long as its vendor may ask, and a collector with a bad start.
WORKFLOWS = (Workflow("analysis", timeout=7200),)
