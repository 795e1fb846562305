"""What every memory store promises: the table on moto and the dict alike."""

from collections.abc import Iterator

import pytest

from orchestrator.memory.models import MAX_HISTORY, Event, Item
from orchestrator.memory.ports import MemoryStore
from tests.contracts.memory_stores import KINDS, NOW, SCOPE, item, kinds, memory_store, run, stored


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[MemoryStore]:
    with memory_store(request.param) as made:
        yield made


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
