"""Named facts: what supersedes what, and who wins when two write at once."""

from dataclasses import replace
from typing import Any

import pytest

from orchestrator.errors import Conflict
from orchestrator.llm.ports import Embeddings
from tests.unit.memory.world import SCOPE, World, play


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
