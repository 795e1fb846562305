"""QueryVectors of S3 Vectors: by vector, by text, or by both.

Semantics from the service model of botocore 1.44.5 (`QueryVectorsInput`, `QueryVectorsOutput`): filters come
before the search; results are ranked by distance, by BM25, or, for both, by Reciprocal Rank Fusion.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from operator import mul
from typing import Any

from infra.local.moto_patches.text_search import analyze, bm25
from infra.local.moto_patches.vector_filter import FilterError, matches
from infra.local.shared import Json

RRF_K = 60
"""The constant of Reciprocal Rank Fusion (Cormack, Clarke and Büttcher, 2009)."""


def _product(a: Iterable[float], b: Iterable[float]) -> float:
    return _sumprod(a, b) if _sumprod else sum(map(mul, a, b))


_sumprod: Callable[[Iterable[float], Iterable[float]], float] | None = getattr(math, "sumprod", None)
"""Python 3.11 has none."""


class QueryError(ValueError):
    """The request is invalid; the message is the service's ValidationException."""


@dataclass
class Entry:
    """One stored vector. `terms` are its analyzed texts by metadata key."""

    key: str
    data: list[float]
    metadata: Json
    norm: float = 0.0
    terms: dict[str, Counter[str]] = field(default_factory=lambda: {})


@dataclass(frozen=True)
class Searched:
    """An index as a query sees it; `languages` has every searchable metadata key."""

    entries: Mapping[str, Entry]
    dimension: int
    metric: str
    languages: Mapping[str, str | None]
    hidden: frozenset[str]


def entry(key: str, data: list[float], metadata: Json, languages: Mapping[str, str | None]) -> Entry:
    """Prepare a vector for searching."""
    texts = {name: metadata.get(name) for name in languages}
    terms = {name: analyze(text, languages[name]) for name, text in texts.items() if isinstance(text, str)}
    return Entry(key, data, metadata, math.sqrt(_product(data, data)), terms)


def query(index: Searched, parameters: Json) -> list[Json]:
    """Return the result vectors of one QueryVectors request.

    Raises:
        QueryError: the request is invalid.
    """
    top: int = parameters["topK"]
    given: Json = parameters.get("queryVector") or {}
    vector: list[float] | None = given.get("float32")
    texts: list[Json] = parameters.get("queryTexts") or []
    _check(index, vector, texts)
    candidates = _candidates(index, parameters.get("filter"))
    distances = _nearest(index, vector, candidates, top) if vector else {}
    relevance = {text["metadataKey"]: _relevance(index, text) for text in texts}
    totals = {
        found.key: sum(scores.get(found.key, 0.0) for scores in relevance.values())
        for found in candidates
        if any(found.key in scores for scores in relevance.values())
    }
    best = heapq.nlargest(top, totals, key=lambda key: totals[key])
    ranking, fused = _rank(list(distances), best, bool(vector), bool(texts), top)
    view = _View(parameters, bool(vector), distances, relevance, fused)
    return [view.of(index.entries[key]) for key in ranking]


def _check(index: Searched, vector: list[float] | None, texts: list[Json]) -> None:
    if not vector and not texts:
        raise QueryError("A request must include queryVector, queryTexts, or both")
    if vector and len(vector) != index.dimension:
        raise QueryError(f"Query vector must have length {index.dimension}, but has length {len(vector)}")
    keys = [text["metadataKey"] for text in texts]
    if len(set(keys)) != len(keys):
        raise QueryError("Each entry of queryTexts must target a distinct metadata key")
    for key in keys:
        if key not in index.languages:
            raise QueryError(f"{key} is not a searchable metadata key of this index")


def _candidates(index: Searched, condition: Json | None) -> list[Entry]:
    if not condition:
        return list(index.entries.values())
    try:
        return [found for found in index.entries.values() if matches(condition, found.metadata, index.hidden)]
    except FilterError as error:
        raise QueryError(f"Invalid filter: {error}") from error


def _nearest(index: Searched, vector: list[float], candidates: Iterable[Entry], top: int) -> dict[str, float]:
    norm = math.sqrt(_product(vector, vector))
    if index.metric == "cosine":
        if not norm:
            raise QueryError("A zero vector has no cosine distance")
        pairs = [(1 - _product(vector, found.data) / (norm * found.norm), found.key) for found in candidates]
    else:
        pairs = [(math.dist(vector, found.data), found.key) for found in candidates]
    return {key: distance for distance, key in heapq.nsmallest(top, pairs)}


def _relevance(index: Searched, text: Json) -> dict[str, float]:
    key = text["metadataKey"]
    documents = {found.key: found.terms[key] for found in index.entries.values() if key in found.terms}
    return bm25(analyze(text["text"], index.languages[key]), documents)


def _rank(
    nearest: list[str], best: list[str], by_vector: bool, by_text: bool, top: int
) -> tuple[list[str], dict[str, float]]:
    """Return the keys in order and, for a hybrid search, their fused scores."""
    if not by_text:
        return nearest, {}
    if not by_vector:
        return best, {}
    fused: dict[str, float] = {}
    for ranking in (nearest, best):
        for place, key in enumerate(ranking, start=1):
            fused[key] = fused.get(key, 0.0) + 1 / (RRF_K + place)
    return heapq.nlargest(top, fused, key=lambda key: fused[key]), fused


@dataclass(frozen=True)
class _View:
    """How a result is written: only what the request asked for."""

    parameters: Json
    by_vector: bool
    distances: dict[str, float]
    relevance: dict[str, dict[str, float]]
    fused: dict[str, float]

    def of(self, found: Entry) -> Json:
        """Return one result."""
        result: dict[str, Any] = {"key": found.key}
        if self.parameters.get("returnDistance") and found.key in self.distances:
            result["distance"] = self.distances[found.key]
        if self.parameters.get("returnMetadata"):
            result["metadata"] = found.metadata
        if self.parameters.get("returnScores") and self.relevance:
            result["scores"] = self._scores(found.key)
        return result

    def _scores(self, key: str) -> Json:
        scores: Json = {
            "bm25Scores": [
                {"metadataKey": name, "score": found[key]}
                for name, found in self.relevance.items()
                if key in found
            ]
        }
        if self.by_vector:
            scores["fused"] = self.fused[key]
            if key in self.distances:
                scores["vectorDistance"] = self.distances[key]
        return scores
