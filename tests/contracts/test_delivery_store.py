"""What the store of deliveries promises: DynamoDB on moto and the dict alike."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from orchestrator.aws import clients
from orchestrator.webhooks.models import Attempt, Delivery
from orchestrator.webhooks.ports import DeliveryStore
from tests.contracts.delivery_stores import (
    DAY,
    KINDS,
    LEASE,
    NOW,
    announcement,
    delivery,
    delivery_store,
    failed,
    play,
    settled,
    taken,
)


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[DeliveryStore]:
    with delivery_store(request.param) as made:
        yield made


@pytest.mark.parametrize(
    "body", [b"", b"\x00\xff not text", '{"a":  "ü",\n "b": 1.0}'.encode(), bytes(range(256)) * 1500]
)
def test_a_delivery_is_read_as_it_was_written_its_body_to_the_byte(store: DeliveryStore, body: bytes) -> None:
    async def scene() -> None:
        written = delivery(body=body)
        assert await store.create(written) == written
        assert await store.get("acme", "req_1") == written

    play(scene)


def test_a_second_announcement_gets_what_stands_there_and_changes_nothing(store: DeliveryStore) -> None:
    async def scene() -> None:
        first = await store.create(delivery())
        assert await store.create(delivery(NOW + 5, body=b"other")) == first
        await store.settle(settled(await taken(store), "delivered", NOW + 1, status_code=200))
        again = await store.create(delivery(NOW + 9, body=b"other"))
        assert (again.status, again.announcement.body) == ("delivered", first.announcement.body)

    play(scene)


def test_news_take_the_place_of_what_stands_there_once(store: DeliveryStore) -> None:
    async def scene() -> None:
        await store.create(delivery())
        standing = settled(await taken(store), "failed", NOW + 1, error="no answer")
        await store.settle(standing)
        news = replace(delivery(NOW + 9, event="job.succeeded"), webhook_id="msg_1_new", log=standing.log)
        assert await store.supersede(standing, news) is True
        assert await store.supersede(standing, news) is False
        assert await store.get("acme", "req_1") == news
        assert list(await store.failed("acme", 0, NOW + 99, 9)) == []
        assert len((await taken(store, NOW + 9, "w2")).log) == 2

    play(scene)


def test_nothing_takes_the_place_of_what_was_erased(store: DeliveryStore) -> None:
    async def scene() -> None:
        assert await store.supersede(delivery(), delivery(NOW + 9)) is False
        assert await store.get("acme", "req_1") is None

    play(scene)


def test_another_tenant_sees_nothing(store: DeliveryStore) -> None:
    async def scene() -> None:
        await store.create(delivery())
        assert await store.get("other", "req_1") is None
        assert await store.take("other", "req_1", "w", NOW, LEASE) is None
        assert await store.renew("other", "req_1", NOW, 1) is None
        assert await store.forget("other", "req_1") is False

    play(scene)


def test_taking_a_due_delivery_begins_an_attempt(store: DeliveryStore) -> None:
    async def scene() -> None:
        written = await store.create(delivery())
        held = await store.take("acme", "req_1", "w1", NOW, LEASE)
        expected = replace(
            written,
            status="delivering",
            holder="w1",
            lease_until=LEASE,
            updated_at=NOW,
            log=(Attempt(NOW),),
        )
        assert held == expected == await store.get("acme", "req_1")

    play(scene)


def test_what_is_held_is_not_taken_until_its_lease_is_over(store: DeliveryStore) -> None:
    async def scene() -> None:
        await store.create(delivery())
        await taken(store)
        assert (await taken(store, LEASE, "w2")).holder == "w1"
        late = await taken(store, LEASE + 0.001, "w2")
        assert (late.holder, late.log) == ("w2", (Attempt(NOW), Attempt(LEASE + 0.001)))

    play(scene)


def test_what_is_not_due_is_not_taken(store: DeliveryStore) -> None:
    async def scene() -> None:
        await store.create(delivery())
        await store.settle(settled(await taken(store), "waiting", NOW + 1, next_at=NOW + 300.5))
        early = await taken(store, NOW + 300.4, "w2")
        assert (early.status, early.holder, len(early.log)) == ("waiting", "w1", 1)
        assert (await taken(store, NOW + 300.5, "w2")).holder == "w2"

    play(scene)


@pytest.mark.parametrize("status", ["delivered", "failed"])
def test_what_has_ended_is_not_taken(store: DeliveryStore, status: str) -> None:
    async def scene() -> None:
        await store.create(delivery())
        ended = settled(await taken(store), status, NOW + 1, status_code=410, latency_ms=12)
        assert await store.settle(ended)
        assert await taken(store, NOW + 9999, "w2") == ended == await store.get("acme", "req_1")

    play(scene)


def test_an_attempt_that_lost_the_delivery_records_nothing(store: DeliveryStore) -> None:
    async def scene() -> None:
        await store.create(delivery())
        slow = await taken(store)
        quick = await taken(store, LEASE + 1, "w2")
        assert not await store.settle(settled(slow, "failed", LEASE + 2, error="no answer"))
        assert await store.settle(settled(quick, "delivered", LEASE + 3, status_code=200))
        assert not await store.settle(settled(slow, "failed", LEASE + 4, error="no answer"))
        kept = await store.get("acme", "req_1")
        assert kept is not None
        assert (kept.status, [attempt.ended_at for attempt in kept.log]) == ("delivered", [None, LEASE + 3])

    play(scene)


def test_an_attempt_on_an_erased_delivery_does_not_bring_it_back(store: DeliveryStore) -> None:
    async def scene() -> None:
        await store.create(delivery())
        held = await taken(store)
        assert await store.forget("acme", "req_1") is True
        assert await store.settle(settled(held, "delivered", NOW + 1)) is False
        assert await store.take("acme", "req_1", "w2", NOW, LEASE) is None
        assert await store.get("acme", "req_1") is None
        assert await store.forget("acme", "req_1") is False

    play(scene)


@pytest.mark.parametrize("status", ["delivered", "failed", "waiting"])
def test_a_round_by_hand_is_due_at_once_and_counts_its_tries_anew(store: DeliveryStore, status: str) -> None:
    async def scene() -> None:
        await store.create(delivery())
        later = NOW + 900 if status == "waiting" else None
        ended = settled(await taken(store), status, NOW + 1, error="no answer", next_at=later)
        await store.settle(ended)
        expires_at = int(NOW) + 40 * DAY
        renewed = await store.renew("acme", "req_1", NOW + 2, expires_at)
        assert renewed == replace(
            ended,
            status="waiting",
            tries=0,
            by_hand=True,
            next_at=NOW + 2,
            updated_at=NOW + 2,
            expires_at=expires_at,
        )
        assert (await taken(store, NOW + 2, "w2")).holder == "w2"

    play(scene)


def test_a_round_by_hand_may_go_to_another_url(store: DeliveryStore) -> None:
    async def scene() -> None:
        await failed(store)
        await store.renew("acme", "req_1", NOW, int(NOW) + DAY, "https://elsewhere.example/hook")
        kept = await store.get("acme", "req_1")
        assert kept is not None
        assert kept.announcement == announcement(url="https://elsewhere.example/hook")

    play(scene)


def test_no_round_by_hand_begins_while_an_attempt_runs(store: DeliveryStore) -> None:
    async def scene() -> None:
        await store.create(delivery())
        held = await taken(store)
        assert await store.renew("acme", "req_1", LEASE, 1) is None
        assert await store.get("acme", "req_1") == held
        assert await store.renew("acme", "req_1", LEASE + 1, int(NOW) + DAY) is not None

    play(scene)


def test_a_worker_that_was_given_up_does_not_end_the_round_by_hand(store: DeliveryStore) -> None:
    async def scene() -> None:
        await store.create(delivery())
        dead = await taken(store)
        await store.renew("acme", "req_1", LEASE + 1, int(NOW) + DAY)
        assert not await store.settle(settled(dead, "failed", LEASE + 2, error="no answer"))

    play(scene)


def test_a_delivery_has_at_most_200_attempts(store: DeliveryStore) -> None:
    async def scene() -> None:
        await store.create(delivery())
        now = NOW
        for _ in range(199):
            now += 50
            await taken(store, now)
        assert await store.renew("acme", "req_1", now + 50, int(NOW) + DAY) is not None
        await taken(store, now + 50)
        assert await store.renew("acme", "req_1", now + 100, int(NOW) + DAY) is None

    play(scene)


def test_with_only_failed_nothing_else_is_tried_again(store: DeliveryStore) -> None:
    async def scene() -> None:
        await store.create(delivery())
        assert await store.renew("acme", "req_1", NOW, 1, only_failed=True) is None
        await failed(store, subject="req_2")
        assert await store.renew("acme", "req_2", NOW, int(NOW) + DAY, only_failed=True) is not None
        assert await store.renew("acme", "req_2", NOW + 1, int(NOW) + DAY, only_failed=True) is None

    play(scene)


def test_a_round_by_hand_may_be_due_later(store: DeliveryStore) -> None:
    async def scene() -> None:
        await failed(store)
        renewed = await store.renew("acme", "req_1", NOW, int(NOW) + DAY, due_at=NOW + 10.5)
        assert renewed is not None
        assert (renewed.updated_at, renewed.next_at) == (NOW, NOW + 10.5)
        assert (await taken(store, NOW + 10.4, "w2")).holder != "w2"
        assert (await taken(store, NOW + 10.5, "w2")).holder == "w2"

    play(scene)


def test_what_has_expired_is_not_tried_again_though_it_is_still_there(store: DeliveryStore) -> None:
    async def scene() -> None:
        await failed(store)
        over = (await failed_as_it_stands(store)).expires_at
        assert await store.renew("acme", "req_1", over, over + DAY) is None
        assert await store.renew("acme", "req_1", over - 1, over + DAY) is not None

    play(scene)


async def failed_as_it_stands(store: DeliveryStore) -> Delivery:
    found = await store.get("acme", "req_1")
    assert found is not None
    return found


def test_a_round_whose_reply_was_lost_is_still_the_callers() -> None:
    """The SDK sends it again, and its condition does not hold any more."""
    lost = iter([True])

    def lose_the_first(**_: object) -> float | None:
        return 0 if next(lost, False) else None

    async def scene() -> None:
        with delivery_store("table") as store:
            await failed(store)
            clients.dynamodb().meta.events.register_first("needs-retry.dynamodb.UpdateItem", lose_the_first)
            renewed = await store.renew("acme", "req_1", NOW, int(NOW) + DAY, only_failed=True)
            assert next(lost, None) is None
            assert renewed is not None
            assert (renewed.status, renewed.by_hand) == ("waiting", True)

    play(scene)


def test_of_many_workers_that_take_a_delivery_at_once_one_gets_it() -> None:
    with delivery_store("table") as store, ThreadPoolExecutor(8) as workers:
        asyncio.run(store.create(delivery()))

        def take(number: int) -> Delivery | None:
            return asyncio.run(store.take("acme", "req_1", f"w{number}", NOW, LEASE))

        found = list(workers.map(take, range(24)))
        holders = {one.holder for one in found if one is not None}
        assert (len(found), len(holders)) == (24, 1)
        assert sum(one is not None and one.holder == f"w{n}" for n, one in enumerate(found)) == 1
        kept = asyncio.run(store.get("acme", "req_1"))
        assert kept is not None
        assert len(kept.log) == 1
