"""How an attempt that fails is recorded, and when it is tried again."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from orchestrator.errors import BudgetExceeded, InvalidInput, Unavailable, VendorBusy, VendorError
from orchestrator.jobs.models import Failure, Job
from orchestrator.jobs.worker import MAX_DOCUMENT_BYTES, Progress, WillRetry
from tests.fakes.jobs import MemoryDelivery
from tests.unit.jobs.worker_world import MAX_RECEIVES, World, failing, play, works


@pytest.mark.parametrize("error", [VendorBusy("openai", "busy"), Unavailable("throttled"), OSError("broken")])
def test_a_failure_that_may_pass_puts_the_job_back_and_keeps_its_message(error: Exception) -> None:
    async def scene(world: World) -> None:
        delivery = MemoryDelivery(1)
        with pytest.raises(WillRetry):
            await world.worker.work("acme", "job_1", delivery)
        assert world.job.status == "pending"
        assert world.job.failure is not None
        assert not world.job.failure.dead_lettered
        assert 1 <= delivery.kept[-1] <= 4

    play(scene, failing(error))


@pytest.mark.parametrize("receive", [1, 2, 3])
def test_the_pause_before_the_next_try_doubles_at_most_with_each_receive(receive: int) -> None:
    async def scene(world: World) -> None:
        delivery = MemoryDelivery(receive)
        with pytest.raises(WillRetry):
            await world.worker.work("acme", "job_1", delivery)
        assert 1 <= delivery.kept[-1] <= 2 ** (receive + 1)

    play(scene, failing(Unavailable("throttled")))


def test_a_job_that_was_put_back_succeeds_on_a_later_delivery() -> None:
    async def scene(world: World) -> None:
        with pytest.raises(WillRetry):
            await world.deliver(1)
        world.run = works
        await world.deliver(2)
        assert (world.job.status, world.job.attempts, world.job.failure) == ("succeeded", 2, None)

    play(scene, failing(Unavailable("throttled")))


def test_the_last_receive_fails_the_job_and_lets_the_message_go_to_the_dead_letters() -> None:
    async def scene(world: World) -> None:
        with pytest.raises(WillRetry):
            await world.deliver(MAX_RECEIVES)
        assert world.job.status == "failed"
        assert world.job.failure == Failure("throttled", "Unavailable", None, dead_lettered=True)

    play(scene, failing(Unavailable("throttled")))


def test_a_redriven_message_runs_its_failed_job_again() -> None:
    async def scene(world: World) -> None:
        with pytest.raises(WillRetry):
            await world.deliver(MAX_RECEIVES)
        world.run = works
        await world.deliver(1)
        assert (world.runs, world.job.status, world.job.failure) == (2, "succeeded", None)
        assert (world.job.attempts, world.job.receive_count) == (2, 1)

    play(scene, failing(Unavailable("throttled")))


@pytest.mark.parametrize(
    "error", [InvalidInput("inputs.n: wrong"), VendorError("openai", "refused"), BudgetExceeded("too long")]
)
def test_a_failure_that_will_not_pass_ends_the_job_and_its_message(error: Exception) -> None:
    async def scene(world: World) -> None:
        await world.deliver(1)
        assert world.job.status == "failed"
        assert world.job.failure is not None
        assert (world.job.failure.error, world.job.failure.error_type) == (str(error), type(error).__name__)
        assert not world.job.failure.dead_lettered
        await world.deliver(2)
        assert world.runs == 1

    play(scene, failing(error))


def test_a_side_effect_that_failed_is_not_tried_again_even_if_the_failure_may_pass() -> None:
    async def scene(world: World) -> None:
        await world.deliver(1)
        assert world.job.status == "failed"
        await world.deliver(2)
        assert world.runs == 1

    play(scene, failing(VendorBusy("printer", "out of paper")), retry_safe=False)


def test_an_unforeseen_error_tells_the_caller_nothing_of_its_insides() -> None:
    async def scene(world: World) -> None:
        with pytest.raises(WillRetry):
            await world.deliver(MAX_RECEIVES)
        assert world.job.failure is not None
        assert "hunter2" not in json.dumps([world.job.failure.error, world.job.failure.hint])
        assert world.job.failure.error_type == "InternalError"

    play(scene, failing(RuntimeError("password=hunter2")))


@pytest.mark.parametrize(
    ("inputs", "result", "fits"),
    [
        (0, MAX_DOCUMENT_BYTES - 100, True),
        (0, MAX_DOCUMENT_BYTES, False),
        (200_000, MAX_DOCUMENT_BYTES - 200_100, True),
        (200_000, MAX_DOCUMENT_BYTES - 199_900, False),
    ],
)
def test_a_result_must_fit_what_the_inputs_leave_of_the_item(inputs: int, result: int, fits: bool) -> None:
    async def large(_job: Job, _report: Progress) -> Mapping[str, Any]:
        return {"t": "é" * (result // 2)}

    async def scene(world: World) -> None:
        world.store.jobs["acme", "job_1"] = Job(
            "acme", "job_1", "long", {"t": "x" * inputs}, "agent", world.now
        )
        await world.deliver()
        assert world.job.status == ("succeeded" if fits else "failed")
        if not fits:
            assert world.job.failure is not None
            assert "larger than" in world.job.failure.error

    play(scene, large)
