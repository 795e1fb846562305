"""A worker on fakes and one waiting job, as the tests of the worker play with them.

`told` are the jobs whose end the worker told; `deaf` is what telling raises.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from orchestrator.jobs.models import Job
from orchestrator.jobs.worker import Progress, Worker
from tests.fakes.jobs import MemoryDelivery, MemoryJobs

MAX_RECEIVES = 4
BEAT = 0.03
"""A lease so short that its heartbeat is not waited for."""

Run = Callable[[Job, Progress], Awaitable[Mapping[str, Any]]]


class World:
    """A worker, one waiting job and the clock of both."""

    def __init__(self, run: Run, *, retry_safe: bool = True, lease: float = 30) -> None:
        self.now = 1_795_174_154.5
        self.store = MemoryJobs()
        self.runs = 0
        self.told: list[Job] = []
        self.deaf: Exception | None = None
        self.run = run
        self.worker = Worker(
            self.store,
            self._run,
            self._tell,
            retry_safe=lambda intent: retry_safe,
            lease=lease,
            max_receives=MAX_RECEIVES,
            clock=lambda: self.now,
        )
        self.store.jobs["acme", "job_1"] = Job("acme", "job_1", "long", {"n": 1}, "agent", self.now)

    @property
    def job(self) -> Job:
        return self.store.jobs["acme", "job_1"]

    async def deliver(self, receive: int = 1, **fields: Any) -> MemoryDelivery:
        delivery = MemoryDelivery(receive, **fields)
        await self.worker.work("acme", "job_1", delivery)
        return delivery

    async def _tell(self, job: Job) -> None:
        if self.deaf:
            raise self.deaf
        self.told.append(job)

    async def _run(self, job: Job, report: Progress) -> Mapping[str, Any]:
        self.runs += 1
        return await self.run(job, report)


def play(scene: Callable[[World], Awaitable[None]], run: Run, **settings: Any) -> None:
    async def go() -> None:
        await scene(World(run, **settings))

    asyncio.run(go())


async def works(_job: Job, _report: Progress) -> Mapping[str, Any]:
    return {"done": True}


def failing(error: BaseException) -> Run:
    async def run(_job: Job, _report: Progress) -> Mapping[str, Any]:
        raise error

    return run


def endless(stopped: asyncio.Event) -> Run:
    async def run(_job: Job, _report: Progress) -> Mapping[str, Any]:
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()
        return {}

    return run
