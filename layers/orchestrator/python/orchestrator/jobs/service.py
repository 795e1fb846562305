"""Handing work over, watching it, cancelling it."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import replace

from orchestrator.errors import Conflict, NotFound, OrchestratorError
from orchestrator.jobs.models import FINAL, Ending, Job, JobView, Status
from orchestrator.jobs.ports import JobQueue, JobStore

_ALPHABET = "0123456789abcdefghijkmnpqrstuvwxyz"


def new_id(kind: str) -> str:
    """Return an unguessable id, for example `job_` and 24 characters (122 bits)."""
    return f"{kind}_" + "".join(secrets.choice(_ALPHABET) for _ in range(24))


def new_job_id() -> str:
    """Return an unguessable id for a job."""
    return new_id("job")


class Jobs:
    """The jobs of all tenants, seen from the request side."""

    def __init__(
        self, store: JobStore, queue: JobQueue, *, max_receives: int, clock: Callable[[], float] = time.time
    ) -> None:
        """`max_receives` is how often the queue delivers a message before it goes to the dead letters."""
        self._store = store
        self._queue = queue
        self._max_receives = max_receives
        self._clock = clock

    async def hand_over(self, job: Job) -> None:
        """Record the job and give it to the workers. Doing so twice under one id runs it once.

        Raises:
            Conflict: it is not known whether it was handed over; handing it over again settles it.
            OrchestratorError: it could not be handed over, and nobody will run it.
        """
        await self._store.create(replace(job, updated_at=job.created_at))
        try:
            await self._queue.send(job.tenant, job.job_id, job.correlation_id)
        except Exception:
            # The message may have arrived although its receipt did not, and the caller will send the request
            # again: this job must not run beside the next one. Once it has begun, it is handed over.
            if await self._withdrawn(job):
                raise

    async def _withdrawn(self, job: Job) -> bool:
        try:
            return await self._store.withdraw(job.tenant, job.job_id, self._clock())
        except OrchestratorError as error:
            raise Conflict(
                f"Whether job '{job.job_id}' was accepted is not known", hint="Ask again.", retry_after=15
            ) from error

    async def get(self, tenant: str, job_id: str) -> Job:
        """Return the tenant's job.

        Raises:
            NotFound: there is none, or it is another tenant's.
        """
        job = await self._store.get(tenant, job_id)
        if job is None:
            hint = "Job ids come from POST /orchestrate and live for at least 7 days."
            if job_id.startswith("batch_"):
                hint = "Batches are read at GET /api/v1/results/{batch_id}."
            raise NotFound(f"Job '{job_id}' not found", hint=hint)
        return job

    async def watch(self, tenant: str, job_id: str, seconds: float) -> Job:
        """Return the job once it is finished, or as it stands after `seconds`."""
        end = self._clock() + seconds
        pause = 0.02
        while True:
            job = await self.get(tenant, job_id)
            left = end - self._clock()
            if self.is_final(job) or left <= 0:
                return job
            # Short jobs are seen at once; long ones cost two reads a second.
            await asyncio.sleep(min(pause, left))
            pause = min(pause * 1.5, 0.5)

    async def cancel(self, tenant: str, job_id: str) -> Job:
        """Cancel a waiting job, ask a running one to stop.

        Raises:
            NotFound: there is none, or it is another tenant's.
            Conflict: it has already ended.
        """
        job = await self._store.cancel(tenant, job_id, self._clock())
        if job is None:
            raise NotFound(f"Job '{job_id}' not found")
        if self._status(job) in FINAL - {"cancelled"}:
            raise Conflict(
                f"Job '{job_id}' has already ended as {self.view(job).status}",
                hint="Nothing is left to cancel.",
            )
        return job

    def is_final(self, job: Job) -> bool:
        """Whether nothing more will happen to the job by itself."""
        return self._status(job) in FINAL

    async def ending_of(self, tenant: str, job_id: str) -> Ending:
        """Return how the tenant's job has ended so far."""
        job = await self._store.get(tenant, job_id)
        if job is None:
            return "nothing"
        if not self.is_final(job):
            return "open"
        return "result" if job.status == "succeeded" else "nothing"

    def _status(self, job: Job) -> Status:
        return job.outcome(self._clock(), self._max_receives)[0]

    def view(self, job: Job) -> JobView:
        """Return the job as the outside sees it."""
        return JobView.of(job, self._clock(), self._max_receives)
