"""Memory refuses by name what the vector index would refuse: nothing that gets past it is refused there."""

import asyncio
import bisect
from collections.abc import Callable, Iterator

import pytest

from orchestrator.aws.vectors import S3Vectors
from orchestrator.errors import InvalidInput
from orchestrator.llm.hashing import HashingEmbedder
from orchestrator.memory.service import Backends, Memory
from tests.fakes.memory import Later, MemoryItems, Vendor
from tests.fakes.stack import stack

TENANT = "t" * 63
ALPHABET = ["x", "é", "漢", "😀", '"', "\n", "\x01"]
"""Characters of one to four bytes in UTF-8, and such as JSON escapes with two and with six."""


@pytest.fixture(scope="module")
def index() -> Iterator[S3Vectors]:
    with stack() as made:
        yield S3Vectors(made.environment["VECTORS_MEMORY"])


def memory(index: S3Vectors, user_id: str) -> Memory:
    backends = Backends(MemoryItems(), index, Vendor(), HashingEmbedder(), lambda: 1_795_174_154.123_456)
    return Memory(backends, f"{TENANT}#{user_id}", Later())


def taken(memory: Memory, text: str, tags: list[str]) -> bool:
    """Whether memory takes the text; what the index refuses is an error of another kind."""
    try:
        asyncio.run(memory.write(text, tags, None))
    except InvalidInput:
        return False
    return True


def most_that(fits: Callable[[int], bool], too_many: int) -> int:
    """Return the largest number that fits; every one tried on the way is put into the index."""
    return bisect.bisect_left(range(too_many), True, key=lambda n: not fits(n)) - 1


@pytest.mark.parametrize("character", ALPHABET)
@pytest.mark.parametrize("length", [1, 2, 64])
def test_all_tags_that_memory_takes_fit_the_index_beside_the_longest_scope(
    index: S3Vectors, character: str, length: int
) -> None:
    longest = memory(index, "\x01" * 128)
    tags = [f"{n}".ljust(length, character) for n in range(300)]
    most = most_that(lambda n: taken(longest, "text", tags[:n]), 300)
    assert most > 0


@pytest.mark.parametrize("character", ALPHABET)
def test_the_longest_text_that_memory_takes_fits_the_index(index: S3Vectors, character: str) -> None:
    longest = memory(index, "\x01" * 128)
    most = most_that(lambda n: taken(longest, "a" + character * n, []), 40_000)
    assert most >= 32_000 // 6 - 1
