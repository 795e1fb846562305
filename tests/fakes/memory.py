"""Memory's ports in dicts; the contract tests hold them to the rules of the table and of the index."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from orchestrator.errors import Conflict, VendorBusy
from orchestrator.llm.hashing import HashingEmbedder
from orchestrator.llm.ports import Embeddings
from orchestrator.memory.models import FOREVER, MAX_HISTORY, Event, Found, Item
from orchestrator.memory.ports import Written


class MemoryItems:
    """`MemoryStore` in a dict."""

    def __init__(self) -> None:
        self.items: dict[tuple[str, str], Item] = {}
        self.facts: dict[tuple[str, str], str] = {}
        self._moments: dict[str, list[tuple[str, float]]] = {}

    async def put(self, item: Item, *, replaces: Item | None = None) -> Written:
        there = await self.get(item.scope, item.item_id)
        current = there is not None and there.is_current
        if item.key:
            self._check_fact(item, replaces, current)
            self.facts[item.scope, item.key] = item.item_id
        elif current:
            return "deduplicated"
        self._keep(replace(item, history=(*(there.history if there else ()), *item.history)))
        self._moments.setdefault(item.scope, []).append(("change", item.created_at))
        if replaces:
            self._supersede(replaces, item)
        return "stored"

    async def get(self, scope: str, item_id: str) -> Item | None:
        return self.items.get((scope, item_id))

    async def current(self, scope: str, key: str) -> Item | None:
        item_id = self.facts.get((scope, key))
        return self.items[scope, item_id] if item_id else None

    async def mark_deleted(self, item: Item, at: float) -> None:
        if item.key and item.is_current:
            if self.facts.get((item.scope, item.key)) != item.item_id:
                raise _taken(item.key)
            del self.facts[item.scope, item.key]
        now = self.items[item.scope, item.item_id]
        event = Event("deleted", at)
        self._keep(replace(now, text="", tags=(), embedding=(), deleted_at=at, history=(*now.history, event)))
        self._removed(item.scope, at)

    async def re_embed(self, item: Item, embedding: Sequence[float], model: str, at: float) -> bool:
        now = self.items.get((item.scope, item.item_id))
        if now is None or not now.is_current:
            return False
        history = (*now.history, Event("re_embedded", at, model))
        self._keep(replace(now, embedding=tuple(embedding), embedding_model=model, history=history))
        self._moments[item.scope].append(("change", at))
        return True

    async def changed_since(self, scope: str, kind: Literal["change", "removal"], moment: float) -> bool:
        return any(was == kind and at >= moment for was, at in self._moments.get(scope, ()))

    def _check_fact(self, item: Item, replaces: Item | None, current: bool) -> None:
        holder = self.facts.get((item.scope, item.key or ""))
        old = self.items.get((replaces.scope, replaces.item_id)) if replaces else None
        lost = replaces is not None and (old is None or not old.is_current)
        if current or lost or holder != (replaces.item_id if replaces else None):
            raise _taken(item.key or "")

    def _supersede(self, old: Item, new: Item) -> None:
        now = self.items[old.scope, old.item_id]
        event = Event("superseded", new.created_at, f"by {new.item_id}")
        self._keep(
            replace(now, superseded_by=new.item_id, valid_to=new.created_at, history=(*now.history, event))
        )
        self._removed(old.scope, new.created_at)

    def _removed(self, scope: str, at: float) -> None:
        self._moments.setdefault(scope, []).extend([("change", at), ("removal", at)])

    def _keep(self, item: Item) -> None:
        self.items[item.scope, item.item_id] = replace(item, history=item.history[-MAX_HISTORY:])


def _taken(key: str) -> Conflict:
    return Conflict(f"The fact '{key}' is being changed by another request", retry_after=1)


class MemoryIndex:
    """`VectorIndex` in a dict: cosine for the meaning, shared words for the rest."""

    def __init__(self) -> None:
        self.items: dict[str, Item] = {}

    async def put(self, items: Sequence[Item]) -> None:
        self.items.update({item.item_id: item for item in items})

    async def remove(self, item_ids: Sequence[str]) -> None:
        for item_id in item_ids:
            self.items.pop(item_id, None)

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
        known = (i for i in self.items.values() if i.scope == scope and set(tags) <= set(i.tags))
        found = [_found(i, text, vector) for i in known if _is_true(i, as_of)]
        hits = [hit for hit in found if vector is not None or hit.keyword]
        return sorted(hits, key=lambda hit: -hit.score)[:limit]


def _is_true(item: Item, as_of: float | None) -> bool:
    return item.valid_to >= FOREVER if as_of is None else item.valid_from <= as_of < item.valid_to


def _found(item: Item, text: str, vector: Sequence[float] | None) -> Found:
    words = Counter(text.lower().split()) & Counter(item.text.lower().split())
    keyword = float(words.total()) or None
    semantic = None if vector is None else sum(a * b for a, b in zip(vector, item.embedding, strict=True))
    score = (semantic or 0) + (keyword or 0)
    return Found(item.item_id, item.text, item.tags, item.created_at, item.valid_to, score, semantic, keyword)


@dataclass
class Vendor:
    """An `Embedder` that can die: while `error` is set, it is raised. `asked` holds the texts."""

    error: Exception | None = None
    asked: list[str] = field(default_factory=list)
    model: str = "vendor-embedding"

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        if self.error:
            raise self.error
        self.asked += texts
        made = await HashingEmbedder().embed(texts)
        return Embeddings(made.vectors, self.model)


def dead_vendor() -> Vendor:
    return Vendor(VendorBusy("openai", "does not answer"))


@dataclass
class Later:
    """`ReEmbedding` that remembers whom it was given."""

    items: list[str] = field(default_factory=list)
    error: Exception | None = None

    async def later(self, item: Item) -> str:
        if self.error:
            raise self.error
        self.items.append(item.item_id)
        return f"job_{len(self.items)}"
