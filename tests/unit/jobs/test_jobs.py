"""Jobs seen from the request side: handing over, watching, cancelling, showing."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.errors import Conflict, NotFound
from orchestrator.jobs.models import RETENTION, STALLED_AFTER, Failure, Job, JobView
from orchestrator.jobs.service import Jobs, new_job_id
from tests.fakes.jobs import MemoryJobs, MemoryQueue

NOW = 1_795_174_154.5
MAX = 4


def job(**changes: Any) -> Job:
    return replace(Job("acme", "job_1", "long", {}, "agent", NOW, updated_at=NOW), **changes)


def running(attempts: int, lease_until: float) -> Job:
    return job(status="running", attempts=attempts, receive_count=attempts, lease_until=lease_until)


class World:
    def __init__(self, *jobs: Job) -> None:
        self.now = NOW
        self.store, self.queue = MemoryJobs(), MemoryQueue()
        self.store.jobs.update({(one.tenant, one.job_id): one for one in jobs})
        self.jobs = Jobs(self.store, self.queue, max_receives=MAX, clock=lambda: self.now)


def run(work: Any) -> Any:
    return asyncio.run(work)


def test_ids_are_recognisable_and_do_not_repeat() -> None:
    ids = {new_job_id() for _ in range(1000)}
    assert len(ids) == 1000
    assert all(one.startswith("job_") and len(one) == 28 and one.isascii() for one in ids)


def test_a_job_that_could_not_be_handed_over_is_run_by_nobody() -> None:
    async def go() -> None:
        world = World()
        world.queue.error, world.queue.lossy = RuntimeError("no receipt"), True
        with pytest.raises(RuntimeError):
            await world.jobs.hand_over(job())
        assert world.queue.sent == [("acme", "job_1", "")]
        assert await world.store.begin("acme", "job_1", NOW, NOW + 30) is None

    run(go())


def test_a_job_that_was_begun_although_its_receipt_was_lost_is_handed_over() -> None:
    async def go() -> None:
        world = World(running(1, NOW + 30))
        world.queue.error, world.queue.lossy = RuntimeError("no receipt"), True
        await world.jobs.hand_over(job())
        assert not (await world.jobs.get("acme", "job_1")).cancel_requested

    run(go())


def test_watching_returns_as_soon_as_the_job_has_ended() -> None:
    async def go() -> None:
        world = World(job())
        watch = asyncio.create_task(world.jobs.watch("acme", "job_1", 25))
        await asyncio.sleep(0)
        world.store.jobs["acme", "job_1"] = job(status="succeeded", result={})
        assert (await watch).status == "succeeded"

    run(go())


def test_watching_for_no_time_reads_once() -> None:
    async def go() -> None:
        world = World(job())
        assert (await world.jobs.watch("acme", "job_1", 0)).status == "pending"

    run(go())


@pytest.mark.parametrize(("tenant", "job_id"), [("acme", "job_2"), ("other", "job_1")])
def test_a_job_that_is_not_the_tenants_is_not_found(tenant: str, job_id: str) -> None:
    async def go() -> None:
        jobs = World(job()).jobs
        with pytest.raises(NotFound, match=job_id):
            await jobs.watch(tenant, job_id, 25)
        with pytest.raises(NotFound, match=job_id):
            await jobs.cancel(tenant, job_id)
        assert await jobs.ending_of(tenant, job_id) == "nothing"

    run(go())


def test_a_waiting_job_is_cancelled_and_cancelling_it_again_is_no_error() -> None:
    async def go() -> None:
        jobs = World(job()).jobs
        assert (await jobs.cancel("acme", "job_1")).status == "cancelled"
        assert (await jobs.cancel("acme", "job_1")).status == "cancelled"

    run(go())


@pytest.mark.parametrize(
    ("ended", "word"),
    [
        (job(status="succeeded", result={}), "success"),
        (job(status="failed", failure=Failure("x", "X")), "failed"),
        (running(MAX, NOW - 1), "failed"),
    ],
)
def test_a_job_that_has_ended_cannot_be_cancelled(ended: Job, word: str) -> None:
    async def go() -> None:
        with pytest.raises(Conflict, match=f"has already ended as {word}"):
            await World(ended).jobs.cancel("acme", "job_1")

    run(go())


@pytest.mark.parametrize(
    ("attempts", "overdue", "dead"),
    [
        (1, -1, False),
        (MAX, -1, False),  # the last attempt is still at work
        (1, 1, False),  # its message will come again
        (MAX, 1, True),
        (1, STALLED_AFTER + 1, True),
    ],
)
def test_a_job_whose_workers_all_died_is_shown_as_failed(attempts: int, overdue: float, dead: bool) -> None:
    found = running(attempts, NOW - overdue)
    status, failure = found.outcome(NOW, MAX)
    assert status == ("failed" if dead else "running")
    assert (failure is not None and failure.error_type == "WorkerDied" and failure.dead_lettered) == dead


def test_a_redriven_job_whose_worker_died_waits_for_its_next_delivery() -> None:
    redriven = replace(running(MAX + 1, NOW - 1), receive_count=1)
    assert redriven.outcome(NOW, MAX) == ("running", None)
    assert replace(redriven, receive_count=MAX).outcome(NOW, MAX)[0] == "failed"


@pytest.mark.parametrize(
    ("found", "ending"),
    [
        (job(), "open"),
        (running(1, NOW + 9), "open"),
        (running(MAX, NOW - 1), "nothing"),
        (job(status="succeeded", result={}), "result"),
        (job(status="failed", failure=Failure("x", "X")), "nothing"),
        (job(status="cancelled"), "nothing"),
    ],
)
def test_a_job_tells_whether_a_result_is_there_or_still_to_come(found: Job, ending: str) -> None:
    assert run(World(found).jobs.ending_of("acme", "job_1")) == ending


@pytest.mark.parametrize(
    ("status", "word"),
    [
        ("pending", "accepted"),
        ("running", "running"),
        ("succeeded", "success"),
        ("failed", "failed"),
        ("cancelled", "cancelled"),
    ],
)
def test_the_status_words_are_the_documents(status: Any, word: str) -> None:
    view = JobView.of(job(status=status, lease_until=NOW + 9, failure=Failure("x", "X", "h")), NOW, MAX)
    assert view.status == word
    assert (view.error, view.error_type, view.hint) == ("x", "X", "h")
    assert view.created_at == "2026-11-20T11:29:14.500000+00:00"


def test_an_empty_result_is_a_result() -> None:
    assert JobView.of(job(status="succeeded", result={}), NOW, MAX).result == {}


def test_jobs_outlive_the_answers_that_point_to_them() -> None:
    assert RETENTION > 3600
