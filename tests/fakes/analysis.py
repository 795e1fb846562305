"""Analysis requests in dicts; the contract tests hold the store to the table's rules."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from orchestrator.analysis.models import AgentName, AgentRun, Analysis, Batch, Material, Status
from orchestrator.analysis.ports import Found, Page, Query, Reference

Place = tuple[str, str]


class MemoryAnalysis:
    """`AnalysisStore` in dicts. `reads` counts what a poll costs."""

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self.requests: dict[Place, Analysis] = {}
        self.texts: dict[Place, str] = {}
        self.runs: dict[Place, dict[AgentName, AgentRun]] = {}
        self.closed: set[tuple[str, str, AgentName]] = set()
        self.batches: dict[Place, Batch] = {}
        self.reads = 0

    async def create(self, accepted: Sequence[tuple[Analysis, str]], batch: Batch | None = None) -> None:
        for analysis, text in accepted:
            place = analysis.tenant, analysis.request_id
            if place not in self.requests:
                self.texts[place] = text
                self.requests[place] = analysis
        if batch:
            self.batches.setdefault((batch.tenant, batch.batch_id), batch)

    async def get(self, tenant: str, request_id: str) -> Found | None:
        self.reads += 1
        analysis = self.requests.get((tenant, request_id))
        if analysis is None or analysis.expires_at <= self._clock():
            return None
        return analysis, dict(self.runs.get((tenant, request_id), {}))

    async def many(self, tenant: str, request_ids: Sequence[str]) -> Sequence[Found]:
        found = [await self.get(tenant, one) for one in request_ids]
        return [_in_short(*one) for one in found if one]

    async def batch(self, tenant: str, batch_id: str) -> Batch | None:
        found = self.batches.get((tenant, batch_id))
        return found if found and found.expires_at > self._clock() else None

    async def begin(self, tenant: str, request_id: str, agent: AgentName, now: float) -> AgentRun | None:
        runs = self.runs.setdefault((tenant, request_id), {})
        run = runs.get(agent, AgentRun(agent, "running", 0, now))
        if run.status == "completed" or (tenant, request_id, agent) in self.closed:
            return None
        runs[agent] = replace(run, status="running", attempts=run.attempts + 1, completed_at=None)
        return runs[agent]

    async def material(self, tenant: str, request_id: str, *, summary: bool) -> Material | None:
        analysis = self.requests.get((tenant, request_id))
        if analysis is None:
            return None
        run = self.runs.get((tenant, request_id), {}).get("summarizer")
        result = run.result if run and summary else None
        return Material(analysis, self.texts[tenant, request_id], result["summary"] if result else None)

    async def record(self, tenant: str, request_id: str, run: AgentRun) -> None:
        runs = self.runs.get((tenant, request_id), {})
        held = runs.get(run.agent)
        if held is None or held.status == "completed" or (tenant, request_id, run.agent) in self.closed:
            return
        if run.status == "completed" or run.attempts == held.attempts:
            runs[run.agent] = replace(run, attempts=held.attempts)

    async def close(self, tenant: str, request_id: str, run: AgentRun) -> None:
        runs = self.runs.setdefault((tenant, request_id), {})
        if run.agent not in runs or runs[run.agent].status != "completed":
            runs[run.agent] = run
            self.closed.add((tenant, request_id, run.agent))

    async def settle(self, tenant: str, request_id: str, status: Status, completed_at: float) -> bool:
        analysis = self.requests.get((tenant, request_id))
        if analysis is None or analysis.status != "pending":
            return False
        self.requests[tenant, request_id] = replace(analysis, status=status, completed_at=completed_at)
        return True

    async def page(self, query: Query) -> Page:
        since = -1.0 if query.since is None else query.since
        until = float("inf") if query.until is None else query.until
        listed = [
            analysis
            for (tenant, _), analysis in self.requests.items()
            if tenant == query.tenant
            and (query.status in (None, analysis.status) or _is_dead(analysis, query.dead_at))
            and since <= analysis.created_at <= until
            and (query.cursor is None or _place(analysis) < query.cursor)
        ]
        listed.sort(key=_place, reverse=True)
        shown = listed[: query.limit]
        cursor = _place(shown[-1]) if len(listed) > query.limit else None
        return Page([one for one in shown if one.expires_at > self._clock()], cursor)

    async def delete(self, tenant: str, request_id: str) -> bool:
        place = tenant, request_id
        there = place in self.requests or place in self.batches
        await self.erase([place])
        return there

    async def expired(self, now: float, limit: int) -> Sequence[tuple[str, str]]:
        today = datetime.fromtimestamp(now, UTC).date()
        ends = {place: one.expires_at for place, one in [*self.requests.items(), *self.batches.items()]}
        days = {place: datetime.fromtimestamp(end, UTC).date() for place, end in ends.items()}
        return [place for place, day in days.items() if today - timedelta(days=10) <= day < today][:limit]

    async def erase(self, found: Sequence[tuple[str, str]]) -> None:
        for place in found:
            for kept in (self.requests, self.texts, self.runs, self.batches):
                kept.pop(place, None)
            self.closed -= {one for one in self.closed if one[:2] == place}


def _in_short(analysis: Analysis, runs: Mapping[AgentName, AgentRun]) -> Found:
    receiver = analysis.receiver and replace(analysis.receiver, sealed=())
    short = {
        name: AgentRun(
            name, run.status, run.attempts, run.started_at, run.completed_at,
            **{field: getattr(run, field) for field in ("error", "error_type", "hint")},
        )
        for name, run in runs.items()
    }  # fmt: skip
    return replace(analysis, receiver=receiver), short


def _is_dead(analysis: Analysis, dead_at: float | None) -> bool:
    return analysis.status == "pending" and dead_at is not None and analysis.created_at <= dead_at


def _place(analysis: Analysis) -> str:
    return f"{round(analysis.created_at * 1_000_000):016d}#{analysis.request_id}"


@dataclass
class MemoryWorkflow:
    """`Workflow` that remembers what it started; `error` is raised instead."""

    started: list[Reference] = field(default_factory=list)
    error: Exception | None = None

    async def start(self, reference: Reference) -> None:
        if self.error:
            raise self.error
        self.started.append(reference)


@dataclass
class MemoryBacklog:
    """`Backlog` that remembers what it was sent; `error` is raised instead."""

    sent: list[tuple[str, Reference]] = field(default_factory=list)
    error: Exception | None = None

    async def send(self, task: str, references: Sequence[Reference]) -> None:
        if self.error:
            raise self.error
        self.sent += [(task, reference) for reference in references]
