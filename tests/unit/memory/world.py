"""One user's memory on fakes, as the tests of memory play with it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from orchestrator.llm.hashing import HashingEmbedder
from orchestrator.memory.service import Backends, Memory
from tests.fakes.memory import Later, MemoryIndex, MemoryItems, Vendor

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
