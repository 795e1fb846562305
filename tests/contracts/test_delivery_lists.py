"""What the store of deliveries promises of its lists: what failed, and what has expired."""

from collections.abc import Iterator

import pytest

from orchestrator.webhooks.ports import DeliveryStore
from tests.contracts.delivery_stores import (
    DAY,
    KINDS,
    NOW,
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


def test_what_failed_is_listed_by_the_time_of_its_failure(store: DeliveryStore) -> None:
    async def scene() -> None:
        for number in (5, 1, 4, 2, 3, 9, 8, 7, 6, 0):
            await failed(store, NOW + number, f"req_{number}")
        await failed(store, NOW + 3, "req_x", "other")
        every = [f"req_{number}" for number in range(10)]
        assert list(await store.failed("acme", NOW, NOW + 9, 50)) == every
        assert list(await store.failed("acme", NOW + 2, NOW + 6.5, 50)) == every[2:7]
        assert list(await store.failed("acme", NOW + 2, NOW + 9, 3)) == every[2:5]
        assert list(await store.failed("acme", NOW + 10, NOW + 20, 3)) == []

    play(scene)


def test_only_what_failed_for_good_is_listed_and_only_as_long_as_it_has(store: DeliveryStore) -> None:
    async def scene() -> None:
        await store.create(delivery())
        assert list(await store.failed("acme", 0, NOW + 99, 9)) == []
        await store.settle(settled(await taken(store), "waiting", NOW + 1, error="503", next_at=NOW + 5))
        assert list(await store.failed("acme", 0, NOW + 99, 9)) == []
        await store.settle(settled(await taken(store, NOW + 5), "failed", NOW + 6, error="503"))
        assert list(await store.failed("acme", 0, NOW + 99, 9)) == ["req_1"]
        await store.renew("acme", "req_1", NOW + 7, int(NOW) + DAY)
        assert list(await store.failed("acme", 0, NOW + 99, 9)) == []
        await store.settle(settled(await taken(store, NOW + 7), "delivered", NOW + 8, status_code=200))
        assert list(await store.failed("acme", 0, NOW + 99, 9)) == []

    play(scene)


def test_a_time_far_away_is_before_or_after_all_there_is(store: DeliveryStore) -> None:
    async def scene() -> None:
        await failed(store)
        assert list(await store.failed("acme", -90e9, 20e9, 9)) == ["req_1"]
        assert list(await store.failed("acme", -2e9, -1e9, 9)) == []
        assert list(await store.failed("acme", 20e9, 30e9, 9)) == []

    play(scene)


def test_the_sweep_erases_what_expired_before_today_and_nothing_else(store: DeliveryStore) -> None:
    async def scene() -> None:
        expiry = NOW + 30 * DAY
        for number in range(5):
            await store.create(delivery(subject=f"req_{number}"))
        await store.create(delivery(NOW + 2 * DAY, subject="req_young"))
        assert await store.sweep(expiry, 99) == 0
        assert await store.sweep(expiry + DAY, 3) == 3
        assert await store.sweep(expiry + DAY, 99) == 2
        assert await store.sweep(expiry + DAY, 99) == 0
        assert await store.get("acme", "req_young") is not None

    play(scene)


def test_a_round_by_hand_puts_the_sweep_off(store: DeliveryStore) -> None:
    async def scene() -> None:
        await failed(store)
        await store.renew("acme", "req_1", NOW + DAY, int(NOW) + 60 * DAY)
        assert await store.sweep(NOW + 31 * DAY, 9) == 0
        assert await store.sweep(NOW + 61 * DAY, 9) == 1

    play(scene)
