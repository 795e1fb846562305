"""The memory of one user: what is kept, found, superseded, deleted; and what happens without the vendor."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import Conflict, InvalidInput, NotConfigured, NotFound, Unavailable, VendorBusy
from orchestrator.llm.hashing import MODEL, HashingEmbedder
from orchestrator.llm.ports import Embeddings
from orchestrator.memory.models import item_id_of
from orchestrator.memory.service import MAX_TAGS_BYTES, MAX_TEXT_BYTES, Backends, Memory
from tests.fakes.memory import Later, MemoryIndex, MemoryItems, Vendor, dead_vendor

SCOPE = "acme#user"


class World:
    """One memory with everything it works on, and a clock that moves when told to."""

    def __init__(self, vendor: Vendor | None = None) -> None:
        self.now = 1_795_174_154.5
        self.items, self.index, self.vendor, self.later = (
            MemoryItems(),
            MemoryIndex(),
            vendor or Vendor(),
            Later(),
        )
        self.backends = Backends(
            self.items, self.index, self.vendor, HashingEmbedder(), clock=lambda: self.now
        )
        self.memory = self.of(SCOPE)

    def of(self, scope: str) -> Memory:
        return Memory(self.backends, scope, self.later)

    async def write(self, text: str, *tags: str, key: str | None = None) -> dict[str, Any]:
        self.now += 1
        return await self.memory.write(text, tags, key)

    async def texts(self, query: str, *tags: str, as_of: float | None = None) -> list[str]:
        found = await self.memory.search(query, tags, 10, as_of)
        return [item["text"] for item in found["items"]]


def play(scene: Callable[[World], Awaitable[None]], vendor: Vendor | None = None) -> None:
    async def go() -> None:
        await scene(World(vendor))

    asyncio.run(go())


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


def test_a_fact_is_superseded_and_can_still_be_asked_for_as_of_then() -> None:
    async def scene(world: World) -> None:
        old = await world.write("the wall is red", key="wall")
        then = world.now
        new = await world.write("the wall is blue", key="wall")
        assert new["status"] == "superseded"
        assert new["supersedes"] == old["item_id"]
        assert await world.texts("wall") == ["the wall is blue"]
        assert await world.texts("wall", as_of=then) == ["the wall is red"]
        assert await world.texts("wall", as_of=then - 1) == []
        assert (await world.memory.get(old["item_id"]))["superseded_by"] == new["item_id"]

    play(scene)


def test_a_fact_that_returns_to_what_it_was_is_true_again() -> None:
    async def scene(world: World) -> None:
        red = await world.write("red", key="wall")
        blue = await world.write("blue", key="wall")
        again = await world.write("red", key="wall")
        assert again == {
            "item_id": red["item_id"],
            "status": "superseded",
            "supersedes": blue["item_id"],
        }
        assert await world.texts("red blue") == ["red"]
        assert await world.write("red", key="wall") == {
            "item_id": red["item_id"],
            "status": "deduplicated",
        }

    play(scene)


def test_a_deleted_fact_can_be_stated_again() -> None:
    async def scene(world: World) -> None:
        red = await world.write("red", key="wall")
        await world.memory.delete(red["item_id"])
        assert await world.write("red", key="wall") == {"item_id": red["item_id"], "status": "stored"}
        assert await world.texts("red") == ["red"]

    play(scene)


def test_a_fact_that_lost_against_another_is_not_found_afterwards() -> None:
    async def scene(world: World) -> None:
        await world.write("red", key="wall")
        winner, embed = world.of(SCOPE), world.vendor.embed

        async def overtaken(texts: Any) -> Embeddings:
            world.vendor.embed = embed  # type: ignore[method-assign]
            await winner.write("green", [], "wall")
            return await embed(texts)

        world.vendor.embed = overtaken  # type: ignore[method-assign]
        with pytest.raises(Conflict):
            await world.write("blue", key="wall")
        assert await world.texts("red green blue") == ["green"]

    play(scene)


def test_a_fact_deleted_while_its_successor_is_written_stays_deleted() -> None:
    async def scene(world: World) -> None:
        red = await world.write("red", key="wall")
        then, embed = world.now, world.vendor.embed

        async def deleted(texts: Any) -> Embeddings:
            await world.memory.delete(red["item_id"])
            return await embed(texts)

        world.vendor.embed = deleted  # type: ignore[method-assign]
        with pytest.raises(Conflict):
            await world.write("blue", key="wall")
        assert await world.texts("red blue") == []
        assert await world.texts("red blue", as_of=then) == []

    play(scene)


def test_two_identical_facts_written_at_once_leave_the_first_one_findable() -> None:
    async def scene(world: World) -> None:
        twin, embed = world.of(SCOPE), world.vendor.embed

        async def overtaken(texts: Any) -> Embeddings:
            world.vendor.embed = embed  # type: ignore[method-assign]
            await twin.write("red", [], "wall")
            return await embed(texts)

        world.vendor.embed = overtaken  # type: ignore[method-assign]
        with pytest.raises(Conflict):
            await world.write("red", key="wall")
        assert await world.texts("red") == ["red"]

    play(scene)


def test_tags_narrow_the_search_to_texts_that_carry_all_of_them() -> None:
    async def scene(world: World) -> None:
        await world.write("cat one", "a", "b")
        await world.write("cat two", "a")
        assert await world.texts("cat", "a", "b") == ["cat one"]
        assert len(await world.texts("cat", "a")) == 2

    play(scene)


def test_a_dead_vendor_does_not_lose_a_text_it_is_embedded_later() -> None:
    async def scene(world: World) -> None:
        written = await world.write("Hello World")
        assert written["status"] == "stored"
        assert "openai" in written["degraded"]
        assert written["job_id"] == "job_1"
        assert world.later.items == [written["item_id"]]
        kept = await world.items.get(SCOPE, written["item_id"])
        assert kept is not None
        assert kept.embedding_model == MODEL

    play(scene, dead_vendor())


def test_while_the_vendor_is_dead_a_search_compares_words_and_says_so() -> None:
    async def scene(world: World) -> None:
        await world.write("Hello World")
        found = await world.memory.search("hello", [], 10, None)
        assert [hit["text"] for hit in found["items"]] == ["Hello World"]
        assert found["items"][0]["scores"]["semantic"] is None
        assert "openai" in found["degraded"]

    play(scene, dead_vendor())


def test_once_the_vendor_answers_the_text_gets_its_real_embedding() -> None:
    async def scene(world: World) -> None:
        item_id = (await world.write("Hello"))["item_id"]
        world.vendor.error = None
        assert await world.memory.re_embed(item_id) == {
            "item_id": item_id,
            "status": "re_embedded",
            "model": "vendor-embedding",
        }
        assert world.index.items[item_id].embedding_model == "vendor-embedding"

    play(scene, dead_vendor())


@given(st.floats(min_value=1.6e9, max_value=2e9))
def test_a_text_is_true_at_the_very_instant_it_says_it_was_created(now: float) -> None:
    async def scene(world: World) -> None:
        world.now = now
        item_id = (await world.write("Hello"))["item_id"]
        created = (await world.memory.get(item_id))["created_at"]
        as_of = datetime.fromisoformat(created).timestamp()
        assert (await world.memory.search("hello", [], 10, as_of))["count"] == 1

    play(scene)


def test_writing_a_text_again_that_lacks_its_embedding_gives_it_one() -> None:
    async def scene(world: World) -> None:
        item_id = (await world.write("Hello"))["item_id"]
        world.vendor.error = None
        assert await world.write("Hello") == {"item_id": item_id, "status": "deduplicated"}
        kept = await world.items.get(SCOPE, item_id)
        assert kept is not None
        assert kept.embedding_model == world.index.items[item_id].embedding_model == "vendor-embedding"

    play(scene, dead_vendor())


def test_writing_a_text_again_accepts_the_re_embedding_that_could_not_be_accepted_before() -> None:
    async def scene(world: World) -> None:
        world.later.error = Unavailable("SendMessage is throttled")
        with pytest.raises(Unavailable):
            await world.write("Hello")
        world.later.error = None
        again = await world.write("Hello")
        assert (again["status"], again["job_id"]) == ("deduplicated", "job_1")

    play(scene, dead_vendor())


def test_while_the_vendor_stays_dead_re_embedding_fails_in_a_way_that_may_pass() -> None:
    async def scene(world: World) -> None:
        item_id = (await world.write("Hello"))["item_id"]
        with pytest.raises(VendorBusy) as caught:
            await world.memory.re_embed(item_id)
        assert caught.value.retryable

    play(scene, dead_vendor())


def test_a_text_deleted_while_it_is_embedded_again_is_not_findable_again() -> None:
    async def scene(world: World) -> None:
        item_id = (await world.write("Hello"))["item_id"]
        embed = world.vendor.embed

        async def slow(texts: Any) -> Embeddings:
            await world.memory.delete(item_id)
            return await embed(texts)

        world.vendor.embed = slow  # type: ignore[method-assign]
        assert await world.memory.re_embed(item_id) == {"item_id": item_id, "status": "deleted"}
        assert world.index.items == {}

    play(scene)


def test_a_deleted_text_is_not_embedded_again() -> None:
    async def scene(world: World) -> None:
        item_id = (await world.write("Hello"))["item_id"]
        await world.memory.delete(item_id)
        assert await world.memory.re_embed(item_id) == {"item_id": item_id, "status": "deleted"}
        assert world.index.items == {}

    play(scene)


def test_without_any_vendor_texts_are_compared_by_their_projections_and_nothing_is_owed() -> None:
    async def scene(world: World) -> None:
        written = await world.write("Hello World")
        assert "degraded" not in written
        assert world.later.items == []
        found = await world.memory.search("hello", [], 10, None)
        assert "degraded" not in found
        assert found["items"][0]["scores"]["semantic"] > 0

    play(scene, Vendor(NotConfigured("OPENAI_API_KEY is not set")))


def test_a_store_that_is_down_is_not_taken_for_a_vendor_that_is() -> None:
    async def scene(world: World) -> None:
        with pytest.raises(Unavailable):
            await world.write("Hello")

    play(scene, Vendor(Unavailable("Secrets Manager is throttled")))


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


def test_an_item_that_is_both_superseded_and_deleted_shows_as_deleted() -> None:
    async def scene(world: World) -> None:
        old = await world.write("red", key="wall")
        await world.write("blue", key="wall")
        await world.memory.delete(old["item_id"])
        assert (await world.memory.history(old["item_id"]))["status"] == "deleted"
        kept = await world.items.get(SCOPE, old["item_id"])
        assert kept is not None
        assert replace(kept, deleted_at=None).view()["status"] == "superseded"

    play(scene)
