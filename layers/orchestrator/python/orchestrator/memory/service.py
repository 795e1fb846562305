"""Write, search, get, delete, history: the memory of one user of one tenant."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from orchestrator.errors import Conflict, InvalidInput, NotConfigured, NotFound, VendorError
from orchestrator.llm.ports import Embedder
from orchestrator.memory.models import FOREVER, Event, Item, event_view, item_id_of
from orchestrator.memory.ports import MemoryStore, ReEmbedding, VectorIndex

logger = logging.getLogger(__name__)

MAX_TEXT_BYTES = 32_000
"""As JSON, escapes included: S3 Vectors holds 40 KB of metadata a vector, and the text is part of it."""
MAX_EMBEDDED = 6_000
"""Characters of a text that are embedded: models read about 8,000 tokens. By word, all of it is found."""
MAX_TAGS_BYTES = 1_000
"""As a JSON list, of the 2 KB of filterable metadata: a scope may take 834 bytes, names and times 120."""


@dataclass(frozen=True, slots=True)
class Backends:
    """What the memory of every user works on. `fallback` embeds when `embedder` cannot."""

    store: MemoryStore
    index: VectorIndex
    embedder: Embedder
    fallback: Embedder
    clock: Callable[[], float] = time.time


class Memory:
    """The memory of one scope (`<tenant>#<user>`)."""

    def __init__(self, backends: Backends, scope: str, re_embedding: ReEmbedding) -> None:
        """Work in `scope`."""
        self._on = backends
        self._scope = scope
        self._re_embedding = re_embedding

    async def write(self, text: str, tags: Sequence[str], key: str | None) -> dict[str, Any]:
        """Remember `text`; with `key`, in place of what the key's fact was so far.

        Returns:
            `{"item_id", "status": "stored" | "deduplicated" | "superseded"}`, with `supersedes` (the old id)
            after a change of a fact, and `degraded`, `job_id` when the embedding has to follow.

        Raises:
            InvalidInput: the text or the tags are too large.
            Conflict: the same fact is being changed by somebody else.
        """
        tags = tuple(dict.fromkeys(tags))
        _check_sizes(text, tags)
        item_id = item_id_of(self._scope, text, tags, key)
        old = await self._on.store.current(self._scope, key) if key else None
        if old and old.item_id == item_id:
            return {"item_id": item_id, "status": "deduplicated"}
        vector, model, degraded = await self._embed(text)
        # To the microsecond, which is what the outside sees of it and can ask about with `as_of`.
        now = round(self._on.clock(), 6)
        item = Item(
            self._scope, item_id, text, tags, now, now, FOREVER, vector, model, key,
            history=(Event("stored", now, f"supersedes {old.item_id}" if old else ""),),
        )  # fmt: skip
        # The index first: a crash in between leaves a findable text whose write is repeated, not a lost one.
        ended = [replace(old, valid_to=now)] if old else []
        await self._on.index.put([item, *ended])
        try:
            written = await self._on.store.put(item, replaces=old)
        except Conflict:
            await self._mend_index([entry.item_id for entry in (item, *ended)])
            raise
        if written == "deduplicated":
            # It was there already. Rare enough to be mended afterwards instead of asked about before.
            return await self._met_itself(item, degraded)
        result: dict[str, Any] = {"item_id": item_id, "status": written}
        if old:
            result |= {"status": "superseded", "supersedes": old.item_id}
        if degraded:
            result |= {"degraded": degraded, "job_id": await self._re_embedding.later(item)}
        return result

    async def search(
        self, query: str, tags: Sequence[str], limit: int, as_of: float | None
    ) -> dict[str, Any]:
        """Find texts by meaning and by word; `as_of` (Unix seconds) asks what was true then.

        Returns:
            `{"items": [...], "count"}`, best first; `degraded` says so when only words could be compared.
        """
        _check_not_blank("query", query, "Give some words to look for.")
        vector: Sequence[float] | None
        vector, _, degraded = await self._embed(query)
        if degraded:
            # Vectors of two models cannot be compared, and most of the index is the vendor's.
            vector = None
        found = await self._on.index.search(self._scope, query, vector, tags=tags, limit=limit, as_of=as_of)
        result: dict[str, Any] = {"items": [hit.view() for hit in found], "count": len(found)}
        if degraded:
            result["degraded"] = degraded
        return result

    async def get(self, item_id: str) -> dict[str, Any]:
        """Return one item, superseded ones included.

        Raises:
            NotFound: there is none in this scope, or it was deleted.
        """
        item = await self._existing(item_id)
        if item.deleted_at:
            raise NotFound(f"Memory '{item_id}' was deleted", hint="memory.history still tells when.")
        return item.view()

    async def delete(self, item_id: str) -> dict[str, Any]:
        """Delete one item: its text is erased, its history stays.

        Raises:
            NotFound: there is none in this scope.
            Conflict: the fact it holds is being changed by somebody else.
        """
        item = await self._existing(item_id)
        # The index first: after a crash in between the text is not found, and deleting it can be repeated.
        await self._on.index.remove([item_id])
        if not item.deleted_at:
            try:
                await self._on.store.mark_deleted(item, self._on.clock())
            except Conflict:
                await self._mend_index([item_id])
                raise
        return {"item_id": item_id, "status": "deleted"}

    async def history(self, item_id: str) -> dict[str, Any]:
        """Return what happened to one item, oldest first.

        Raises:
            NotFound: there is none in this scope.
        """
        item = await self._existing(item_id)
        return {**item.view(), "history": [event_view(event) for event in item.history]}

    async def re_embed(self, item_id: str) -> dict[str, Any]:
        """Give an item that was stored without the vendor its real embedding.

        Raises:
            NotFound: there is none in this scope.
            VendorError: the vendor does not answer yet.
        """
        item = await self._existing(item_id)
        if not item.is_current:
            return {"item_id": item_id, "status": item.view()["status"]}
        embedded = await self._on.embedder.embed([item.text[:MAX_EMBEDDED]])
        vector = tuple(embedded.vectors[0])
        if not await self._replace_embedding(item, vector, embedded.model):
            return {"item_id": item_id, "status": (await self._existing(item_id)).view()["status"]}
        return {"item_id": item_id, "status": "re_embedded", "model": embedded.model}

    async def _met_itself(self, item: Item, degraded: str) -> dict[str, Any]:
        """Leave a text that was there already as it was; if it lacks its real embedding, see to that."""
        result: dict[str, Any] = {"item_id": item.item_id, "status": "deduplicated"}
        there = await self._existing(item.item_id)
        same_model = there.embedding_model == item.embedding_model
        if same_model or degraded:
            await self._mend_index([item.item_id])
        else:
            await self._replace_embedding(there, item.embedding, item.embedding_model)
        if same_model and degraded:
            result |= {"degraded": degraded, "job_id": await self._re_embedding.later(there)}
        return result

    async def _replace_embedding(self, item: Item, vector: tuple[float, ...], model: str) -> bool:
        await self._on.index.put([replace(item, embedding=vector, embedding_model=model)])
        if await self._on.store.re_embed(item, vector, model, self._on.clock()):
            return True
        # It ended meanwhile: the index must not say that it is still true.
        await self._mend_index([item.item_id])
        return False

    async def _mend_index(self, item_ids: Sequence[str]) -> None:
        """Make the index say what the store says, after a change that lost against another one."""
        for item_id in item_ids:
            item = await self._on.store.get(self._scope, item_id)
            if item is None or item.deleted_at:
                await self._on.index.remove([item_id])
            else:
                await self._on.index.put([item])

    async def _existing(self, item_id: str) -> Item:
        item = await self._on.store.get(self._scope, item_id)
        if item is None:
            raise NotFound(
                f"Memory '{item_id}' not found", hint="Ids come from memory.write and memory.search."
            )
        return item

    async def _embed(self, text: str) -> tuple[tuple[float, ...], str, str]:
        """Return the vector, its model, and why it is only a stand-in (empty when it is not)."""
        degraded = ""
        try:
            embedded = await self._on.embedder.embed([text[:MAX_EMBEDDED]])
        except NotConfigured:
            # Without any vendor every vector is a hash projection, and they compare well among themselves.
            embedded = await self._on.fallback.embed([text])
        except VendorError as error:
            logger.warning("embedding by hash projection instead: %s", error)
            degraded = f"no embedding from {error.vendor}: found by words until it answers"
            embedded = await self._on.fallback.embed([text])
        return tuple(embedded.vectors[0]), embedded.model, degraded


def _check_not_blank(name: str, value: str, hint: str) -> None:
    if not value.strip():
        raise InvalidInput(f"inputs.{name}: is empty", field=f"inputs.{name}", hint=hint)


def _check_sizes(text: str, tags: Sequence[str]) -> None:
    _check_not_blank("text", text, "Give the text to remember.")
    if (size := _json_bytes(text) - len('""')) > MAX_TEXT_BYTES:
        raise InvalidInput(
            f"inputs.text: {size} bytes of JSON is over the limit of {MAX_TEXT_BYTES}",
            field="inputs.text",
            hint="Split the text and write its parts.",
        )
    if (size := _json_bytes(tags)) > MAX_TAGS_BYTES:
        raise InvalidInput(
            f"inputs.tags: {size} bytes of JSON is over the limit of {MAX_TAGS_BYTES}",
            field="inputs.tags",
            hint="Use fewer or shorter tags.",
        )


def _json_bytes(value: object) -> int:
    """Return the size in which the index counts its metadata."""
    return len(json.dumps(value, ensure_ascii=False).encode())
