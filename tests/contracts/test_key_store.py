"""What every key store must do: the one in memory that other tests use, and the DynamoDB adapter on moto."""

import asyncio
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from orchestrator.aws.keys import GRACE, PAGE, DynamoKeys
from orchestrator.errors import Conflict, NotFound, Unavailable
from orchestrator.tenancy.keys import ApiKey, KeyStore
from tests.fakes.dynamodb import moto_table
from tests.fakes.keys import MemoryKeys

NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)
TABLE = "keys"


def run(work: Coroutine[Any, Any, Any]) -> Any:
    return asyncio.run(work)


async def listed(store: KeyStore, tenant: str) -> list[str]:
    return [key.id async for key in store.of_tenant(tenant)]


def a_key(key_id: str, **changes: Any) -> ApiKey:
    fields: dict[str, Any] = {
        "id": key_id,
        "tenant": "acme",
        "name": "ci",
        "scopes": frozenset({"jobs:read", "intents:run"}),
        "created_at": NOON,
        "digest": "ab" * 32,
        "expires_at": NOON + timedelta(days=90),
    }
    return ApiKey(**fields | changes)


@pytest.fixture
def client() -> Iterator[Any]:
    with moto_table(TABLE) as client:
        yield client


@pytest.fixture(params=["memory", "dynamodb"])
def store(request: pytest.FixtureRequest) -> KeyStore:
    if request.param == "memory":
        return MemoryKeys()
    request.getfixturevalue("client")
    return DynamoKeys(TABLE)


def test_a_record_comes_back_as_it_was_kept(store: KeyStore) -> None:
    for key in (a_key("one"), a_key("two", expires_at=None, scopes=frozenset({"*"}))):
        run(store.add(key))
        assert run(store.get(key.id)) == key


def test_an_unknown_id_is_none(store: KeyStore) -> None:
    assert run(store.get("nobody")) is None


def test_a_taken_id_is_a_conflict_and_changes_nothing(store: KeyStore) -> None:
    run(store.add(a_key("one")))
    with pytest.raises(Conflict):
        run(store.add(a_key("one", tenant="rival", created_at=NOON + timedelta(hours=1))))
    assert run(store.get("one")).tenant == "acme"
    assert run(listed(store, "rival")) == []


def test_a_tenant_lists_its_own_keys_oldest_first(store: KeyStore) -> None:
    for number, key_id in enumerate(["new", "middle", "old"]):
        run(store.add(a_key(key_id, created_at=NOON - timedelta(days=number))))
    run(store.add(a_key("foreign", tenant="rival")))
    run(store.add(a_key("prefix", tenant="acme2")))
    assert run(listed(store, "acme")) == ["old", "middle", "new"]


def test_a_listed_key_shows_all_but_its_hash(store: KeyStore) -> None:
    run(store.add(a_key("one")))

    async def first() -> ApiKey:
        return await anext(store.of_tenant("acme"))

    found = run(first())
    assert (found.name, found.scopes, found.expires_at) == (
        "ci",
        a_key("one").scopes,
        a_key("one").expires_at,
    )


def test_revoking_shows_in_the_record_and_in_the_list(store: KeyStore) -> None:
    run(store.add(a_key("one")))
    later = NOON + timedelta(minutes=5)
    assert run(store.revoke("one", later)).revoked_at == later
    assert run(store.get("one")).revoked_at == later

    async def times() -> list[datetime | None]:
        return [key.revoked_at async for key in store.of_tenant("acme")]

    assert run(times()) == [later]


def test_revoking_twice_keeps_the_first_time(store: KeyStore) -> None:
    run(store.add(a_key("one")))
    run(store.revoke("one", NOON))
    assert run(store.revoke("one", NOON + timedelta(days=1))).revoked_at == NOON


def test_revoking_an_unknown_key_is_not_found(store: KeyStore) -> None:
    with pytest.raises(NotFound):
        run(store.revoke("nobody", NOON))


def test_of_two_revocations_at_once_the_first_stands(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    store = DynamoKeys(TABLE)
    run(store.add(a_key("one")))
    read = client.get_item

    def overtaken(**given: Any) -> Any:
        """Answer what was there, then let somebody else revoke the key before the caller does."""
        before = read(**given)
        monkeypatch.setattr(client, "get_item", read)
        with ThreadPoolExecutor(1) as somebody:
            somebody.submit(run, DynamoKeys(TABLE).revoke("one", NOON)).result()
        return before

    monkeypatch.setattr(client, "get_item", overtaken)
    assert run(store.revoke("one", NOON + timedelta(seconds=1))).revoked_at == NOON


def test_the_table_forgets_a_key_a_while_after_it_ended(client: Any) -> None:
    store = DynamoKeys(TABLE)
    run(store.add(a_key("ends")))
    run(store.add(a_key("stays", tenant="forever", expires_at=None)))
    run(store.add(a_key("stopped", tenant="forever", expires_at=None)))
    run(store.revoke("stopped", NOON))
    ends = {
        (item["pk"]["S"], item["id"]["S"]): item.get("expires_at")
        for item in client.scan(TableName=TABLE)["Items"]
    }
    expiry = {"N": str(int((NOON + timedelta(days=90) + GRACE).timestamp()))}
    revoked = {"N": str(int((NOON + GRACE).timestamp()))}
    assert ends == {
        ("KEY#ends", "ends"): expiry,
        ("TENANT#acme", "ends"): expiry,
        ("KEY#stays", "stays"): None,
        ("TENANT#forever", "stays"): None,
        ("KEY#stopped", "stopped"): revoked,
        ("TENANT#forever", "stopped"): revoked,
    }


def test_the_table_never_holds_the_hash_where_tenants_are_listed(client: Any) -> None:
    run(DynamoKeys(TABLE).add(a_key("one")))
    held = {item["pk"]["S"]: "digest" in item for item in client.scan(TableName=TABLE)["Items"]}
    assert held == {"KEY#one": True, "TENANT#acme": False}


def test_a_long_list_is_read_page_by_page(client: Any) -> None:
    store = DynamoKeys(TABLE)
    wanted = [f"key{number:04}" for number in range(PAGE + 5)]

    async def fill() -> None:
        for number, key_id in enumerate(wanted):
            await store.add(a_key(key_id, created_at=NOON + timedelta(seconds=number)))

    run(fill())
    assert run(listed(store, "acme")) == wanted


def test_a_throttled_table_is_unavailable_and_a_missing_one_is_not(
    client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def throttle(**_: Any) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": "slow down"}}, "GetItem")

    with pytest.raises(ClientError):
        run(DynamoKeys("no-such-table").get("one"))
    monkeypatch.setattr(client, "get_item", throttle)
    with pytest.raises(Unavailable):
        run(DynamoKeys(TABLE).get("one"))
