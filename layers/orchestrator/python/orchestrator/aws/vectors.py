"""Memory items in an S3 Vectors index: filtered by scope, found by vector and by word in one query.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-hybrid-search.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from orchestrator.aws.clients import call, s3vectors
from orchestrator.memory.models import FOREVER, Found, Item

_LONGEST_QUERY = 1024
"""Characters of one full-text query."""


class S3Vectors:
    """`VectorIndex` on the index with the ARN `index`. The item's id is the vector's key."""

    def __init__(self, index: str) -> None:
        """Use the index with the ARN `index`."""
        self._index = index

    async def put(self, items: Sequence[Item]) -> None:
        """Put up to 500 vectors in one call."""
        vectors: list[Any] = [
            {"key": item.item_id, "data": {"float32": list(item.embedding)}, "metadata": _metadata(item)}
            for item in items
        ]
        await call(s3vectors().put_vectors, indexArn=self._index, vectors=vectors)

    async def remove(self, item_ids: Sequence[str]) -> None:
        """Delete the vectors; unknown keys are no error."""
        await call(s3vectors().delete_vectors, indexArn=self._index, keys=list(item_ids))

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
        """Fuse the ranking by vector with the ranking by BM25; scores of both come along."""
        query: dict[str, Any] = {
            "indexArn": self._index,
            "topK": limit,
            "filter": _filter(scope, tags, as_of),
            "queryTexts": [{"text": text[:_LONGEST_QUERY], "metadataKey": "text"}],
            "returnMetadata": True,
            "returnScores": True,
        }
        if vector is not None:
            query["queryVector"] = {"float32": list(vector)}
        reply = await call(s3vectors().query_vectors, **query)
        return [_found(hit) for hit in reply["vectors"]]


def _metadata(item: Item) -> dict[str, Any]:
    metadata: dict[str, Any] = {
        "scope": item.scope,
        "text": item.text,
        "created_at": item.created_at,
        "valid_from": item.valid_from,
        "valid_to": item.valid_to,
    }
    # An empty list is no valid metadata value.
    return {**metadata, "tags": list(item.tags)} if item.tags else metadata


def _filter(scope: str, tags: Sequence[str], as_of: float | None) -> dict[str, Any]:
    conditions: list[dict[str, Any]] = [{"scope": {"$eq": scope}}]
    if as_of is None:
        conditions.append({"valid_to": {"$gte": FOREVER}})
    else:
        conditions += [{"valid_from": {"$lte": as_of}}, {"valid_to": {"$gt": as_of}}]
    # `$eq` on a list asks whether one of its values is equal, so every tag is a condition of its own.
    return {"$and": [*conditions, *({"tags": {"$eq": tag}} for tag in tags)]}


def _found(hit: Mapping[str, Any]) -> Found:
    metadata, scores = hit["metadata"], hit.get("scores", {})
    distance = scores.get("vectorDistance")
    keyword = sum(entry["score"] for entry in scores["bm25Scores"]) if scores.get("bm25Scores") else None
    return Found(
        item_id=hit["key"],
        text=metadata["text"],
        tags=tuple(metadata.get("tags", ())),
        created_at=metadata["created_at"],
        valid_to=metadata["valid_to"],
        score=scores.get("fused", keyword or 0.0),
        semantic=None if distance is None else 1 - distance,
        keyword=keyword,
    )
