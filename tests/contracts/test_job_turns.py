"""Who may have a job, by every job store: begun by one, taken over, cancelled, withdrawn."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.aws import clients
from orchestrator.aws.jobs import DynamoJobs
from orchestrator.jobs.models import Job
from orchestrator.jobs.ports import JobStore
from tests.contracts.job_stores import FAILURE, KINDS, LEASE, NOW, begun, job, job_store, run, stored
from tests.fakes.stack import stack


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[JobStore]:
    with job_store(request.param) as made:
        yield made


def test_a_waiting_job_begins_once_and_counts_the_attempt(store: JobStore) -> None:
    async def go() -> None:
        running = await begun(store)
        assert (running.status, running.attempts, running.lease_until) == ("running", 1, NOW + 30)
        assert await store.begin("acme", "job_1", NOW + 1, NOW + 31) is None

    run(go())


def test_a_job_nobody_wrote_does_not_begin_and_is_not_made_by_trying(store: JobStore) -> None:
    async def go() -> None:
        assert await store.begin("acme", "job_1", NOW, LEASE) is None
        assert await store.cancel("acme", "job_1", NOW) is None
        assert await store.get("acme", "job_1") is None

    run(go())


def test_a_job_whose_lease_has_run_out_begins_again_and_not_a_moment_before(store: JobStore) -> None:
    async def go() -> None:
        await begun(store)
        assert await store.begin("acme", "job_1", NOW + 30, NOW + 60) is None
        again = await store.begin("acme", "job_1", NOW + 30.000_001, NOW + 60)
        assert again is not None
        assert again.attempts == 2

    run(go())


def test_a_beginning_whose_reply_was_lost_is_still_this_attempts() -> None:
    """The SDK sends it again, and a job with side effects would end as interrupted without having run."""
    lost = iter([True])

    def lose_the_first_reply(**_: Any) -> float | None:
        return 0 if next(lost, False) else None

    with stack() as made:
        store = DynamoJobs(made.environment["TABLE_JOBS"])
        asyncio.run(store.create(job()))
        clients.dynamodb().meta.events.register_first("needs-retry.dynamodb.UpdateItem", lose_the_first_reply)
        first = asyncio.run(store.begin("acme", "job_1", NOW, LEASE))
        assert next(lost, None) is None
        assert first is not None
        assert (first.status, first.attempts) == ("running", 1)
        assert asyncio.run(store.begin("acme", "job_1", NOW, LEASE)) is None


def test_an_attempt_that_lost_its_job_can_record_nothing_any_more(store: JobStore) -> None:
    async def go() -> None:
        lost = await begun(store)
        taken = await store.begin("acme", "job_1", NOW + 31, NOW + 61)
        assert await store.renew(lost, NOW + 32, NOW + 62, None) is None
        assert not await store.succeed(lost, {}, 1, NOW + 32)
        assert not await store.fail(lost, FAILURE, NOW + 32)
        assert not await store.put_back(lost, FAILURE, NOW + 32)
        assert not await store.confirm_cancel(lost, NOW + 32)
        assert await stored(store) == taken

    run(go())


def test_a_dead_lettered_job_begins_once_when_its_message_is_redriven(store: JobStore) -> None:
    async def go() -> None:
        await store.fail(await begun(store), replace(FAILURE, dead_lettered=True), NOW + 1)
        again = await store.begin("acme", "job_1", NOW + 2, NOW + 32)
        assert again is not None
        assert (again.status, again.attempts) == ("running", 2)
        assert await store.begin("acme", "job_1", NOW + 3, NOW + 33) is None

    run(go())


def test_a_job_that_was_put_back_waits_with_its_reason_and_can_begin_at_once(store: JobStore) -> None:
    async def go() -> None:
        assert await store.put_back(await begun(store), FAILURE, NOW + 1)
        waiting = await stored(store)
        assert (waiting.status, waiting.failure) == ("pending", FAILURE)
        again = await store.begin("acme", "job_1", NOW + 1, NOW + 31)
        assert again is not None
        assert again.attempts == 2

    run(go())


def test_cancelling_a_waiting_job_ends_it(store: JobStore) -> None:
    async def go() -> None:
        await store.create(job())
        cancelled = await store.cancel("acme", "job_1", NOW)
        assert cancelled is not None
        assert cancelled.status == "cancelled"
        assert await store.begin("acme", "job_1", NOW, LEASE) is None

    run(go())


def test_cancelling_a_running_job_asks_its_attempt_to_stop(store: JobStore) -> None:
    async def go() -> None:
        running = await begun(store)
        asked = await store.cancel("acme", "job_1", NOW + 1)
        assert asked is not None
        assert (asked.status, asked.cancel_requested) == ("running", True)
        renewed = await store.renew(running, NOW + 2, NOW + 32, None)
        assert renewed is not None
        assert renewed.cancel_requested
        assert await store.confirm_cancel(running, NOW + 3)
        assert (await stored(store)).status == "cancelled"

    run(go())


def test_only_a_waiting_job_is_withdrawn(store: JobStore) -> None:
    async def go() -> None:
        assert not await store.withdraw("acme", "job_1", NOW)
        running = await begun(store)
        assert not await store.withdraw("acme", "job_1", NOW)
        assert await stored(store) == running
        await store.put_back(running, FAILURE, NOW)
        assert await store.withdraw("acme", "job_1", NOW)
        assert await store.withdraw("acme", "job_1", NOW), "sent again after a lost reply"
        assert await store.begin("acme", "job_1", NOW, LEASE) is None

    run(go())


def test_cancelling_a_job_that_is_put_back_at_that_moment_ends_it() -> None:
    class Busy(DynamoJobs):
        """Puts the job back between the two conditions of a cancellation."""

        async def _update(self, key: Any, changes: str, condition: str, *more: Any) -> Job | None:
            changed = await super()._update(key, changes, condition, *more)
            if condition == "#status = :pending" and changed is None:
                await self.put_back(await stored(self), FAILURE, NOW)
            return changed

    async def go(table: str) -> None:
        store = Busy(table)
        await begun(store)
        cancelled = await store.cancel("acme", "job_1", NOW)
        assert cancelled is not None
        assert cancelled.status == "cancelled"

    with stack() as made:
        run(go(made.environment["TABLE_JOBS"]))


def test_cancelling_an_ended_job_changes_nothing(store: JobStore) -> None:
    async def go() -> None:
        await store.succeed(await begun(store), {}, 1, NOW + 1)
        before = await stored(store)
        assert await store.cancel("acme", "job_1", NOW + 2) == before

    run(go())
