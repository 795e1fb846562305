"""What memory needs from outside."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from orchestrator.memory.models import Found, Item

Written = Literal["stored", "deduplicated"]


class MemoryStore(Protocol):
    """Where items live; the truth about them."""

    async def put(self, item: Item, *, replaces: Item | None = None) -> Written:
        """Write `item` unless it is there and current; mark `replaces` as superseded by it in the same step.

        An item that was deleted or superseded comes back to life; its history goes on.

        Raises:
            Conflict: `replaces` has been superseded by somebody else meanwhile.
        """
        ...

    async def get(self, scope: str, item_id: str) -> Item | None:
        """Return the item, deleted or superseded ones included."""
        ...

    async def current(self, scope: str, key: str) -> Item | None:
        """Return the item that now holds the fact named `key`."""
        ...

    async def mark_deleted(self, item: Item, at: float) -> None:
        """Record that the item was deleted, erase its text, and unset the fact it holds.

        Raises:
            Conflict: the fact has been given to another item meanwhile.
        """
        ...

    async def re_embed(self, item: Item, embedding: Sequence[float], model: str, at: float) -> bool:
        """Replace the item's embedding; false when it is no longer current."""
        ...

    async def changed_since(self, scope: str, kind: Literal["change", "removal"], moment: float) -> bool:
        """Whether the scope saw a change (or a removal) at or after `moment`."""
        ...


class VectorIndex(Protocol):
    """Where items are found. Writing under an id replaces what was there."""

    async def put(self, items: Sequence[Item]) -> None:
        """Make the items findable as they stand."""
        ...

    async def remove(self, item_ids: Sequence[str]) -> None:
        """Make the items unfindable."""
        ...

    async def search(
        self,
        scope: str,
        text: str,
        vector: Sequence[float] | None,
        *,
        tags: Sequence[str],
        limit: int,
        as_of: float | None,
    ) -> list[Found]:
        """Return what is true (or was, at `as_of`) and carries all `tags`, best first.

        Without `vector` it compares words only.
        """
        ...


class ReEmbedding(Protocol):
    """Who gives an item its real embedding once the vendor answers again."""

    async def later(self, item: Item) -> str:
        """Accept the work; return the id of its job."""
        ...
