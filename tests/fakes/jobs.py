"""Jobs, their queue and its deliveries in memory; the contract tests hold the store to the table's rules."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from orchestrator.jobs.models import Failure, Job


class MemoryJobs:
    """`JobStore` in a dict. `renewed` is set by every heartbeat."""

    def __init__(self) -> None:
        self.jobs: dict[tuple[str, str], Job] = {}
        self.renewed = asyncio.Event()

    async def create(self, job: Job) -> None:
        self.jobs.setdefault((job.tenant, job.job_id), job)

    async def get(self, tenant: str, job_id: str) -> Job | None:
        return self.jobs.get((tenant, job_id))

    async def begin(
        self, tenant: str, job_id: str, now: float, lease_until: float, receive_count: int = 1
    ) -> Job | None:
        job = self.jobs.get((tenant, job_id))
        if job is None or not _is_free(job, now):
            return None
        failure = job.failure and replace(job.failure, dead_lettered=False)
        return self._keep(
            job,
            now,
            status="running",
            attempts=job.attempts + 1,
            receive_count=receive_count,
            lease_until=lease_until,
            failure=failure,
        )

    async def renew(
        self, job: Job, now: float, lease_until: float, progress: Mapping[str, Any] | None
    ) -> Job | None:
        mine = self._mine(job)
        renewed = mine and self._keep(mine, now, lease_until=lease_until, progress=progress)
        self.renewed.set()
        return renewed

    async def succeed(self, job: Job, result: Mapping[str, Any], duration_ms: int, now: float) -> bool:
        return self._end(job, now, status="succeeded", result=result, duration_ms=duration_ms, failure=None)

    async def fail(self, job: Job, failure: Failure, now: float) -> bool:
        return self._end(job, now, status="failed", failure=failure)

    async def put_back(self, job: Job, failure: Failure, now: float) -> bool:
        return self._end(job, now, status="pending", failure=failure, lease_until=now)

    async def confirm_cancel(self, job: Job, now: float) -> bool:
        return self._end(job, now, status="cancelled")

    async def cancel(self, tenant: str, job_id: str, now: float) -> Job | None:
        job = self.jobs.get((tenant, job_id))
        if job and job.status == "pending":
            return self._keep(job, now, status="cancelled")
        if job and job.status == "running":
            return self._keep(job, now, cancel_requested=True)
        return job

    async def withdraw(self, tenant: str, job_id: str, now: float) -> bool:
        job = self.jobs.get((tenant, job_id))
        unbegun = job is not None and job.status in ("pending", "cancelled")
        return unbegun and await self.cancel(tenant, job_id, now) is not None

    def _mine(self, job: Job) -> Job | None:
        held = self.jobs.get((job.tenant, job.job_id))
        mine = held is not None and held.status == "running" and held.attempts == job.attempts
        return held if mine else None

    def _end(self, job: Job, now: float, **changes: Any) -> bool:
        mine = self._mine(job)
        return mine is not None and self._keep(mine, now, **changes) is not None

    def _keep(self, job: Job, now: float, **changes: Any) -> Job:
        changed = replace(job, updated_at=now, **changes)
        self.jobs[job.tenant, job.job_id] = changed
        return changed


def _is_free(job: Job, now: float) -> bool:
    redriven = job.status == "failed" and job.failure is not None and job.failure.dead_lettered
    return job.status == "pending" or (job.status == "running" and job.lease_until < now) or redriven


@dataclass
class MemoryQueue:
    """`JobQueue` that remembers what it was sent; `error` is raised instead, and with `lossy` after it."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    error: Exception | None = None
    lossy: bool = False

    async def send(self, tenant: str, job_id: str, correlation_id: str) -> None:
        if self.error and not self.lossy:
            raise self.error
        self.sent.append((tenant, job_id, correlation_id))
        self.arrived.set()
        if self.error:
            raise self.error


@dataclass
class MemoryDelivery:
    """`Delivery` that remembers for how long it was kept."""

    receive_count: int = 1
    kept: list[float] = field(default_factory=list)
    error: Exception | None = None

    async def keep(self, seconds: float) -> None:
        if self.error:
            raise self.error
        self.kept.append(seconds)
