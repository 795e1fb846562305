"""BM25 over metadata texts, the way a full-text index scores them.

Formula and constants: Robertson, Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009;
k1 = 1.2, b = 0.75, with Lucene's non-negative idf. The analyzer is a plain one: words in lower case, for `en`
without stop words and plurals (Harman's S-stemmer, and -es after a hiss). AWS does not publish its own.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping

K1, B = 1.2, 0.75
_WORD = re.compile(r"\w+")
_STOP_WORDS = frozenset(
    _WORD.findall(
        "a an and are as at be but by for if in into is it no not of on or such that the their then there "
        "these they this to was will with"
    )
)
"""Lucene's English stop words."""


def analyze(text: str, language: str | None) -> Counter[str]:
    """Return the terms of a text with their frequencies."""
    words: Iterable[str] = _WORD.findall(text.lower())
    if language == "en":
        words = (_singular(word) for word in words if word not in _STOP_WORDS)
    return Counter(words)


def _singular(word: str) -> str:
    if word.endswith("ies") and not word.endswith(("eies", "aies")) and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses", "zes")) and len(word) > 4:
        return word[:-2]
    if word.endswith("s") and not word.endswith(("us", "ss")) and len(word) > 3:
        return word[:-1]
    return word


def bm25(query: Counter[str], documents: Mapping[str, Counter[str]]) -> dict[str, float]:
    """Return the score of every document that has a term of the query."""
    lengths = {key: terms.total() for key, terms in documents.items()}
    average = sum(lengths.values()) / len(lengths) if lengths else 0.0
    scores: dict[str, float] = {}
    for term in query:
        having = [key for key, terms in documents.items() if term in terms]
        idf = math.log(1 + (len(documents) - len(having) + 0.5) / (len(having) + 0.5))
        for key in having:
            frequency = documents[key][term]
            norm = K1 * (1 - B + B * lengths[key] / average)
            scores[key] = scores.get(key, 0.0) + idf * frequency * (K1 + 1) / (frequency + norm)
    return scores
