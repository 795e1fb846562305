"""Reading requests: one, a batch, a list; waiting for one; erasing one."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from orchestrator.analysis.models import Analysis, Batch
from orchestrator.analysis.outcome import Standing, standing
from orchestrator.analysis.pacing import Pace
from orchestrator.analysis.ports import AnalysisStore, Deliveries, Found
from orchestrator.errors import NotFound
from orchestrator.jobs.models import Ending

REQUEST, BATCH = "req_", "batch_"
"""What the ids of requests and of batches begin with."""
_ELSEWHERE = {
    "job_": "Job ids belong to GET /jobs/{job_id}.",
    "mem_": "Ids of memory belong to POST /orchestrate.",
}


class Results:
    """The requests of all tenants and what was found, seen from the reading side."""

    def __init__(
        self, store: AnalysisStore, *, dead_after: float, clock: Callable[[], float] = time.time
    ) -> None:
        """`dead_after` (seconds) is the age from which a request without an ending has lost its workflow."""
        self._store = store
        self._dead_after = dead_after
        self._clock = clock

    async def get(self, tenant: str, request_id: str) -> Standing:
        """Return how the tenant's request stands. One read.

        Raises:
            NotFound: there is none, or it is another tenant's.
        """
        found = await self._store.get(tenant, request_id)
        if found is None:
            raise unknown(request_id)
        return self.standing(found)

    async def watch(self, tenant: str, request_id: str, seconds: float) -> Standing:
        """Return the request once it has ended, or as it stands after `seconds`.

        Raises:
            NotFound: there is none, it is another tenant's, or it was deleted meanwhile.
        """
        begun = self._clock()
        pace = Pace()
        while True:
            shown = await self.get(tenant, request_id)
            spent = self._clock() - begun
            if shown.is_final or spent >= seconds:
                return shown
            await asyncio.sleep(min(pace.pause(shown, spent), seconds - spent))

    async def batch(self, tenant: str, batch_id: str) -> tuple[Batch, list[Standing]]:
        """Return the tenant's batch, and how those of its requests stand that are there. Two reads.

        Raises:
            NotFound: there is none, or it is another tenant's.
        """
        batch = await self._store.batch(tenant, batch_id)
        if batch is None:
            raise unknown(batch_id)
        return batch, await self.many(tenant, batch.request_ids)

    async def many(self, tenant: str, request_ids: tuple[str, ...]) -> list[Standing]:
        """Return how those of up to 25 requests stand that are there, without their results."""
        return [self.standing(found) for found in await self._store.many(tenant, request_ids)]

    def accepted(self, analysis: Analysis) -> Standing:
        """Return how a request stands that was accepted a moment ago."""
        return self.standing((analysis, {}))

    def standing(self, found: Found) -> Standing:
        """Return how a request stands now."""
        return standing(found, self._clock(), self._dead_after)

    def dead_at(self) -> float:
        """Return when requests were created of which nobody is left to settle them: then, or before."""
        return self._clock() - self._dead_after

    async def ending_of(self, tenant: str, identifier: str) -> Ending:
        """Return how the request or batch under an idempotency key has ended so far.

        A request that failed, or was deleted, may be run again under its key; a batch that was deleted may.
        """
        if identifier.startswith(BATCH):
            return "open" if await self._store.batch(tenant, identifier) else "nothing"
        found = await self._store.get(tenant, identifier)
        status = self.standing(found).status if found else "failed"
        if status == "failed":
            return "nothing"
        return "result" if status in ("completed", "partial") else "open"


class Erasing:
    """Takes back what was submitted."""

    def __init__(self, store: AnalysisStore, deliveries: Callable[[], Deliveries]) -> None:
        """Keep the store and what delivers the results."""
        self._store = store
        self._deliveries = deliveries

    async def delete(self, tenant: str, identifier: str) -> None:
        """Erase a request with its text, results and delivery; of a batch, each of its requests.

        Raises:
            NotFound: there is none, or it is another tenant's.
        """
        batch = await self._store.batch(tenant, identifier) if identifier.startswith(BATCH) else None
        for request_id in batch.request_ids if batch else ():
            await self._delete(tenant, request_id)
        # The batch last: a deletion that stops half-way can be repeated.
        if not await self._delete(tenant, identifier):
            raise unknown(identifier)

    async def _delete(self, tenant: str, identifier: str) -> bool:
        deleted = await self._store.delete(tenant, identifier)
        # Also when there was no request: a deletion that stopped before this is repeated. Of requests only:
        # the engine also knows jobs, whose callbacks are not results.
        if identifier.startswith(REQUEST):
            deleted = await self._deliveries().forget(tenant, identifier) or deleted
        return deleted


def unknown(identifier: str) -> NotFound:
    """Return the error for an id that is not here, with the place where it may be."""
    hint = "Ids come from POST /api/v1/process, and are gone once their results are deleted or too old."
    for prefix, elsewhere in _ELSEWHERE.items():
        if identifier.startswith(prefix):
            hint = elsewhere
    return NotFound(f"There are no results for '{identifier}'", hint=hint)
