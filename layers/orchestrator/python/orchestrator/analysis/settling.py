"""The end of a request: what did not end is closed, the status is kept, the receiver is told."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import replace

from orchestrator.analysis.announcing import announcement_of
from orchestrator.analysis.models import AGENTS, FINAL, AgentName, AgentRun, Analysis, Status
from orchestrator.analysis.outcome import Standing, closed_run, ending, last_of
from orchestrator.analysis.ports import AnalysisStore, Deliveries, Found, Reference

logger = logging.getLogger(__name__)
STOPPED = "the workflow was stopped"


class Settling:
    """Settles requests whose agents have had their turn. Every step may be repeated."""

    def __init__(
        self,
        store: AnalysisStore,
        deliveries: Callable[[], Deliveries],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`deliveries` is asked for only when a request has a receiver, or was deleted."""
        self._store = store
        self._deliveries = deliveries
        self._clock = clock

    async def settle(self, reference: Reference, *, stopped: bool = False) -> Status | None:
        """Settle the request, announce it to its receiver, and return its status; `None` if it was deleted.

        `stopped`: its workflow ended before its time, so agents without an ending say that they were stopped.

        Raises:
            Unavailable: the table or the webhook engine cannot answer for the moment; do it again.
        """
        tenant, request_id = reference.tenant, reference.request_id
        found = await self._store.get(tenant, request_id)
        if found and found[0].status not in FINAL:
            found = await self._settled(found, STOPPED if stopped else "")
        if found is None:
            await self._store.erase([(tenant, request_id)])
            # It may have been announced by a turn that died before it saw the deletion.
            await self._deliveries().forget(tenant, request_id)
            logger.info("%s was deleted; what was left of it is removed", request_id)
            return None
        await self._announce(Standing(*found))
        return found[0].status

    async def _settled(self, found: Found, why: str) -> Found | None:
        analysis, runs = found
        tenant, request_id = analysis.tenant, analysis.request_id
        if await self._close_all(analysis, runs, why):
            # An agent may have ended at the last moment: what counts is what stands there now.
            again = await self._store.get(tenant, request_id)
            if again is None:
                return None
            analysis, runs = again
        status = ending(runs)
        last = last_of(runs) if status == "completed" else None
        completed_at = last or self._clock()
        if await self._store.settle(tenant, request_id, status, completed_at):
            return replace(analysis, status=status, completed_at=completed_at), runs
        # Somebody else has settled it, or it was deleted.
        return await self._store.get(tenant, request_id)

    async def _close_all(self, analysis: Analysis, runs: Mapping[AgentName, AgentRun], why: str) -> bool:
        """Close what did not complete, also what failed: a late attempt must not change it any more."""
        undone: list[AgentName] = [
            name for name in AGENTS if name not in runs or runs[name].status != "completed"
        ]
        now = self._clock()
        for name in undone:
            run = closed_run(runs.get(name), name, now, why)
            await self._store.close(analysis.tenant, analysis.request_id, run)
        return bool(undone)

    async def _announce(self, ended: Standing) -> None:
        analysis = ended.analysis
        announcement = announcement_of(ended)
        if announcement is None:
            return
        deliveries = self._deliveries()
        await deliveries.announce(announcement)
        # A deletion forgets the delivery after the request: one of us two sees what the other did.
        if await self._store.get(analysis.tenant, analysis.request_id) is None:
            await deliveries.forget(analysis.tenant, analysis.request_id)
