"""Whoever gave a callback_url is told how the job ended, and told again where that may have been lost."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.errors import InvalidInput, Unavailable
from orchestrator.jobs.models import Job
from orchestrator.jobs.worker import JobNotFree, Progress, WillRetry
from tests.unit.jobs.worker_world import MAX_RECEIVES, World, failing, play, works

URL = "https://example.com/callback"


def asked(world: World, **changes: Any) -> None:
    world.store.jobs["acme", "job_1"] = replace(world.job, callback_url=URL, **changes)


def test_a_job_that_succeeded_is_told_with_its_result() -> None:
    async def scene(world: World) -> None:
        asked(world)
        await world.deliver()
        assert world.told == [world.job]
        assert (world.job.status, world.job.result) == ("succeeded", {"done": True})

    play(scene, works)


def test_a_job_without_callback_is_told_to_nobody() -> None:
    async def scene(world: World) -> None:
        await world.deliver()
        await world.deliver(2)
        assert world.told == []

    play(scene, works)


def test_a_job_that_failed_for_good_is_told() -> None:
    async def scene(world: World) -> None:
        asked(world)
        await world.deliver()
        assert [job.status for job in world.told] == ["failed"]

    play(scene, failing(InvalidInput("too short")))


def test_a_job_that_is_tried_again_is_told_only_at_its_end() -> None:
    async def scene(world: World) -> None:
        asked(world)
        for receive in range(1, MAX_RECEIVES):
            with pytest.raises(WillRetry):
                await world.deliver(receive)
            assert world.told == []
        with pytest.raises(WillRetry):
            await world.deliver(MAX_RECEIVES)
        assert [job.status for job in world.told] == ["failed"]

    play(scene, failing(Unavailable("throttled")))


def test_a_job_that_was_cancelled_while_it_waited_is_told_when_its_message_comes() -> None:
    async def scene(world: World) -> None:
        asked(world)
        await world.store.cancel("acme", "job_1", world.now)
        await world.deliver()
        assert ([job.status for job in world.told], world.runs) == (["cancelled"], 0)

    play(scene, works)


def test_a_job_that_was_told_to_stop_is_told_as_cancelled() -> None:
    async def scene(world: World) -> None:
        asked(world, status="running", lease_until=world.now - 1, cancel_requested=True)
        await world.deliver(2)
        assert [job.status for job in world.told] == ["cancelled"]

    play(scene, works)


def test_an_interrupted_job_is_told_as_failed() -> None:
    async def scene(world: World) -> None:
        asked(world, status="running", attempts=1, lease_until=world.now - 1)
        await world.deliver(2)
        assert [job.failure and job.failure.error_type for job in world.told] == ["Interrupted"]

    play(scene, works, retry_safe=False)


def test_while_telling_fails_the_message_comes_again_and_tells_without_another_run() -> None:
    async def scene(world: World) -> None:
        asked(world)
        world.deaf = Unavailable("throttled")
        for receive in (1, 2):
            with pytest.raises(Unavailable):
                await world.deliver(receive)
            assert world.job.status == "succeeded"
        world.deaf = None
        await world.deliver(3)
        assert (world.told, world.runs) == ([world.job], 1)

    play(scene, works)


def test_a_worker_killed_between_the_end_and_the_telling_is_made_up_for_by_the_next_delivery() -> None:
    async def scene(world: World) -> None:
        asked(world, status="succeeded", result={"done": True}, attempts=1)
        await world.deliver(2)
        assert (world.told, world.runs) == ([world.job], 0)

    play(scene, works)


def test_a_running_job_is_told_by_nobody_else() -> None:
    async def scene(world: World) -> None:
        asked(world)
        await world.store.begin("acme", "job_1", world.now, world.now + 30)
        with pytest.raises(JobNotFree):
            await world.deliver(2)
        assert world.told == []

    play(scene, works)


def test_an_attempt_that_lost_its_job_tells_nothing() -> None:
    async def taken_over(job: Job, _report: Progress) -> Mapping[str, Any]:
        world = worlds[0]
        world.now += 31
        assert await world.store.begin("acme", "job_1", world.now, world.now + 30)
        return {"done": True}

    worlds: list[World] = []

    async def scene(world: World) -> None:
        worlds.append(world)
        asked(world)
        await world.deliver()
        assert (world.told, world.job.status) == ([], "running")

    play(scene, taken_over)
