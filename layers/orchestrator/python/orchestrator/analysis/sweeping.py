"""The daily sweep: what DynamoDB should have removed by now, and has not."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from orchestrator.analysis.ports import AnalysisStore, Sweepable

_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class Swept:
    """How much was removed, and whether time ran out before all of it was."""

    requests: int
    deliveries: int
    unfinished: bool


class Sweeping:
    """Removes expired requests and deliveries, a bounded number at a time."""

    def __init__(
        self, store: AnalysisStore, deliveries: Sweepable, *, clock: Callable[[], float] = time.time
    ) -> None:
        """Keep both stores."""
        self._store = store
        self._deliveries = deliveries
        self._clock = clock

    async def sweep(self, seconds: float) -> Swept:
        """Remove what has expired, for at most about `seconds`; the next day goes on with what is left.

        Raises:
            Unavailable: a table takes no more for the moment; what is removed stays removed.
        """
        end = self._clock() + seconds
        requests, more = await self._until(end, self._requests)
        deliveries, still_more = await self._until(end, self._some_deliveries)
        return Swept(requests, deliveries, more or still_more)

    async def _until(self, end: float, step: Callable[[], Awaitable[int]]) -> tuple[int, bool]:
        """Repeat `step` until it finds less than it may; return the sum, and whether there may be more."""
        total = 0
        while self._clock() < end:
            removed = await step()
            total += removed
            if removed < _TOGETHER:
                return total, False
        return total, True

    async def _requests(self) -> int:
        found = await self._store.expired(self._clock(), _TOGETHER)
        await self._store.erase(found)
        return len(found)

    async def _some_deliveries(self) -> int:
        return await self._deliveries.sweep(self._clock(), _TOGETHER)
