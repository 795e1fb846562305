"""The memory of verified keys: how long it lasts, what it never holds."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.errors import Unavailable
from orchestrator.tenancy.cache import KeyCache
from orchestrator.tenancy.keys import ApiKey, Keys, new_key
from tests.fakes.keys import Clock, MemoryKeys

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class House:
    def __init__(self, seconds: float = 30, size: int = 10) -> None:
        self.clock = Clock(NOON)
        self.store = MemoryKeys()
        self.keys = Keys(self.store, self.clock)
        self.cache = KeyCache(self.keys, seconds=seconds, size=size, now=self.clock)

    def create(self, lifetime: timedelta | None = None) -> str:
        return asyncio.run(self.keys.create("acme", "ci", ["*"], lifetime))[0]

    def verify(self, key: str) -> ApiKey | None:
        return asyncio.run(self.cache.verify(key))


def test_a_good_key_is_read_once_while_it_is_remembered() -> None:
    house = House()
    key = house.create()
    for _ in range(5):
        assert house.verify(key)
    assert house.store.reads == 1


def test_revoking_acts_within_the_life_of_the_memory() -> None:
    house = House(seconds=30)
    key = house.create()
    assert house.verify(key)
    asyncio.run(house.keys.revoke(key))
    house.clock.now += 30 * SECOND
    assert house.verify(key) is None


def test_using_a_key_does_not_prolong_its_memory() -> None:
    house = House(seconds=30)
    key = house.create()
    house.verify(key)
    asyncio.run(house.keys.revoke(key))
    for _ in range(29):
        house.clock.now += SECOND
        assert house.verify(key)
    house.clock.now += SECOND
    assert house.verify(key) is None


def test_a_remembered_key_still_expires_on_time() -> None:
    house = House(seconds=30)
    key = house.create(lifetime=10 * SECOND)
    assert house.verify(key)
    house.clock.now += 10 * SECOND
    assert house.verify(key) is None


def test_a_refusal_is_not_remembered() -> None:
    house = House()
    key = new_key()
    for _ in range(3):
        assert house.verify(key) is None
    assert house.store.reads == 3


def test_the_memory_is_bounded_and_drops_the_oldest() -> None:
    house = House(size=2)
    first, second, third = (house.create() for _ in range(3))
    for key in (first, second, third, second, third):
        house.verify(key)
    assert house.store.reads == 3
    house.verify(first)
    assert house.store.reads == 4
    assert len(house.cache._known) == 2


def test_no_key_stays_in_memory_in_the_clear() -> None:
    house = House()
    key = house.create()
    house.verify(key)
    assert key not in repr(house.cache._known)
    assert key.split("_")[2] not in repr(house.cache._known)


def test_zero_seconds_remember_nothing() -> None:
    house = House(seconds=0)
    key = house.create()
    house.verify(key)
    house.verify(key)
    assert house.store.reads == 2
    assert house.cache._known == {}


@pytest.mark.parametrize("text", ["", "orc_", "\ud800", "x" * 100_000])
def test_what_is_no_key_never_reaches_the_store(text: str) -> None:
    house = House()
    assert house.verify(text) is None
    assert house.store.reads == 0


def test_a_store_that_fails_is_not_taken_for_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    house = House()

    async def down(key_id: str) -> None:
        raise Unavailable("throttled")

    monkeypatch.setattr(house.store, "get", down)
    with pytest.raises(Unavailable):
        house.verify(new_key())
