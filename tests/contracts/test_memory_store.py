"""What every memory store promises: the table on moto and the dict alike."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from orchestrator.aws.memory import DynamoMemory
from orchestrator.errors import Conflict
from orchestrator.memory.models import FOREVER, MAX_HISTORY, Event, Item
from orchestrator.memory.ports import MemoryStore
from tests.fakes.memory import MemoryItems
from tests.fakes.stack import stack

NOW = 1_795_174_154.123_456_7
SCOPE = "acme#user#7"


@pytest.fixture(params=["table", "dict"])
def store(request: pytest.FixtureRequest) -> Iterator[MemoryStore]:
    if request.param == "dict":
        yield MemoryItems()
        return
    with stack() as made:
        yield DynamoMemory(made.environment["TABLE_MEMORY"])


def item(name: str = "a", at: float = NOW, **changes: Any) -> Item:
    fields: dict[str, Any] = {
        "scope": SCOPE,
        "item_id": f"mem_{name}",
        "text": "naïve ☃",
        "tags": ("x", "y#z"),
        "created_at": at,
        "valid_from": at,
        "valid_to": FOREVER,
        "embedding": (0.5, -0.25, 0.0),
        "embedding_model": "m",
        "history": (Event("stored", at),),
    }
    return Item(**fields | changes)


async def stored(store: MemoryStore, name: str = "a") -> Item:
    found = await store.get(SCOPE, f"mem_{name}")
    assert found is not None
    return found


def kinds(found: Item) -> list[str]:
    return [event.kind for event in found.history]


def run(work: Any) -> None:
    asyncio.run(work)


def test_an_item_is_read_as_it_was_written(store: MemoryStore) -> None:
    async def go() -> None:
        assert await store.put(item()) == "stored"
        assert await stored(store) == item()

    run(go())


def test_an_item_without_tags_is_read_without_tags(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item(tags=()))
        assert (await stored(store)).tags == ()

    run(go())


def test_another_scope_does_not_have_the_item(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item())
        assert await store.get("acme#user", "mem_a") is None

    run(go())


def test_writing_a_current_item_again_changes_nothing(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item())
        assert await store.put(item(at=NOW + 9)) == "deduplicated"
        assert await stored(store) == item()

    run(go())


def test_a_deleted_item_has_lost_its_text_and_kept_its_history(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item())
        await store.mark_deleted(await stored(store), NOW + 1)
        gone = await stored(store)
        assert (gone.text, gone.tags, gone.embedding, gone.deleted_at) == ("", (), (), NOW + 1)
        assert kinds(gone) == ["stored", "deleted"]
        assert not gone.is_current

    run(go())


def test_a_deleted_item_comes_back_to_life_with_its_history(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item())
        await store.mark_deleted(await stored(store), NOW + 1)
        assert await store.put(item(at=NOW + 2)) == "stored"
        back = await stored(store)
        assert back.is_current
        assert back.text == "naïve ☃"
        assert kinds(back) == ["stored", "deleted", "stored"]

    run(go())


@pytest.mark.parametrize("change", ["deleted", "re_embedded", "superseded"])
def test_a_history_keeps_its_newest_events_however_often_the_item_changes(
    store: MemoryStore, change: str
) -> None:
    async def change_once(seen: Item, at: float) -> None:
        if change == "re_embedded":
            assert await store.re_embed(seen, [1.0], "better", at)
        elif change == "deleted":
            await store.mark_deleted(seen, at)
            await store.put(item(at=at))
        else:
            await store.put(item("b", at, key="color"), replaces=seen)
            await store.put(item("a", at, key="color"), replaces=await stored(store, "b"))

    async def go() -> None:
        past = tuple(Event("stored", NOW - n) for n in range(MAX_HISTORY - 3, 0, -1))
        await store.put(item(key="color" if change == "superseded" else None, history=past))
        longest = 0
        for second in range(1, 7):
            await change_once(await stored(store), NOW + second)
            longest = max(longest, len((await stored(store)).history))
        history = (await stored(store)).history
        assert MAX_HISTORY - 2 <= len(history) <= longest <= MAX_HISTORY
        assert history[-1].at == NOW + 6
        assert list(history) == sorted(history, key=lambda event: event.at)

    run(go())


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


def test_a_current_item_takes_a_new_embedding(store: MemoryStore) -> None:
    async def go() -> None:
        await store.put(item())
        assert await store.re_embed(item(), [1.0, 0.0, 0.5], "better", NOW + 1)
        found = await stored(store)
        assert (found.embedding, found.embedding_model) == ((1.0, 0.0, 0.5), "better")
        assert kinds(found) == ["stored", "re_embedded"]

    run(go())


def test_a_deleted_or_unknown_item_takes_no_embedding(store: MemoryStore) -> None:
    async def go() -> None:
        assert not await store.re_embed(item("nobody"), [1.0], "better", NOW)
        assert await store.get(SCOPE, "mem_nobody") is None
        await store.put(item())
        await store.mark_deleted(await stored(store), NOW + 1)
        assert not await store.re_embed(item(), [1.0], "better", NOW + 2)

    run(go())


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
