"""API keys: their shape, what makes one good, and what is kept of them."""

import asyncio
import hmac
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import InvalidInput, NotFound
from orchestrator.tenancy import Identity
from orchestrator.tenancy.keys import ALPHABET, ApiKey, Keys, digest_of, key_id_of, new_key
from tests.fakes.keys import Clock, MemoryKeys

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class House:
    """A `Keys` on an empty store, with a clock the test moves."""

    def __init__(self) -> None:
        self.clock = Clock(NOON)
        self.store = MemoryKeys()
        self.keys = Keys(self.store, self.clock)

    def create(
        self, *scopes: str, tenant: str = "acme", lifetime: timedelta | None = DAY
    ) -> tuple[str, ApiKey]:
        return asyncio.run(self.keys.create(tenant, "ci", scopes or ("jobs:read",), lifetime))

    def verify(self, presented: str) -> ApiKey | None:
        return asyncio.run(self.keys.verify(presented))


@pytest.fixture
def house() -> House:
    return House()


def test_a_key_has_the_documented_shape_and_no_look_alikes() -> None:
    prefix, key_id, secret = new_key().split("_")
    assert (prefix, len(key_id), len(secret)) == ("orc", 12, 44)
    assert set(key_id + secret) <= set(ALPHABET)
    assert not set("0O1lI_-") & set(ALPHABET)
    assert len(ALPHABET) ** 44 >= 2**256


def test_no_two_keys_are_alike() -> None:
    assert len({new_key() for _ in range(200)}) == 200


def test_a_created_key_verifies_as_its_record(house: House) -> None:
    key, record = house.create("jobs:read", "intents:run")
    assert house.verify(key) == record
    assert record.identity == Identity("acme", record.id, frozenset({"jobs:read", "intents:run"}))
    assert (record.created_at, record.expires_at) == (NOON, NOON + DAY)


def test_the_record_holds_the_hash_and_nothing_of_the_secret(house: House) -> None:
    key, record = house.create()
    assert record.digest == digest_of(key)
    assert key.split("_")[2] not in repr(vars_of(record))
    assert record.digest not in repr(record)


def vars_of(record: ApiKey) -> dict[str, Any]:
    return {name: getattr(record, name) for name in ApiKey.__slots__}


def test_a_key_ends_at_its_expiry_to_the_microsecond(house: House) -> None:
    key, _ = house.create(lifetime=DAY)
    house.clock.now = NOON + DAY - timedelta(microseconds=1)
    assert house.verify(key)
    house.clock.now = NOON + DAY
    assert house.verify(key) is None


def test_a_key_without_expiry_lasts(house: House) -> None:
    key, _ = house.create(lifetime=None)
    house.clock.now = NOON + 36500 * DAY
    assert house.verify(key)


@pytest.mark.parametrize("named_by", ["id", "whole key"])
def test_a_revoked_key_is_refused(house: House, named_by: str) -> None:
    key, record = house.create()
    gone = asyncio.run(house.keys.revoke(key if named_by == "whole key" else record.id))
    assert gone.revoked_at == NOON
    assert house.verify(key) is None


def test_revoking_an_unknown_key_says_so(house: House) -> None:
    with pytest.raises(NotFound):
        asyncio.run(house.keys.revoke("nobody"))


def test_a_list_holds_the_tenants_own_keys(house: House) -> None:
    _, mine = house.create()
    house.create(tenant="rival")

    async def listed() -> list[ApiKey]:
        return [key async for key in house.keys.list("acme")]

    assert asyncio.run(listed()) == [mine]


@pytest.mark.parametrize("known", [True, False])
def test_an_unknown_id_is_compared_like_a_known_one(
    house: House, known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, _ = house.create()
    presented = key[:-1] + ALPHABET[ALPHABET.index(key[-1]) - 1] if known else new_key()
    compared: list[tuple[int, int]] = []
    compare = hmac.compare_digest

    def spy(one: str, other: str) -> bool:
        compared.append((len(one), len(other)))
        return compare(one, other)

    monkeypatch.setattr(hmac, "compare_digest", spy)
    assert house.verify(presented) is None
    assert compared == [(64, 64)]
    assert house.store.reads == 1


@given(st.text())
def test_any_text_is_parsed_without_an_exception(text: str) -> None:
    assert key_id_of(text) is None


@given(st.data())
def test_any_mutated_key_is_refused(data: st.DataObject) -> None:
    house = House()
    key, _ = house.create()
    place = data.draw(st.integers(0, len(key) - 1))
    other = data.draw(
        st.sampled_from([*ALPHABET, "_", "0", "é", " ", "\n", ""]).filter(lambda c: c != key[place])
    )
    assert house.verify(key[:place] + other + key[place + 1 :]) is None
    added = data.draw(st.text(min_size=1, max_size=3))
    assert house.verify(key + added) is None
    assert house.verify(added + key) is None


def test_the_id_of_one_key_with_the_secret_of_another_is_refused(house: House) -> None:
    first, second = house.create()[0].split("_"), house.create()[0].split("_")
    assert house.verify(f"orc_{first[1]}_{second[2]}") is None


@pytest.mark.parametrize(
    "scope", ["", "jobs", "jobs:", ":read", "Jobs:read", "jobs:read:all", "**", "jobs:*", "a b"]
)
def test_a_scope_of_the_wrong_shape_is_refused(house: House, scope: str) -> None:
    with pytest.raises(InvalidInput, match="scope"):
        house.create(scope)


@pytest.mark.parametrize("tenant", ["", "Acme", "a#b", "a b", "-a", "a" * 64, "ä"])
def test_a_tenant_of_the_wrong_shape_is_refused(house: House, tenant: str) -> None:
    with pytest.raises(InvalidInput, match="tenant"):
        house.create(tenant=tenant)


@pytest.mark.parametrize(
    ("name", "scopes", "lifetime"),
    [
        ("", ["*"], DAY),
        ("  ", ["*"], DAY),
        ("a\nb", ["*"], DAY),
        ("n" * 101, ["*"], DAY),
        ("ci", [], DAY),
        ("ci", ["*"], timedelta(0)),
        ("ci", ["*"], -DAY),
    ],
)
def test_a_key_that_makes_no_sense_is_not_made(
    house: House, name: str, scopes: list[str], lifetime: timedelta
) -> None:
    with pytest.raises(InvalidInput):
        asyncio.run(house.keys.create("acme", name, scopes, lifetime))
    assert house.store.records == {}


@pytest.mark.parametrize(
    ("held", "asked", "allowed"),
    [
        ({"jobs:read"}, "jobs:read", True),
        ({"jobs:read"}, "jobs:cancel", False),
        ({"*"}, "jobs:cancel", True),
        (set(), "jobs:read", False),
        (set(), None, True),
    ],
)
def test_a_caller_may_do_what_its_scopes_say(held: set[str], asked: str | None, allowed: bool) -> None:
    assert Identity("acme", None, frozenset(held)).allows(asked) is allowed
