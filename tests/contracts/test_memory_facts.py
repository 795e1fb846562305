"""What every memory store promises of named facts: the table on moto and the dict alike."""

from collections.abc import Iterator

import pytest

from orchestrator.errors import Conflict
from orchestrator.memory.models import FOREVER
from orchestrator.memory.ports import MemoryStore
from tests.contracts.memory_stores import KINDS, NOW, SCOPE, item, kinds, memory_store, run, stored


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[MemoryStore]:
    with memory_store(request.param) as made:
        yield made


def test_a_fact_is_found_under_its_key_and_another_scope_has_none(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item(key="color"))
        held = await store.current(SCOPE, "color")
        assert held is not None
        assert (held.item_id, held.key) == ("mem_a", "color")
        assert await store.current("acme#other", "color") is None
        assert await store.current(SCOPE, "size") is None

    run(go())


def test_a_new_fact_supersedes_the_old_one_in_the_same_step(store: MemoryStore) -> None:
    async def go() -> None:
        old, new = item("a", key="color"), item("b", NOW + 5, key="color")
        await store.put(old)
        assert await store.put(new, replaces=old) == "stored"
        held = await store.current(SCOPE, "color")
        assert held == new
        ended = await stored(store, "a")
        assert (ended.superseded_by, ended.valid_to, ended.is_current) == ("mem_b", NOW + 5, False)
        assert kinds(ended) == ["stored", "superseded"]

    run(go())


def test_a_superseded_fact_comes_back_to_life_with_its_history(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item("a", key="color"))
        await store.put(item("b", NOW + 1, key="color"), replaces=await stored(store, "a"))
        await store.put(item("a", NOW + 2, key="color"), replaces=await stored(store, "b"))
        back = await stored(store, "a")
        assert back.is_current
        assert back.valid_to == FOREVER
        assert kinds(back) == ["stored", "superseded", "stored"]
        assert (await store.current(SCOPE, "color")) == back

    run(go())


def test_of_two_that_replace_the_same_fact_one_is_told_and_changes_nothing(store: MemoryStore) -> None:
    async def go() -> None:
        old = item("a", key="color")
        await store.put(old)
        await store.put(item("b", NOW + 1, key="color"), replaces=old)
        with pytest.raises(Conflict):
            await store.put(item("c", NOW + 2, key="color"), replaces=old)
        assert await store.get(SCOPE, "mem_c") is None
        assert (await stored(store, "a")).superseded_by == "mem_b"

    run(go())


def test_of_two_that_name_a_new_fact_at_once_one_is_told(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item("a", key="color"))
        with pytest.raises(Conflict):
            await store.put(item("b", NOW + 1, key="color"))
        assert await store.get(SCOPE, "mem_b") is None

    run(go())


def test_deleting_a_fact_leaves_its_key_free(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item(key="color"))
        await store.mark_deleted(await stored(store), NOW + 1)
        assert await store.current(SCOPE, "color") is None
        assert await store.put(item("b", NOW + 2, key="color")) == "stored"

    run(go())


def test_deleting_a_superseded_fact_leaves_the_key_to_its_successor(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item("a", key="color"))
        await store.put(item("b", NOW + 1, key="color"), replaces=await stored(store, "a"))
        await store.mark_deleted(await stored(store, "a"), NOW + 2)
        held = await store.current(SCOPE, "color")
        assert held is not None
        assert held.item_id == "mem_b"

    run(go())


def test_a_fact_that_was_superseded_meanwhile_is_not_deleted_as_if_it_still_held_its_key(
    store: MemoryStore,
) -> None:
    async def go() -> None:
        seen = item("a", key="color")
        await store.put(seen)
        await store.put(item("b", NOW + 1, key="color"), replaces=seen)
        with pytest.raises(Conflict):
            await store.mark_deleted(seen, NOW + 2)
        assert (await stored(store, "a")).deleted_at is None

    run(go())
