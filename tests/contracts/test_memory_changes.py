"""What every memory store tells of its changes: the table on moto and the dict alike."""

from collections.abc import Iterator

import pytest

from orchestrator.memory.ports import MemoryStore
from tests.contracts.memory_stores import KINDS, NOW, SCOPE, item, memory_store, run, stored


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[MemoryStore]:
    with memory_store(request.param) as made:
        yield made


def test_a_scope_that_was_never_written_has_not_changed(store: MemoryStore) -> None:
    async def go() -> None:
        assert not await store.changed_since(SCOPE, "change", 0)
        assert not await store.changed_since(SCOPE, "removal", 0)

    run(go())


def test_a_write_is_a_change_and_no_removal(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item())
        assert await store.changed_since(SCOPE, "change", NOW)
        assert not await store.changed_since(SCOPE, "change", NOW + 0.000_001)
        assert not await store.changed_since(SCOPE, "removal", 0)
        assert not await store.changed_since("acme#other", "change", 0)

    run(go())


def test_a_write_that_changes_nothing_is_no_change(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item())
        await store.put(item(at=NOW + 9))
        assert not await store.changed_since(SCOPE, "change", NOW + 1)

    run(go())


def test_a_deletion_is_a_change_and_a_removal(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item())
        await store.mark_deleted(await stored(store), NOW + 5)
        for kind in ("change", "removal"):
            assert await store.changed_since(SCOPE, kind, NOW + 5)
            assert not await store.changed_since(SCOPE, kind, NOW + 5.000_001)

    run(go())


def test_superseding_a_fact_removes_the_old_one(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item("a", key="color"))
        await store.put(item("b", NOW + 5, key="color"), replaces=await stored(store, "a"))
        assert await store.changed_since(SCOPE, "removal", NOW + 5)

    run(go())


def test_a_new_embedding_is_a_change_and_no_removal(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item())
        await store.re_embed(item(), [1.0], "better", NOW + 5)
        assert await store.changed_since(SCOPE, "change", NOW + 5)
        assert not await store.changed_since(SCOPE, "removal", 0)

    run(go())
