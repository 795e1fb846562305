"""One delivery of a job: begun or not, run once, its result kept."""

import pytest

from orchestrator.errors import Unavailable
from orchestrator.jobs.worker import JobNotFree
from tests.unit.jobs.worker_world import World, play, works


def test_a_delivery_runs_the_job_and_keeps_its_result() -> None:
    async def scene(world: World) -> None:
        delivery = await world.deliver()
        assert (world.job.status, world.job.result, world.job.attempts) == ("succeeded", {"done": True}, 1)
        assert world.job.duration_ms is not None
        assert delivery.kept == [30]

    play(scene, works)


@pytest.mark.parametrize("times", [2, 3])
def test_a_message_that_comes_again_after_the_end_does_nothing(times: int) -> None:
    async def scene(world: World) -> None:
        for receive in range(1, times + 1):
            await world.deliver(receive)
        assert world.runs == 1

    play(scene, works)


def test_a_message_of_a_job_that_is_gone_does_nothing() -> None:
    async def scene(world: World) -> None:
        world.store.jobs.clear()
        await world.deliver()
        assert world.runs == 0

    play(scene, works)


def test_a_second_delivery_while_the_job_runs_must_come_again() -> None:
    async def scene(world: World) -> None:
        await world.store.begin("acme", "job_1", world.now, world.now + 30)
        with pytest.raises(JobNotFree):
            await world.deliver(2)
        assert (world.runs, world.job.status) == (0, "running")

    play(scene, works)


def test_a_cancelled_job_is_not_run() -> None:
    async def scene(world: World) -> None:
        await world.store.cancel("acme", "job_1", world.now)
        await world.deliver()
        assert (world.runs, world.job.status) == (0, "cancelled")

    play(scene, works)


def test_a_job_told_to_stop_whose_worker_died_is_cancelled_not_repeated() -> None:
    async def scene(world: World) -> None:
        await world.store.begin("acme", "job_1", world.now, world.now + 30)
        await world.store.cancel("acme", "job_1", world.now)
        world.now += 31
        await world.deliver(2)
        assert (world.runs, world.job.status) == (0, "cancelled")

    play(scene, works)


def test_after_its_worker_died_a_job_that_may_be_repeated_runs_again() -> None:
    async def scene(world: World) -> None:
        await world.store.begin("acme", "job_1", world.now, world.now + 30)
        world.now += 31
        await world.deliver(2)
        assert (world.runs, world.job.status, world.job.attempts) == (1, "succeeded", 2)

    play(scene, works)


def test_after_its_worker_died_a_job_with_side_effects_fails_and_never_runs_again() -> None:
    async def scene(world: World) -> None:
        await world.store.begin("acme", "job_1", world.now, world.now + 30)
        world.now += 31
        await world.deliver(2)
        assert (world.runs, world.job.status) == (0, "failed")
        assert world.job.failure is not None
        assert world.job.failure.error_type == "Interrupted"
        assert not world.job.failure.dead_lettered

    play(scene, works, retry_safe=False)


def test_a_message_that_cannot_be_kept_is_not_begun() -> None:
    async def scene(world: World) -> None:
        with pytest.raises(Unavailable):
            await world.deliver(1, error=Unavailable("throttled"))
        assert (world.job.status, world.runs) == ("pending", 0)

    play(scene, works)
