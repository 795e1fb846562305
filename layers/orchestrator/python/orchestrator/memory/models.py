"""A remembered text and what happens to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

FOREVER = 4102444800.0
"""1 January 2100: the end of validity of what is not superseded (S3 Vectors filters compare numbers)."""

MAX_HISTORY = 100
"""Events of an item that are kept, the newest: its history must not fill the 400 KB of a DynamoDB item."""

EventKind = Literal["stored", "superseded", "deleted", "re_embedded"]


@dataclass(frozen=True, slots=True)
class Event:
    """One entry of an item's history; `at` in Unix seconds."""

    kind: EventKind
    at: float
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """A remembered text. `scope` is `<tenant>#<user>`; times are Unix seconds."""

    scope: str
    item_id: str
    text: str
    tags: tuple[str, ...]
    created_at: float
    valid_from: float
    valid_to: float
    embedding: tuple[float, ...]
    embedding_model: str
    key: str | None = None
    superseded_by: str | None = None
    deleted_at: float | None = None
    history: tuple[Event, ...] = ()

    @property
    def is_current(self) -> bool:
        """Whether the text is still true and there."""
        return self.deleted_at is None and self.superseded_by is None

    def view(self) -> dict[str, Any]:
        """Return the item as a tool's result shows it."""
        return {
            "item_id": self.item_id,
            "text": self.text,
            "tags": list(self.tags),
            "key": self.key,
            "created_at": rfc3339(self.created_at),
            "superseded_by": self.superseded_by,
            "status": "deleted" if self.deleted_at else ("superseded" if self.superseded_by else "stored"),
        }


@dataclass(frozen=True, slots=True)
class Found:
    """A search hit. `score` orders the hits; `semantic` is cosine similarity, `keyword` BM25."""

    item_id: str
    text: str
    tags: tuple[str, ...]
    created_at: float
    valid_to: float
    score: float
    semantic: float | None
    keyword: float | None

    def view(self) -> dict[str, Any]:
        """Return the hit as a tool's result shows it."""
        return {
            "item_id": self.item_id,
            "text": self.text,
            "tags": list(self.tags),
            "created_at": rfc3339(self.created_at),
            "score": self.score,
            "scores": {"semantic": self.semantic, "keyword": self.keyword},
        }


def item_id_of(scope: str, text: str, tags: Sequence[str], key: str | None) -> str:
    """Return the id that this exact content has in this scope: writing it twice is writing it once."""
    content = json.dumps([scope, text, sorted(tags), key], ensure_ascii=False)
    return "mem_" + hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def rfc3339(moment: float) -> str:
    """Return Unix seconds as an RFC 3339 instant in UTC."""
    return datetime.fromtimestamp(moment, UTC).isoformat()


def event_view(event: Event) -> Mapping[str, Any]:
    """Return an entry of the history as a tool's result shows it."""
    return {"event": event.kind, "at": rfc3339(event.at), "detail": event.detail}
