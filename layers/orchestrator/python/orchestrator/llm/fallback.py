"""An embedder that goes on without its vendor."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence

from orchestrator.errors import NotConfigured, VendorError
from orchestrator.llm.ports import Embedder, Embeddings

_log = logging.getLogger(__name__)

PAUSE = 15.0
"""Seconds for which a failing vendor is not asked again, so that not every request waits for a time-out."""


class FallbackEmbedder:
    """Asks `first`; when it fails or is not configured, answers with `second`'s vectors.

    The two vector spaces have nothing in common: whoever stores a vector must store `Embeddings.model` beside
    it, and compare a query only with vectors of the same model.
    """

    def __init__(
        self,
        first: Embedder,
        second: Embedder,
        *,
        pause: float = PAUSE,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Keep both embedders; `pause` is in seconds of `clock`."""
        self._first = first
        self._second = second
        self._pause = pause
        self._clock = clock
        self._asleep_until = float("-inf")

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """Return the vectors of whichever embedder answers."""
        if self._clock() >= self._asleep_until:
            try:
                return await self._first.embed(texts)
            except (VendorError, NotConfigured) as error:
                self._asleep_until = self._clock() + self._pause
                _log.warning("embedding without the vendor for %.0f s: %s", self._pause, error.message)
        return await self._second.embed(texts)
