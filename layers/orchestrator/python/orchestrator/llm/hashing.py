"""Embeddings without a vendor: feature hashing of words and character n-grams, signed and L2-normalised.

Texts that share words, or parts of words, come out near each other; synonyms do not. It keeps memory usable
while no embedding vendor answers. The method is the "hashing trick" of Weinberger et al., ICML 2009.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from zlib import crc32

from orchestrator.llm.ports import Embeddings

DIMENSION = 256
MODEL = "hash-projection-256"

_WORD = re.compile(r"\w+")
_SIGN = 1 << 31  # the bucket comes from the lowest bits, the sign from the highest: independent of each other
_WORD_WEIGHT, _PAIR_WEIGHT, _GRAM_WEIGHT = 1.0, 0.5, 0.3


class HashingEmbedder:
    """An `Embedder` that needs nothing but the text: no network, no key, the same vector on every machine."""

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """Return one unit vector of 256 dimensions per text, never all zero, also for an empty text."""
        return Embeddings([project(text) for text in texts], MODEL)


def project(text: str) -> list[float]:
    """Return the unit vector of `text`."""
    vector = [0.0] * DIMENSION
    for feature, weight in _features(text):
        digest = crc32(feature.encode())
        vector[digest % DIMENSION] += -weight if digest & _SIGN else weight
    length = math.sqrt(sum(value * value for value in vector))
    if length < 1e-9:  # no word at all, or features that cancel each other out
        vector[crc32(text.encode("utf-8", "surrogatepass")) % DIMENSION] = length = 1.0
    return [value / length for value in vector]


def _features(text: str) -> Iterator[tuple[str, float]]:
    words: list[str] = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
    for word, count in Counter(words).items():
        yield f"w {word}", count * _WORD_WEIGHT
        padded = f"<{word}>"
        for size in (3, 4):
            for start in range(len(padded) - size + 1):
                yield f"c {padded[start : start + size]}", count * _GRAM_WEIGHT
    for (left, right), count in Counter(pairwise(words)).items():
        yield f"p {left} {right}", count * _PAIR_WEIGHT
