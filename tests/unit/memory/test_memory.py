"""The memory of one user: what is kept, found, deleted, refused."""

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import InvalidInput, NotFound, Unavailable
from orchestrator.memory.models import item_id_of
from orchestrator.memory.service import MAX_TAGS_BYTES, MAX_TEXT_BYTES
from tests.unit.memory.world import SCOPE, World, play


def test_a_written_text_is_found_with_the_score_of_each_signal() -> None:
    async def scene(world: World) -> None:
        written = await world.write("Hello World", "test")
        assert written == {"item_id": written["item_id"], "status": "stored"}
        assert written["item_id"].startswith("mem_")
        found = await world.memory.search("hello", [], 10, None)
        assert found["count"] == 1
        hit = found["items"][0]
        assert (hit["item_id"], hit["text"], hit["tags"]) == (written["item_id"], "Hello World", ["test"])
        assert set(hit["scores"]) == {"semantic", "keyword"}

    play(scene)


def test_the_same_text_twice_is_stored_once_in_whatever_order_its_tags_come() -> None:
    async def scene(world: World) -> None:
        first = await world.write("Hello", "a", "b")
        before = await world.memory.search("Hello", [], 10, None)
        again = await world.write("Hello", "b", "a", "a")
        assert again == {"item_id": first["item_id"], "status": "deduplicated"}
        assert await world.memory.search("Hello", [], 10, None) == before

    play(scene)


@given(st.text(), st.lists(st.text(), max_size=4), st.one_of(st.none(), st.text()), st.text(min_size=1))
def test_any_other_text_tag_key_or_scope_is_another_item(
    text: str, tags: list[str], key: str | None, more: str
) -> None:
    same = item_id_of(SCOPE, text, tags, key)
    assert item_id_of(SCOPE, text, list(reversed(tags)), key) == same
    others = [
        item_id_of(SCOPE + more, text, tags, key),
        item_id_of(SCOPE, text + more, tags, key),
        item_id_of(SCOPE, text, [*tags, more], key),
        item_id_of(SCOPE, text, tags, (key or "") + more),
    ]
    assert same not in others


def test_written_deleted_and_written_again_it_is_stored_again_and_remembers() -> None:
    async def scene(world: World) -> None:
        item_id = (await world.write("Hello"))["item_id"]
        await world.memory.delete(item_id)
        assert await world.texts("hello") == []
        assert await world.write("Hello") == {"item_id": item_id, "status": "stored"}
        assert await world.texts("hello") == ["Hello"]
        events = (await world.memory.history(item_id))["history"]
        assert [event["event"] for event in events] == ["stored", "deleted", "stored"]

    play(scene)


def test_a_deleted_text_cannot_be_read_its_history_can() -> None:
    async def scene(world: World) -> None:
        item_id = (await world.write("secret"))["item_id"]
        assert await world.memory.delete(item_id) == {"item_id": item_id, "status": "deleted"}
        assert await world.memory.delete(item_id) == {"item_id": item_id, "status": "deleted"}
        with pytest.raises(NotFound, match="was deleted"):
            await world.memory.get(item_id)
        history = await world.memory.history(item_id)
        assert (history["text"], history["status"]) == ("", "deleted")
        assert len(history["history"]) == 2

    play(scene)


@pytest.mark.parametrize("ask", ["get", "delete", "history", "re_embed"])
def test_another_users_item_is_not_there(ask: str) -> None:
    async def scene(world: World) -> None:
        item_id = (await world.write("mine"))["item_id"]
        stranger = world.of("acme#other")
        with pytest.raises(NotFound):
            await getattr(stranger, ask)(item_id)
        assert (await stranger.search("mine", [], 10, None))["count"] == 0
        assert (await world.memory.get(item_id))["text"] == "mine"

    play(scene)


def test_tags_narrow_the_search_to_texts_that_carry_all_of_them() -> None:
    async def scene(world: World) -> None:
        await world.write("cat one", "a", "b")
        await world.write("cat two", "a")
        assert await world.texts("cat", "a", "b") == ["cat one"]
        assert len(await world.texts("cat", "a")) == 2

    play(scene)


@given(st.floats(min_value=1.6e9, max_value=2e9))
def test_a_text_is_true_at_the_very_instant_it_says_it_was_created(now: float) -> None:
    async def scene(world: World) -> None:
        world.now = now
        item_id = (await world.write("Hello"))["item_id"]
        created = (await world.memory.get(item_id))["created_at"]
        as_of = datetime.fromisoformat(created).timestamp()
        assert (await world.memory.search("hello", [], 10, as_of))["count"] == 1

    play(scene)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t",
        "x" * (MAX_TEXT_BYTES + 1),
        "漢" * (MAX_TEXT_BYTES // 3 + 1),
        "x\n" * (MAX_TEXT_BYTES // 3 + 1),
    ],
    ids=["empty", "blank", "Latin", "Chinese", "lines"],
)
def test_a_text_that_is_blank_or_too_large_is_refused_by_name(text: str) -> None:
    async def scene(world: World) -> None:
        with pytest.raises(InvalidInput) as caught:
            await world.write(text)
        assert caught.value.field == "inputs.text"
        assert world.items.items == {}

    play(scene)


def test_the_largest_text_and_tags_are_taken() -> None:
    async def scene(world: World) -> None:
        tags = [f"{n:02}".ljust(46, "t") for n in range(MAX_TAGS_BYTES // 50)]
        assert len(json.dumps(tags)) == MAX_TAGS_BYTES
        assert (await world.write("x" * MAX_TEXT_BYTES, *tags))["status"] == "stored"
        with pytest.raises(InvalidInput) as caught:
            await world.write("x", *tags, "more")
        assert caught.value.field == "inputs.tags"

    play(scene)


def test_a_blank_query_is_refused_by_name_before_the_vendor_is_asked() -> None:
    async def scene(world: World) -> None:
        with pytest.raises(InvalidInput) as caught:
            await world.memory.search(" \n", [], 10, None)
        assert caught.value.field == "inputs.query"
        assert world.vendor.asked == []

    play(scene)


def test_an_index_written_before_the_store_failed_is_put_right_by_writing_again() -> None:
    async def scene(world: World) -> None:
        put = world.items.put

        async def throttled(*_: Any, **__: Any) -> Any:
            raise Unavailable("throttled")

        world.items.put = throttled  # type: ignore[method-assign]
        with pytest.raises(Unavailable):
            await world.write("Hello")
        world.items.put = put  # type: ignore[method-assign]
        assert (await world.write("Hello"))["status"] == "stored"
        assert await world.texts("hello") == ["Hello"]

    play(scene)
