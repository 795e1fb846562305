"""What analysis needs from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Literal, Protocol

from orchestrator.analysis.models import AgentName, AgentRun, Analysis, Batch, Material, Status
from orchestrator.webhooks.ports import Announcer

Task = Literal["start", "settle"]
Found = tuple[Analysis, Mapping[AgentName, AgentRun]]


@dataclass(frozen=True, slots=True)
class Reference:
    """All that queues and state machines know of a request: never its text."""

    tenant: str
    request_id: str
    mode: str
    correlation_id: str

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> Reference:
        """Read the state of a workflow, or a message; what else it holds is not looked at.

        Raises:
            KeyError: a field is missing.
        """
        return cls(*(str(document[field.name]) for field in fields(cls)))


@dataclass(frozen=True, slots=True)
class Query:
    """Which results to list, newest first. `since` and `until` (both included) are Unix seconds.

    `status` is a settled one, or `pending` for all that are not settled yet. With a settled one, those that
    are not settled and were created at `dead_at` (Unix seconds) or before are listed too: they may have ended
    so, which only their agents tell. `cursor` is opaque.
    """

    tenant: str
    limit: int
    status: Status | None = None
    since: float | None = None
    until: float | None = None
    cursor: str | None = None
    dead_at: float | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `cursor` leads to the next one, `None` at the end."""

    found: Sequence[Analysis]
    cursor: str | None


class AnalysisStore(Protocol):
    """Where requests, texts and results live. Every change is one conditional call."""

    async def create(self, accepted: Sequence[tuple[Analysis, str]], batch: Batch | None = None) -> None:
        """Write requests with their texts, all or none; what is already there is left as it is.

        No request can be seen without its text. Several requests come as a batch of at most 25.
        """
        ...

    async def get(self, tenant: str, request_id: str) -> Found | None:
        """Return the tenant's request with what its agents recorded, read consistently; never the text."""
        ...

    async def many(self, tenant: str, request_ids: Sequence[str]) -> Sequence[Found]:
        """Return those of up to 25 requests that are there, without secrets and agents' results."""
        ...

    async def batch(self, tenant: str, batch_id: str) -> Batch | None:
        """Return the tenant's batch, if there is one."""
        ...

    async def begin(self, tenant: str, request_id: str, agent: AgentName, now: float) -> AgentRun | None:
        """Count an attempt of the agent and return its run with that; `None` when it has completed already.

        The run is `running` and has no `completed_at`, whatever it was before; see `AgentRun`.
        """
        ...

    async def material(self, tenant: str, request_id: str, *, summary: bool) -> Material | None:
        """Return what an agent works on; `None` when the request was deleted."""
        ...

    async def record(self, tenant: str, request_id: str, run: AgentRun) -> None:
        """Keep how an attempt ended.

        Nothing happens when the run has completed or was closed, when the request was deleted, or when a
        later attempt has begun and this one did not complete.
        """
        ...

    async def close(self, tenant: str, request_id: str, run: AgentRun) -> None:
        """Keep a run that did not complete, for good: no attempt begins or records any more.

        Nothing happens when the run has completed.
        """
        ...

    async def settle(self, tenant: str, request_id: str, status: Status, completed_at: float) -> bool:
        """Keep the final status; false when the request was settled before or is gone."""
        ...

    async def page(self, query: Query) -> Page:
        """Return one page of the tenant's requests. No scan, however deep."""
        ...

    async def delete(self, tenant: str, request_id: str) -> bool:
        """Erase a request with its text and results, or a batch (not its requests); false if there is none.

        What agents write afterwards stays away, except for the count of an attempt that begins (`erase`).
        """
        ...

    async def expired(self, now: float, limit: int) -> Sequence[tuple[str, str]]:
        """Return tenant and id of up to `limit` requests and batches whose time was over before today (UTC).

        It looks ten days back: DynamoDB removes what has expired itself, mostly within two.
        """
        ...

    async def erase(self, found: Sequence[tuple[str, str]]) -> None:
        """Remove all that is left of requests and batches."""
        ...


class Workflow(Protocol):
    """The state machine that runs the agents."""

    async def start(self, reference: Reference) -> None:
        """Start it; a second start of the same request changes nothing.

        Raises:
            Unavailable: it could not be started for the moment.
        """
        ...


class Backlog(Protocol):
    """The queue of what is to be started, or settled, as soon as it can be."""

    async def send(self, task: Task, references: Sequence[Reference]) -> None:
        """Queue a task for each request.

        Raises:
            Unavailable: some of them, or all, could not be queued for the moment.
        """
        ...


class Deliveries(Announcer, Protocol):
    """What analysis asks of the webhook engine."""

    async def forget(self, tenant: str, subject: str) -> bool:
        """Erase what was announced for the subject, and its log; false when there is none."""
        ...


class Sweepable(Protocol):
    """What else grows old."""

    async def sweep(self, now: float, limit: int) -> int:
        """Remove up to `limit` of what has expired; return how many were found."""
        ...
