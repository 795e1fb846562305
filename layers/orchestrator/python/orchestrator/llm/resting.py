"""An embedder that leaves a struggling vendor alone for a moment."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from orchestrator.errors import VendorBusy
from orchestrator.llm.ports import Embedder, Embeddings

REST = 10.0
"""Seconds without a call after one that failed, so that not every request waits for the vendor's time-out."""


class RestingEmbedder:
    """Asks `embedder`; after a `VendorBusy` repeats that answer for `rest` seconds without asking.

    A vendor that refuses (a wrong key, an unknown model) answers at once and is asked every time.
    """

    def __init__(
        self, embedder: Embedder, *, rest: float = REST, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Keep `embedder`; `rest` is in seconds of `clock`."""
        self._embedder = embedder
        self._rest = rest
        self._clock = clock
        self._failure: VendorBusy | None = None
        self._failed_at = 0.0

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """Return one vector per text; see `orchestrator.llm.ports.Embedder`."""
        if self._failure and self._clock() - self._failed_at < self._rest:
            failed = self._failure
            raise VendorBusy(failed.vendor, "resting after a failure", hint=failed.hint) from failed
        try:
            answer = await self._embedder.embed(texts)
        except VendorBusy as error:
            self._failure, self._failed_at = error, self._clock()
            raise
        self._failure = None
        return answer
