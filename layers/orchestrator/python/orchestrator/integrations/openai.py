"""Embeddings from OpenAI, or from any server that speaks its `POST /embeddings`, over plain HTTP.

Why neither the SDK nor httpx2 here: the embedder runs inside `POST /orchestrate`, whose first answer must
come quickly. `import openai` always builds some 1,500 pydantic types (`openai/__init__` imports all of
`openai.types`, whichever submodule is asked for): import + client + first call cost 510 ms. httpx2 cost 50
to 90 ms, and 1 ms more a call than urllib3, which botocore has loaded anyway. The agents, which need
structured output and streams, use the SDK (`openai_responses`). A contract test embeds the same texts through
both and compares.

Wire (platform.openai.com/docs/api-reference/embeddings/create):
    POST {base}/embeddings, Authorization: Bearer <key>
    {"model": …, "input": [text, …], "dimensions": 256, "encoding_format": "base64"}
    200 {"data": [{"index": 0, "embedding": …}], "model": …, "usage": {"prompt_tokens": …}}
An embedding is base64 of little-endian float32, or a list of numbers from servers that ignore the format.
"""

from __future__ import annotations

import asyncio
import json
import sys
from array import array
from base64 import b64decode
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import certifi
import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as TimedOut

from orchestrator.errors import InvalidInput, NotConfigured, VendorError
from orchestrator.integrations import openai_errors
from orchestrator.llm.ports import Embeddings

KeySource = Callable[[], Awaitable[str]]
"""Gives the current API key; its owner caches it, so that a rotated key is used without a redeploy."""

CONNECT_TIMEOUT = 2.0
READ_TIMEOUT = 5.0
BATCH = 512
"""Texts per request: OpenAI takes 2,048, and 300,000 tokens over all of them."""


class OpenAIEmbedder:
    """`Embedder` over HTTP with one kept connection.

    The client is a blocking one in a thread: it is not bound to an event loop, so it survives from one
    invocation to the next whatever loop the edge runs, and a time-out of ours can abandon the call.
    """

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
        self._key = key
        self._url = f"{base_url.rstrip('/')}/embeddings"
        self._model = model
        self._dimensions = dimensions
        self._read_timeout = read_timeout
        self._client = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=read_timeout),
            headers={"content-type": "application/json", "user-agent": "orchestrator"},
            ca_certs=certifi.where(),
            retries=False,
        )

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """Return one unit vector per text; see `orchestrator.llm.ports.Embedder`."""
        if any(not text.strip() for text in texts):
            raise InvalidInput("an empty text has no meaning to embed", field="text")
        vectors: list[list[float]] = []
        model, tokens = self._model, 0
        key = await self._printable_key() if texts else ""
        for start in range(0, len(texts), BATCH):
            answer = await asyncio.to_thread(self._ask, list(texts[start : start + BATCH]), key)
            vectors += answer.vectors
            model, tokens = answer.model, tokens + answer.tokens
        return Embeddings(vectors, model, tokens)

    def close(self) -> None:
        """Close the kept connection."""
        self._client.clear()

    async def _printable_key(self) -> str:
        key = (await self._key()).strip()
        if not key:
            raise NotConfigured("OPENAI_API_KEY is empty", hint=openai_errors.KEY_HINT)
        if not (key.isascii() and key.isprintable()):  # it could not be sent in a header
            raise VendorError(
                openai_errors.VENDOR, "the API key is not printable", hint=openai_errors.KEY_HINT
            )
        return key

    def _ask(self, texts: list[str], key: str) -> Embeddings:
        body = {
            "model": self._model,
            "input": texts,
            "dimensions": self._dimensions,
            "encoding_format": "base64",
        }
        response = self._post(json.dumps(body).encode(), key)
        if response.status != 200:
            raise openai_errors.from_status(response.status, _json_or_none(response), response.headers)
        try:
            return self._read(response.json(), len(texts))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise openai_errors.unreadable(f"{type(error).__name__} in the list of embeddings") from error

    def _post(self, content: bytes, key: str) -> urllib3.BaseHTTPResponse:
        headers = {**self._client.headers, "authorization": f"Bearer {key}"}
        for last in (False, True):
            try:
                return self._client.request("POST", self._url, body=content, headers=headers)
            except NewConnectionError:
                raise openai_errors.unreachable(self._url) from None
            except TimedOut as error:
                seconds = CONNECT_TIMEOUT if isinstance(error, ConnectTimeoutError) else self._read_timeout
                raise openai_errors.timed_out(seconds) from None
            except HTTPError:
                # A kept connection can die while Lambda is frozen; once more, on a new one. Embedding twice
                # does no harm.
                if last:
                    raise openai_errors.unreachable(self._url) from None
        raise AssertionError("unreachable")

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


def _json_or_none(response: urllib3.BaseHTTPResponse) -> object:
    try:
        return response.json()
    except ValueError:
        return None
