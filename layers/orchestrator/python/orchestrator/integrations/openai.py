"""Embeddings from OpenAI, or from any server that speaks its `POST /embeddings`, over plain HTTP.

It runs inside `POST /orchestrate`, whose first answer must come quickly (see `openai_http`). A contract test
embeds the same texts through this and through the SDK, and compares.

Wire (platform.openai.com/docs/api-reference/embeddings/create):
    POST {base}/embeddings, Authorization: Bearer <key>
    {"model": …, "input": [text, …], "dimensions": 256, "encoding_format": "base64"}
    200 {"data": [{"index": 0, "embedding": …}], "model": …, "usage": {"prompt_tokens": …}}
An embedding is base64 of little-endian float32, or a list of numbers from servers that ignore the format.
"""

from __future__ import annotations

import sys
from array import array
from base64 import b64decode
from collections.abc import Sequence
from typing import Any

from orchestrator.errors import InvalidInput
from orchestrator.integrations import openai_errors
from orchestrator.integrations.openai_http import KeySource, OpenAIHttp
from orchestrator.llm.ports import Embeddings

READ_TIMEOUT = 5.0
BATCH = 512
"""Texts per request: OpenAI takes 2,048, and 300,000 tokens over all of them."""


class OpenAIEmbedder:
    """`Embedder` over HTTP with one kept connection."""

    def __init__(
        self,
        key: KeySource,
        *,
        base_url: str = "https://api.openai.com/v1",
        model: str = "text-embedding-3-small",
        dimensions: int = 256,
        read_timeout: float = READ_TIMEOUT,
    ) -> None:
        """Connect nothing yet; `read_timeout` is in seconds."""
        self._http = OpenAIHttp(key, base_url, "embeddings", read_timeout)
        self._model = model
        self._dimensions = dimensions

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """Return one unit vector per text; see `orchestrator.llm.ports.Embedder`."""
        if any(not text.strip() for text in texts):
            raise InvalidInput("an empty text has no meaning to embed", field="text")
        vectors: list[list[float]] = []
        model, tokens = self._model, 0
        key = await self._http.key() if texts else ""
        for start in range(0, len(texts), BATCH):
            answer = await self._ask(list(texts[start : start + BATCH]), key)
            vectors += answer.vectors
            model, tokens = answer.model, tokens + answer.tokens
        return Embeddings(vectors, model, tokens)

    def close(self) -> None:
        """Close the kept connection."""
        self._http.close()

    async def _ask(self, texts: list[str], key: str) -> Embeddings:
        body = {
            "model": self._model,
            "input": texts,
            "dimensions": self._dimensions,
            "encoding_format": "base64",
        }
        answer = await self._http.post(body, key)
        try:
            return self._read(answer, len(texts))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise openai_errors.unreadable(f"{type(error).__name__} in the list of embeddings") from error

    def _read(self, body: dict[str, Any], expected: int) -> Embeddings:
        entries = sorted(body["data"], key=lambda entry: entry["index"])
        vectors = [_vector(entry["embedding"]) for entry in entries]
        if len(vectors) != expected:
            raise openai_errors.unreadable(f"{len(vectors)} embeddings for {expected} texts")
        for vector in vectors:
            if len(vector) != self._dimensions:
                why = f"{len(vector)} dimensions where {self._dimensions} were asked for"
                raise openai_errors.unreadable(f"{why} (EMBEDDING_MODEL={self._model})")
        usage: dict[str, Any] = body.get("usage") or {}
        return Embeddings(vectors, str(body.get("model") or self._model), int(usage.get("prompt_tokens", 0)))


def _vector(value: str | list[float]) -> list[float]:
    if isinstance(value, list):
        return [float(number) for number in value]
    numbers = array("f", b64decode(value, validate=True))
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers.tolist()
