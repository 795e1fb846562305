"""What every job store keeps: the table on moto and the dict alike."""

from collections.abc import Iterator

import pytest

from orchestrator.jobs.ports import JobStore
from tests.contracts.job_stores import FAILURE, KINDS, LEASE, NOW, begun, job, job_store, run, stored


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[JobStore]:
    with job_store(request.param) as made:
        yield made


def test_a_job_is_read_as_it_was_written(store: JobStore) -> None:
    async def go() -> None:
        await store.create(job())
        assert await stored(store) == job()

    run(go())


def test_a_job_of_another_tenant_is_not_there(store: JobStore) -> None:
    async def go() -> None:
        await store.create(job())
        assert await store.get("other", "job_1") is None
        assert await store.begin("other", "job_1", NOW, LEASE) is None
        assert await store.cancel("other", "job_1", NOW) is None

    run(go())


def test_creating_a_job_again_leaves_it_as_it_stands(store: JobStore) -> None:
    async def go() -> None:
        await begun(store)
        await store.create(job())
        assert (await stored(store)).status == "running"

    run(go())


def test_a_job_tells_which_delivery_of_its_message_began_it_last(store: JobStore) -> None:
    async def go() -> None:
        await begun(store)
        last = await store.begin("acme", "job_1", NOW + 31, NOW + 61, 4)
        redriven = await store.begin("acme", "job_1", NOW + 62, NOW + 92, 1)
        assert last is not None
        assert redriven is not None
        assert (last.attempts, last.receive_count) == (2, 4)
        assert (redriven.attempts, redriven.receive_count) == (3, 1)
        assert await stored(store) == redriven

    run(go())


def test_a_heartbeat_moves_the_lease_and_shows_the_progress(store: JobStore) -> None:
    async def go() -> None:
        running = await begun(store)
        renewed = await store.renew(running, NOW + 10, NOW + 40, {"done": 1, "total": 3, "note": "☃"})
        assert renewed is not None
        assert renewed.lease_until == NOW + 40
        assert renewed.progress == {"done": 1, "total": 3, "note": "☃"}
        assert await store.begin("acme", "job_1", NOW + 35, NOW + 70) is None

    run(go())


def test_a_heartbeat_without_progress_shows_none(store: JobStore) -> None:
    async def go() -> None:
        renewed = await store.renew(await begun(store), NOW + 10, NOW + 40, None)
        assert renewed is not None
        assert renewed.progress is None

    run(go())


def test_a_success_keeps_result_and_duration_and_forgets_the_earlier_failure(store: JobStore) -> None:
    async def go() -> None:
        await store.put_back(await begun(store), FAILURE, NOW)
        running = await store.begin("acme", "job_1", NOW, LEASE)
        assert running is not None
        assert await store.succeed(running, {"text": "☃", "none": None}, 12, NOW + 1)
        done = await stored(store)
        assert (done.status, done.result, done.duration_ms) == ("succeeded", {"text": "☃", "none": None}, 12)
        assert done.failure is None
        assert await store.begin("acme", "job_1", NOW + 99, NOW + 129) is None

    run(go())


def test_a_failed_job_stays_failed(store: JobStore) -> None:
    async def go() -> None:
        assert await store.fail(await begun(store), FAILURE, NOW + 1)
        failed = await stored(store)
        assert (failed.status, failed.failure) == ("failed", FAILURE)
        assert await store.begin("acme", "job_1", NOW + 99, NOW + 129) is None

    run(go())


def test_inputs_and_result_together_may_fill_an_item_whatever_their_alphabet(store: JobStore) -> None:
    """A body may be 256 KB of UTF-8; escaped to ASCII it would not fit the 400 KB of an item."""

    async def go() -> None:
        await store.create(job(inputs={"texts": ["漢" * 87_000]}))
        running = await store.begin("acme", "job_1", NOW, LEASE)
        assert running is not None
        assert await store.succeed(running, {"text": "я" * 30_000}, 1, NOW)
        assert (await stored(store)).result == {"text": "я" * 30_000}

    run(go())
