"""The two memory stores that must behave alike, and items to put into them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from orchestrator.aws.memory import DynamoMemory
from orchestrator.memory.models import FOREVER, Event, Item
from orchestrator.memory.ports import MemoryStore
from tests.fakes.memory import MemoryItems
from tests.fakes.stack import stack

NOW = 1_795_174_154.123_456_7
SCOPE = "acme#user#7"
KINDS = ("table", "dict")


@contextmanager
def memory_store(kind: str) -> Iterator[MemoryStore]:
    """The table on moto, or the dict."""
    if kind == "dict":
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
