"""What happens to texts and searches without the vendor, and once it answers again."""

from typing import Any

import pytest

from orchestrator.errors import NotConfigured, Unavailable, VendorBusy
from orchestrator.llm.hashing import MODEL
from orchestrator.llm.ports import Embeddings
from tests.fakes.memory import Vendor, dead_vendor
from tests.unit.memory.world import SCOPE, World, play


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
