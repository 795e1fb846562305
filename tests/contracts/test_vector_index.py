"""What every vector index promises: S3 Vectors on moto and the dict alike."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.aws.vectors import S3Vectors
from orchestrator.llm.hashing import project
from orchestrator.memory.models import FOREVER, Item
from orchestrator.memory.ports import VectorIndex
from tests.fakes.memory import MemoryIndex
from tests.fakes.stack import stack

NOW = 1_795_174_154.123
SCOPE = "acme#user#7"


@pytest.fixture(params=["S3 Vectors", "dict"])
def index(request: pytest.FixtureRequest) -> Iterator[VectorIndex]:
    if request.param == "dict":
        yield MemoryIndex()
        return
    with stack() as made:
        yield S3Vectors(made.environment["VECTORS_MEMORY"])


def item(name: str, text: str, tags: Sequence[str] = (), **changes: Any) -> Item:
    fields: dict[str, Any] = {
        "scope": SCOPE,
        "item_id": f"mem_{name}",
        "text": text,
        "tags": tuple(tags),
        "created_at": NOW,
        "valid_from": NOW,
        "valid_to": FOREVER,
        "embedding": tuple(project(text)),
        "embedding_model": "m",
    }
    return Item(**fields | changes)


async def ids(index: VectorIndex, text: str, *, words_only: bool = False, **narrow: Any) -> list[str]:
    vector = None if words_only else project(text)
    wanted: dict[str, Any] = {"scope": SCOPE, "tags": [], "limit": 10, "as_of": None, **narrow}
    scope = wanted.pop("scope")
    return [hit.item_id for hit in await index.search(scope, text, vector, **wanted)]


def run(work: Any) -> None:
    asyncio.run(work)


def test_the_nearest_text_comes_first_with_the_score_of_each_signal(index: VectorIndex) -> None:
    async def go() -> None:
        await index.put([item("a", "the cat sleeps", ["pets"]), item("b", "taxes are due in May")])
        first, second = await index.search(
            SCOPE, "sleeping cat", project("sleeping cat"), tags=[], limit=10, as_of=None
        )
        assert (first.item_id, first.text, first.tags) == ("mem_a", "the cat sleeps", ("pets",))
        assert first.created_at == NOW
        assert first.semantic is not None
        assert second.semantic is not None
        assert -1 <= second.semantic < first.semantic <= 1.000_001
        assert first.keyword is not None
        assert second.keyword is None
        assert first.score > second.score

    run(go())


def test_without_a_vector_only_words_count(index: VectorIndex) -> None:
    async def go() -> None:
        await index.put([item("a", "the cat sleeps"), item("b", "taxes are due in May")])
        assert await ids(index, "cat", words_only=True) == ["mem_a"]
        assert await ids(index, "dog", words_only=True) == []

    run(go())


def test_an_empty_index_finds_nothing(index: VectorIndex) -> None:
    async def go() -> None:
        assert await ids(index, "cat") == []
        assert await ids(index, "cat", words_only=True) == []

    run(go())


def test_a_scope_finds_only_what_is_its_own(index: VectorIndex) -> None:
    async def go() -> None:
        await index.put([item("a", "cat"), item("b", "cat", scope="acme#user")])
        assert await ids(index, "cat") == ["mem_a"]
        assert await ids(index, "cat", scope="acme#user") == ["mem_b"]

    run(go())


def test_every_tag_that_is_asked_for_must_be_there(index: VectorIndex) -> None:
    async def go() -> None:
        await index.put([item("a", "cat", ["x", "y"]), item("b", "cat", ["x"]), item("c", "cat")])
        assert set(await ids(index, "cat", tags=["x"])) == {"mem_a", "mem_b"}
        assert await ids(index, "cat", tags=["x", "y"]) == ["mem_a"]
        assert await ids(index, "cat", tags=["z"]) == []

    run(go())


def test_what_is_superseded_is_found_only_in_its_time(index: VectorIndex) -> None:
    async def go() -> None:
        await index.put([item("a", "cat", valid_to=NOW + 10), item("b", "cat", valid_from=NOW + 10)])
        assert await ids(index, "cat") == ["mem_b"]
        assert await ids(index, "cat", as_of=NOW) == ["mem_a"]
        assert await ids(index, "cat", as_of=NOW + 9.999) == ["mem_a"]
        assert await ids(index, "cat", as_of=NOW + 10) == ["mem_b"]
        assert await ids(index, "cat", as_of=NOW - 1) == []

    run(go())


def test_no_more_than_the_limit_are_found(index: VectorIndex) -> None:
    async def go() -> None:
        await index.put([item(str(n), f"cat {n}") for n in range(5)])
        assert len(await ids(index, "cat", limit=3)) == 3

    run(go())


def test_writing_under_an_id_replaces_what_was_there(index: VectorIndex) -> None:
    async def go() -> None:
        await index.put([item("a", "cat", ["x"])])
        await index.put([replace(item("a", "cat"), valid_to=NOW + 1)])
        assert await ids(index, "cat") == []
        assert await ids(index, "cat", as_of=NOW, tags=["x"]) == []

    run(go())


def test_what_is_removed_is_not_found_and_removing_it_again_harms_nobody(index: VectorIndex) -> None:
    async def go() -> None:
        await index.put([item("a", "cat")])
        await index.remove(["mem_a"])
        await index.remove(["mem_a", "mem_never"])
        assert await ids(index, "cat") == []

    run(go())


def test_the_longest_text_with_the_most_tags_fits(index: VectorIndex) -> None:
    async def go() -> None:
        big = item(
            "a",
            "☃ " * 8_000,
            ["t" * 50 + str(n).zfill(2) for n in range(19)],
            scope="a" * 63 + "#" + "ü" * 128,
        )
        await index.put([big])
        assert await ids(index, "☃", scope=big.scope) == ["mem_a"]

    run(go())
