"""Searching vectors and texts."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.moto_patches.text_search import analyze, bm25
from infra.local.moto_patches.vector_filter import FilterError, matches
from infra.local.moto_patches.vector_query import QueryError, Searched, entry, query

LANGUAGES = {"text": "en"}
NOTES = {
    "fox": ([1.0, 0.0], "The quick brown fox"),
    "foxes": ([0.9, 0.1], "foxes and foxes and a fox"),
    "dog": ([0.0, 1.0], "A lazy dog"),
}


def index(metric: str = "cosine", **metadata: dict[str, Any]) -> Searched:
    entries = {
        key: entry(key, vector, {"text": text, **metadata.get(key, {})}, LANGUAGES)
        for key, (vector, text) in NOTES.items()
    }
    return Searched(entries, 2, metric, LANGUAGES, frozenset({"text"}))


def keys(found: list[dict[str, Any]]) -> list[str]:
    return [one["key"] for one in found]


def words(text: str) -> dict[str, str]:
    return {"metadataKey": "text", "text": text}


def test_a_vector_search_ranks_by_distance_and_returns_only_what_is_asked() -> None:
    assert query(index(), {"topK": 2, "queryVector": {"float32": [1.0, 0.0]}}) == [
        {"key": "fox"},
        {"key": "foxes"},
    ]
    parameters = {
        "topK": 3,
        "queryVector": {"float32": [1.0, 0.0]},
        "returnDistance": True,
        "returnScores": True,
    }
    found = query(index(), parameters)
    assert [one["distance"] for one in found] == pytest.approx([0.0, 1 - 0.9 / math.hypot(0.9, 0.1), 1.0])
    assert all("scores" not in one for one in found)
    assert query(index("euclidean"), parameters)[2]["distance"] == pytest.approx(math.sqrt(2))


def test_a_text_search_ranks_by_bm25_and_knows_plurals() -> None:
    found = query(index(), {"topK": 5, "queryTexts": [words("fox")], "returnScores": True})
    assert keys(found) == ["foxes", "fox"]
    scores = [one["scores"]["bm25Scores"][0]["score"] for one in found]
    assert scores[0] > scores[1] > 0
    assert set(found[0]["scores"]) == {"bm25Scores"}
    assert query(index(), {"topK": 5, "queryTexts": [words("the and a")]}) == []


def test_a_hybrid_search_fuses_both_rankings() -> None:
    parameters = {
        "topK": 2,
        "queryVector": {"float32": [0.0, 1.0]},
        "queryTexts": [words("fox")],
        "returnScores": True,
    }
    found = {one["key"]: one["scores"] for one in query(index(), parameters)}
    # `foxes` is second by distance and first by words, `dog` is first by distance only.
    assert keys(query(index(), parameters)) == ["foxes", "dog"]
    assert found["foxes"]["fused"] == pytest.approx(1 / 62 + 1 / 61)
    assert found["dog"]["fused"] == pytest.approx(1 / 61)
    assert found["dog"]["bm25Scores"] == []
    assert found["dog"]["vectorDistance"] == pytest.approx(0)


def test_a_filter_comes_before_the_ranking() -> None:
    searched = index(fox={"year": 2020}, foxes={"year": 2022}, dog={"year": 2024})
    parameters = {"topK": 1, "queryVector": {"float32": [1.0, 0.0]}, "filter": {"year": {"$gt": 2021}}}
    assert keys(query(searched, parameters)) == ["foxes"]
    text = {"topK": 5, "queryTexts": [words("fox")], "filter": {"year": {"$lte": 2020}}}
    assert keys(query(searched, text)) == ["fox"]


@pytest.mark.parametrize(
    "parameters",
    [
        {"topK": 1},
        {"topK": 1, "queryVector": {"float32": [1.0]}},
        {"topK": 1, "queryVector": {"float32": [0.0, 0.0]}},
        {"topK": 1, "queryTexts": [{"metadataKey": "title", "text": "x"}]},
        {"topK": 1, "queryTexts": [words("a"), words("b")]},
        {"topK": 1, "queryVector": {"float32": [1.0, 0.0]}, "filter": {"text": "x"}},
        {"topK": 1, "queryVector": {"float32": [1.0, 0.0]}, "filter": {"a": {"$like": "x"}}},
    ],
)
def test_an_invalid_query_is_refused(parameters: dict[str, Any]) -> None:
    with pytest.raises(QueryError):
        query(index(), parameters)


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"genre": "drama"}, True),
        ({"genre": {"$eq": "comedy"}}, False),
        ({"tags": "a"}, True),
        ({"tags": {"$in": ["x", "b"]}}, True),
        ({"tags": {"$nin": ["a"]}}, False),
        ({"genre": {"$ne": "comedy"}}, True),
        ({"year": {"$gte": 2020, "$lt": 2021}}, True),
        ({"genre": {"$gt": 3}}, False),
        ({"missing": {"$exists": False}}, True),
        ({"missing": {"$ne": "x"}}, True),
        ({"flag": True}, True),
        ({"flag": 1}, False),
        ({"$or": [{"genre": "x"}, {"year": 2020}]}, True),
        ({"$and": [{"genre": "x"}, {"year": 2020}]}, False),
        ({"genre": "drama", "year": 1999}, False),
        ({}, True),
    ],
)
def test_filters_match_as_documented(condition: dict[str, Any], expected: bool) -> None:
    metadata = {"genre": "drama", "tags": ["a", "b"], "year": 2020, "flag": True}
    assert matches(condition, metadata, frozenset()) is expected


@pytest.mark.parametrize(
    "condition", [{"$and": []}, {"$not": {}}, {"a": {"$in": []}}, {"a": {"$gt": "x"}}, {"a": {"$x": 1}}]
)
def test_a_malformed_filter_is_refused(condition: dict[str, Any]) -> None:
    with pytest.raises(FilterError):
        matches(condition, {"a": 1}, frozenset())


def test_bm25_agrees_with_a_sum_done_by_hand() -> None:
    documents = {"a": analyze("x y", None), "b": analyze("x x z z", None)}
    idf = math.log(1 + 0.5 / 2.5)
    expected = idf * 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 4 / 3))
    assert bm25(analyze("x", None), documents)["b"] == pytest.approx(expected)


@given(
    st.dictionaries(st.text("abc", min_size=1), st.text("ab cde", min_size=1), min_size=1), st.text("ab c")
)
def test_bm25_scores_exactly_the_documents_that_share_a_word(texts: dict[str, str], asked: str) -> None:
    documents = {key: analyze(text, "en") for key, text in texts.items()}
    wanted = analyze(asked, "en")
    scores = bm25(wanted, documents)
    assert scores.keys() == {key for key, terms in documents.items() if terms.keys() & wanted.keys()}
    assert all(score > 0 for score in scores.values())
