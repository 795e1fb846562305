"""What every idempotency store promises: the table on moto and the dict alike."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.aws.idempotency import DynamoIdempotency
from orchestrator.idempotency import RETENTION, Claim, IdempotencyStore
from tests.fakes.idempotency import MemoryIdempotency, a_claim
from tests.fakes.stack import stack

NOW = 1_795_174_154.123_456_7


@pytest.fixture(params=["table", "dict"])
def store(request: pytest.FixtureRequest) -> Iterator[IdempotencyStore]:
    if request.param == "dict":
        yield MemoryIdempotency()
        return
    with stack() as made:
        yield DynamoIdempotency(made.environment["TABLE_IDEMPOTENCY"])


def claim(attempt: str = "one", **changes: Any) -> Claim:
    return a_claim(attempt, NOW, **{"scope": "acme#user#7"} | changes)


def run(work: Any) -> Any:
    return asyncio.run(work)


def test_a_free_key_is_claimed_and_a_second_attempt_is_shown_the_first(store: IdempotencyStore) -> None:
    async def go() -> None:
        first = claim(job_id="job_1")
        assert await store.claim(first) is None
        held = await store.claim(claim("two"))
        assert held is not None
        assert (held.claim, held.state, held.response) == (first, "in_progress", None)

    run(go())


def test_a_claim_that_was_written_but_not_heard_of_stands_when_it_is_sent_again(
    store: IdempotencyStore,
) -> None:
    async def go() -> None:
        assert await store.claim(claim()) is None
        assert await store.claim(claim()) is None

    run(go())


def test_one_scope_does_not_see_the_keys_of_another(store: IdempotencyStore) -> None:
    async def go() -> None:
        assert await store.claim(claim()) is None
        assert await store.claim(claim("two", scope="acme#user")) is None
        assert await store.claim(claim("three", scope="other#user#7")) is None

    run(go())


def test_a_completed_claim_shows_its_response_and_when_it_was_completed(store: IdempotencyStore) -> None:
    response = {"status": "success", "result": {"text": "naïve ☃", "none": None, "n": [1, 2.5]}}

    async def go() -> None:
        await store.claim(claim())
        await store.complete(claim(), response, NOW + 0.5)
        held = await store.claim(claim("two"))
        assert held is not None
        assert (held.state, held.response, held.completed_at) == ("done", response, NOW + 0.5)

    run(go())


def test_a_claim_whose_job_holds_the_answer_has_no_response(store: IdempotencyStore) -> None:
    async def go() -> None:
        await store.claim(claim(job_id="job_1"))
        await store.complete(claim(), None, NOW)
        held = await store.claim(claim("two"))
        assert held is not None
        assert (held.state, held.response, held.claim.job_id) == ("job", None, "job_1")

    run(go())


def test_a_response_is_free_an_hour_after_it_was_completed_and_not_before(store: IdempotencyStore) -> None:
    async def go() -> None:
        await store.claim(claim())
        await store.complete(claim(), {}, NOW)
        late = NOW + RETENTION
        assert await store.claim(claim("two", started_at=late - 2)) is not None
        assert await store.claim(claim("two", started_at=late + 1)) is None

    run(go())


def test_a_claim_may_ask_for_a_longer_time(store: IdempotencyStore) -> None:
    day = 24 * 3600

    async def go() -> None:
        await store.claim(claim(retention=day))
        await store.complete(claim(retention=day), {}, NOW)
        assert await store.claim(claim("two", started_at=NOW + day - 2)) is not None
        assert await store.claim(claim("two", started_at=NOW + day + 1)) is None

    run(go())


def test_a_key_is_taken_over_from_exactly_the_record_that_was_seen(store: IdempotencyStore) -> None:
    async def go() -> None:
        await store.claim(claim())
        seen = await store.claim(claim("two"))
        assert await store.claim(claim("two"), over=seen) is None
        held = await store.claim(claim("three"), over=seen)
        assert held is not None
        assert held.claim.token == "two"

    run(go())


def test_taking_over_a_done_record_leaves_nothing_of_its_response(store: IdempotencyStore) -> None:
    async def go() -> None:
        await store.claim(claim())
        await store.complete(claim(), {"old": True}, NOW)
        seen = await store.claim(claim("two"))
        await store.claim(claim("two"), over=seen)
        held = await store.claim(claim("three"))
        assert held is not None
        assert (held.state, held.response) == ("in_progress", None)

    run(go())


def test_only_the_attempt_that_holds_the_key_completes_or_releases_it(store: IdempotencyStore) -> None:
    async def go() -> None:
        await store.claim(claim())
        await store.claim(claim("two"), over=await store.claim(claim("two")))
        await store.complete(claim(), {"late": True}, NOW)
        await store.release(claim())
        held = await store.claim(claim("three"))
        assert held is not None
        assert (held.claim.token, held.state) == ("two", "in_progress")

    run(go())


def test_a_released_key_is_free_and_releasing_it_again_harms_nobody(store: IdempotencyStore) -> None:
    async def go() -> None:
        await store.claim(claim())
        await store.release(claim())
        await store.release(claim())
        assert await store.claim(claim("two")) is None

    run(go())


def test_every_field_of_a_claim_survives_the_store(store: IdempotencyStore) -> None:
    async def go() -> None:
        first = claim(retry_safe=False, job_id="job_1", lock_until=NOW + 0.000_000_1, retention=7)
        await store.claim(first)
        held = await store.claim(replace(first, token="two"))
        assert held is not None
        assert held.claim == first

    run(go())
