"""What analysis needs from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from orchestrator.analysis.models import AgentName, AgentRun, Analysis, Material, Status

Found = tuple[Analysis, Mapping[AgentName, AgentRun]]


@dataclass(frozen=True, slots=True)
class Reference:
    """All that queues and state machines know of a request: never its text."""

    tenant: str
    request_id: str
    mode: str
    correlation_id: str


@dataclass(frozen=True, slots=True)
class Query:
    """Which results to list, newest first. `since` and `until` are Unix seconds; `cursor` is opaque."""

    tenant: str
    limit: int
    status: Status | None = None
    since: float | None = None
    until: float | None = None
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `cursor` leads to the next one, `None` at the end."""

    found: Sequence[Analysis]
    cursor: str | None


class AnalysisStore(Protocol):
    """Where requests, texts and results live. Every change is one conditional call."""

    async def create(self, accepted: Sequence[tuple[Analysis, str]]) -> None:
        """Write requests with their texts; one that is already there is left as it is."""
        ...

    async def get(self, tenant: str, request_id: str) -> Found | None:
        """Return the tenant's request with what its agents recorded, read consistently; never the text."""
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
        """Keep how an attempt ended; a completed run is never replaced."""
        ...

    async def settle(self, tenant: str, request_id: str, status: Status, now: float) -> bool:
        """Keep the final status; false when the request was settled before or is gone."""
        ...

    async def page(self, query: Query) -> Page:
        """Return one page of the tenant's requests. No scan, however deep."""
        ...

    async def delete(self, tenant: str, request_id: str) -> bool:
        """Erase the request, its text and results; false when there is none."""
        ...

    async def expired(self, now: float, limit: int) -> Sequence[tuple[str, str]]:
        """Return tenant and id of up to `limit` requests whose time is over and that are still there."""
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

    async def send(self, task: str, references: Sequence[Reference]) -> None:
        """Queue `task` (`start` or `settle`) for each request."""
        ...
