"""One delivery of a job: its lease, its heartbeat, and how each ending is recorded."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestrator.errors import BudgetExceeded, InvalidInput, Unavailable, VendorBusy, VendorError
from orchestrator.intents.job_runner import JobRunner
from orchestrator.intents.registry import Registry, Tool
from orchestrator.intents.tool import Call, Options
from orchestrator.jobs.models import Failure, Job
from orchestrator.jobs.worker import MAX_DOCUMENT_BYTES, JobNotFree, Progress, WillRetry, Worker
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
        self.run = run
        self.worker = Worker(
            self.store,
            self._run,
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


def test_a_message_that_cannot_be_kept_is_not_begun() -> None:
    async def scene(world: World) -> None:
        with pytest.raises(Unavailable):
            await world.deliver(1, error=Unavailable("throttled"))
        assert (world.job.status, world.runs) == ("pending", 0)

    play(scene, works)


def test_the_runner_stops_a_tool_that_overruns_the_worker_and_says_where_the_limit_is() -> None:
    async def endless_tool(call: Call) -> dict[str, Any]:
        assert call.job_id == "job_1"
        assert call.user_id == "u"
        await asyncio.Event().wait()
        return {}

    tool = Tool("long", endless_tool, Options(long=True), {"call": Call})
    runner = JobRunner(Registry({"long": tool}), {}, budget=0.02)
    job = Job("acme", "job_1", "long", {}, "agent", 0, context={"user_id": "u"})

    async def go() -> None:
        async def report(done: int, total: int, note: str) -> None: ...

        with pytest.raises(BudgetExceeded, match=r"functions/workers/jobs/spec\.py|0\.02 s"):
            await runner(job, report)

    asyncio.run(go())


def test_an_intent_nobody_knows_any_more_is_not_repeated() -> None:
    runner = JobRunner(Registry({}), {}, budget=1)
    assert not runner.retry_safe("gone.away")
