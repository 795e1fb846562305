"""One delivery of a job: begin it, keep its lease while it runs, record how it ended."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from orchestrator.errors import OrchestratorError, TooLarge
from orchestrator.jobs.models import FINAL, Failure, Job
from orchestrator.jobs.ports import Delivery, JobStore

logger = logging.getLogger(__name__)

MAX_DOCUMENT_BYTES = 380_000
"""What inputs, context and result may take together, of the 400 KB of a DynamoDB item."""

Progress = Callable[[int, int, str], Awaitable[None]]
Run = Callable[[Job, Progress], Awaitable[Mapping[str, Any]]]
Tell = Callable[[Job], Awaitable[None]]
"""Tells whoever asked for it how a job has ended; it may be told again."""


class JobNotFree(OrchestratorError):
    """The delivery came while another worker holds the job; its message comes again."""


class WillRetry(OrchestratorError):
    """The attempt failed in a way that may pass; the message comes again."""


class Cancelled(Exception):
    """The attempt was told to stop."""


@dataclass
class Attempt:
    """What a running attempt and its heartbeat share."""

    job: Job
    progress: dict[str, Any] | None = None
    lost: bool = False
    cancelled: bool = False
    stop: Callable[[], object] = field(default=lambda: None)

    async def report(self, done: int, total: int, note: str = "") -> None:
        """Keep the progress for the next heartbeat."""
        self.progress = {"done": done, "total": total, "note": note}


class Worker:
    """Runs jobs. `lease` (seconds) is how long a killed worker keeps its job from the next one."""

    def __init__(
        self,
        store: JobStore,
        run: Run,
        tell: Tell,
        *,
        retry_safe: Callable[[str], bool],
        lease: float,
        max_receives: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`retry_safe` tells by intent whether an interrupted run may be repeated."""
        self._store = store
        self._run = run
        self._tell = tell
        self._retry_safe = retry_safe
        self._lease = lease
        self._max_receives = max_receives
        self._clock = clock

    async def work(self, tenant: str, job_id: str, delivery: Delivery) -> None:
        """Work on one delivery until its ending is recorded, and told to whoever wants to hear of it.

        A worker that dies in between leaves its message, and the next delivery tells.

        Raises:
            JobNotFree: another worker holds the job; the message must come again.
            WillRetry: the attempt failed in a way that may pass; the message must come again, and goes to
                the dead letters after the last receive.
        """
        now = self._clock()
        await delivery.keep(self._lease)
        job = await self._store.begin(tenant, job_id, now, now + self._lease, delivery.receive_count)
        if job is None:
            await self._skip(tenant, job_id)
            return
        if job.cancel_requested:
            await self._store.confirm_cancel(job, self._clock())
        elif job.attempts > 1 and not self._retry_safe(job.intent):
            await self._store.fail(job, _interrupted(job), self._clock())
        else:
            await self._attempt(Attempt(job), delivery)
        await self._tell_of(job)

    async def _tell_of(self, begun: Job) -> None:
        job = await self._store.get(begun.tenant, begun.job_id) if begun.callback_url else None
        if job and job.status in FINAL:
            await self._tell(job)

    async def _skip(self, tenant: str, job_id: str) -> None:
        job = await self._store.get(tenant, job_id)
        if job and job.status == "running":
            raise JobNotFree(f"{job_id} is held by another worker until its lease ends")
        if job and job.callback_url and job.status in FINAL:
            await self._tell(job)
        # Finished, cancelled or expired: an at-least-once queue delivers such messages now and then.
        logger.info("nothing to do for %s (%s)", job_id, job.status if job else "gone")

    async def _attempt(self, attempt: Attempt, delivery: Delivery) -> None:
        started = time.monotonic()
        try:
            result = await self._run_with_heartbeat(attempt, delivery)
            _check_size(attempt.job, result)
        except Cancelled:
            await self._store.confirm_cancel(attempt.job, self._clock())
        except JobNotFree:
            # Not an ending: the message must stay, it is the only one the job has.
            raise
        except Exception as error:  # every ending of an attempt is recorded
            await self._failed(attempt, error, delivery)
        else:
            duration = round((time.monotonic() - started) * 1000)
            if not await self._store.succeed(attempt.job, result, duration, self._clock()):
                logger.warning("%s was taken over before its result was kept", attempt.job.job_id)

    async def _run_with_heartbeat(self, attempt: Attempt, delivery: Delivery) -> Mapping[str, Any]:
        task = asyncio.ensure_future(self._run(attempt.job, attempt.report))
        attempt.stop = task.cancel
        heartbeat = asyncio.create_task(self._keep_lease(attempt, delivery))
        try:
            return await task
        except asyncio.CancelledError:
            if attempt.cancelled:
                raise Cancelled from None
            if attempt.lost:
                raise JobNotFree(f"{attempt.job.job_id} was taken over") from None
            raise
        finally:
            heartbeat.cancel()

    async def _keep_lease(self, attempt: Attempt, delivery: Delivery) -> None:
        while not (attempt.lost or attempt.cancelled):
            await asyncio.sleep(self._lease / 3)
            try:
                await self._beat(attempt, delivery)
            except Exception as error:
                # The lease outlives two missed beats; a longer outage ends it, and the attempt is lost. A
                # beat that fails in any way must not end the heart: the work would go on without its lease.
                logger.warning("heartbeat of %s failed: %s", attempt.job.job_id, error)
        attempt.stop()

    async def _beat(self, attempt: Attempt, delivery: Delivery) -> None:
        now = self._clock()
        job = await self._store.renew(attempt.job, now, now + self._lease, attempt.progress)
        # First what the store says: the message of a lost attempt may be gone, and hiding it then fails.
        attempt.lost = job is None
        attempt.cancelled = job is not None and job.cancel_requested
        await delivery.keep(self._lease)

    async def _failed(self, attempt: Attempt, error: Exception, delivery: Delivery) -> None:
        job = attempt.job
        passing = error.retryable if isinstance(error, OrchestratorError) else True
        failure = _failure_of(error)
        if not isinstance(error, OrchestratorError):
            logger.exception("%s failed in an unforeseen way", job.job_id)
        if not passing or not self._retry_safe(job.intent):
            await self._store.fail(job, failure, self._clock())
            return
        if delivery.receive_count >= self._max_receives:
            await self._store.fail(job, replace(failure, dead_lettered=True), self._clock())
            await self._tell_of(job)
            # Shown at once, so that the queue moves it to the dead letters now.
            await delivery.keep(0)
        else:
            await self._store.put_back(job, failure, self._clock())
            await delivery.keep(_backoff(delivery.receive_count))
        raise WillRetry(failure.error) from error


def _check_size(job: Job, result: Mapping[str, Any]) -> None:
    room = MAX_DOCUMENT_BYTES - _size(job.inputs) - _size(job.context)
    if _size(result) > room:
        raise TooLarge(
            f"The result is larger than the {room} bytes its job has left for it",
            hint="Ask for less at once.",
        )


def _size(value: Mapping[str, Any]) -> int:
    return len(json.dumps(value, ensure_ascii=False).encode("utf-8", "backslashreplace"))


def _backoff(receives: int) -> float:
    """Return seconds until the next try: full jitter up to 4, 8, 16 … at most 300."""
    return random.uniform(1, min(300, 2 ** (receives + 1)))  # noqa: S311 - not a secret


def _failure_of(error: Exception) -> Failure:
    if isinstance(error, OrchestratorError):
        return Failure(error.message, error.error_type, error.hint)
    return Failure(
        "The tool failed unexpectedly", "InternalError", "The log holds the details under this job's id."
    )


def _interrupted(job: Job) -> Failure:
    return Failure(
        f"The worker running {job.intent} died, so its outcome is unknown",
        "Interrupted",
        "It was not repeated, since that may do the work twice. Check its effect, then send it again.",
    )
