"""A running attempt: its lease, its heartbeat, and what it does when it is stopped or overtaken."""

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestrator.errors import Unavailable
from orchestrator.jobs.models import Job
from orchestrator.jobs.worker import JobNotFree, Progress
from tests.fakes.jobs import MemoryDelivery
from tests.unit.jobs.worker_world import BEAT, World, endless, play, works


def test_the_heartbeat_keeps_lease_and_message_and_shows_the_progress() -> None:
    async def scene(world: World) -> None:
        begun = world.now

        async def reporting(_job: Job, report: Progress) -> Mapping[str, Any]:
            await report(1, 3, "one")
            world.now += 7
            await world.store.renewed.wait()
            assert world.job.progress == {"done": 1, "total": 3, "note": "one"}
            assert world.job.lease_until == begun + 7 + BEAT
            return {}

        world.run = reporting
        delivery = await world.deliver()
        assert world.job.status == "succeeded"
        assert delivery.kept[:1] == [BEAT]

    play(scene, works, lease=BEAT)


@pytest.mark.parametrize(
    "error",
    [Unavailable("throttled"), ClientError({"Error": {"Code": "InternalFailure"}}, "ChangeVisibility")],
    ids=["throttled", "refused"],
)
def test_a_heartbeat_that_fails_does_not_end_the_heart(error: Exception) -> None:
    async def scene(world: World) -> None:
        delivery = MemoryDelivery()

        async def through_an_outage(_job: Job, _report: Progress) -> Mapping[str, Any]:
            delivery.error = error
            await world.store.renewed.wait()
            world.store.renewed.clear()
            await world.store.renewed.wait()
            delivery.error = None
            world.store.renewed.clear()
            await world.store.renewed.wait()
            return {"survived": True}

        world.run = through_an_outage
        await world.worker.work("acme", "job_1", delivery)
        assert world.job.result == {"survived": True}

    play(scene, works, lease=BEAT)


@pytest.mark.parametrize(
    "error", [None, ClientError({"Error": {"Code": "ReceiptHandleIsInvalid"}}, "Change")]
)
def test_an_attempt_that_lost_its_job_stops_and_its_message_must_come_again(error: Exception | None) -> None:
    async def scene(world: World) -> None:
        stopped = asyncio.Event()
        run = endless(stopped)
        delivery = MemoryDelivery()

        async def overtaken(job: Job, report: Progress) -> Mapping[str, Any]:
            await world.store.begin("acme", "job_1", world.now + 99, world.now + 129)
            delivery.error = error  # whoever took over may have finished, and deleted the message
            return await run(job, report)

        world.run = overtaken
        with pytest.raises(JobNotFree):
            await asyncio.wait_for(world.worker.work("acme", "job_1", delivery), 5)
        assert stopped.is_set()
        assert (world.job.status, world.job.attempts) == ("running", 2)

    play(scene, works, lease=BEAT)


def test_an_attempt_that_lost_its_job_just_before_its_end_keeps_no_result() -> None:
    async def scene(world: World) -> None:
        async def overtaken(_job: Job, _report: Progress) -> Mapping[str, Any]:
            await world.store.begin("acme", "job_1", world.now + 99, world.now + 129)
            return {"late": True}

        world.run = overtaken
        await world.deliver()
        assert (world.job.status, world.job.result) == ("running", None)

    play(scene, works)


def test_a_running_job_that_is_cancelled_stops_at_the_next_heartbeat() -> None:
    async def scene(world: World) -> None:
        stopped = asyncio.Event()
        run = endless(stopped)

        async def cancelled(job: Job, report: Progress) -> Mapping[str, Any]:
            await world.store.cancel("acme", "job_1", world.now)
            return await run(job, report)

        world.run = cancelled
        await world.deliver()
        assert stopped.is_set()
        assert world.job.status == "cancelled"

    play(scene, works, lease=BEAT)
