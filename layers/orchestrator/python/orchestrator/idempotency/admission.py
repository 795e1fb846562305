"""Letting a request in once: claim its key, replay its answer, wait for its twin, take over from the dead."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from orchestrator.errors import Conflict, KeyReused, OrchestratorError
from orchestrator.idempotency import Claim, IdempotencyStore, Record, StaleAfter
from orchestrator.jobs.models import Ending

logger = logging.getLogger(__name__)

Admitted = Claim | Record
"""A claim: do the work. A record: it is done, or its job is under way."""

ChangedSince = Callable[[str, StaleAfter, float], Awaitable[bool]]
"""Whether what the scope reads has seen such a change at or after a moment (Unix seconds)."""

EndingOf = Callable[[str, str], Awaitable[Ending]]
"""How a tenant's job, or whatever else a claim names, has ended so far."""


async def never_stale(scope: str, kind: StaleAfter, moment: float) -> bool:
    """Say that nothing has changed: a `ChangedSince` for answers that stay true."""
    del scope, kind, moment
    return False


async def never_again(tenant: str, identifier: str) -> Ending:
    """Say that it goes on: an `EndingOf` for what counts once, however it ends."""
    del tenant, identifier
    return "open"


_OVERLAP = 2.0
"""Seconds before its start for which a reading counts as possibly outdated."""


class Admission:
    """Admits requests, each key to one process at a time."""

    def __init__(
        self,
        store: IdempotencyStore,
        changed_since: ChangedSince,
        ending_of: EndingOf,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep the store, and how to see that what it holds is no longer true."""
        self._store = store
        self._changed_since = changed_since
        self._ending_of = ending_of
        self._clock = clock

    async def admit(
        self, claim: Claim, stale_after: StaleAfter | None, patience: float, *, fresh: bool = False
    ) -> Admitted:
        """Return the claim once it stands, or the record that answers the request already.

        Args:
            claim: the request's claim.
            stale_after: what makes a cached answer untrue.
            patience: how long (seconds) to wait for an identical request that is under way.
            fresh: do the work again although a cached answer is there.

        Raises:
            KeyReused: the key belongs to a different request.
            Conflict: the identical request is still under way, or was interrupted and may have taken effect.
        """
        end = self._clock() + patience
        over: Record | None = None
        pause = 0.02
        while held := await self._store.claim(claim, over=over):
            if held.claim.fingerprint != claim.fingerprint:
                raise KeyReused(
                    "This Idempotency-Key was used for a different request",
                    hint="Use a new key for a new request; repeat a request unchanged.",
                )
            over = await self._to_replace(held, stale_after, fresh=fresh)
            if over:
                claim = self._taking_over(claim, over)
            elif held.state != "in_progress":
                return held
            elif self._clock() >= end:
                raise Conflict("The same request is still being worked on", hint="Ask again.", retry_after=1)
            else:
                await asyncio.sleep(pause)
                pause = min(pause * 1.5, 0.3)
        return claim

    async def complete(self, claim: Claim, response: Mapping[str, Any] | None) -> None:
        """Keep the response of a claim; `None` when its job holds it."""
        await self._store.complete(claim, response, self._clock())

    async def release(self, claim: Claim) -> None:
        """Forget a claim whose work failed, so that the same request can be sent again at once."""
        try:
            await self._store.release(claim)
        except OrchestratorError as error:
            # The caller is about to hear why the work failed, which matters more; the lock ends by itself.
            logger.warning("the key %s stays locked until its time is over: %s", claim.key, error)

    async def _to_replace(
        self, held: Record, stale_after: StaleAfter | None, *, fresh: bool
    ) -> Record | None:
        """Return `held` when the claim may take its place."""
        replaceable = False
        if held.state == "done":
            replaceable = fresh or await self._is_stale(held, stale_after)
        elif held.state == "job":
            ended = await self._ending_of(held.claim.scope.partition("#")[0], held.claim.job_id or "")
            # An open job is followed, however fresh the answer is to be: two of them would do the work twice.
            again = ended == "result" and (fresh or await self._is_stale(held, stale_after))
            replaceable = again or ended == "nothing"
        elif held.claim.lock_until < self._clock():
            replaceable = self._may_repeat(held.claim)
        return held if replaceable else None

    async def _is_stale(self, held: Record, stale_after: StaleAfter | None) -> bool:
        if stale_after is None:
            return False
        # What was read may predate a change made meanwhile; what was written was true when it was completed.
        # A change is dated a moment before it can be seen, and by another clock than ours: hence the overlap.
        since = held.claim.started_at - _OVERLAP if stale_after == "change" else held.completed_at
        return await self._changed_since(held.claim.scope, stale_after, since)

    @staticmethod
    def _may_repeat(dead: Claim) -> bool:
        # A job is run once however often it is handed over, so handing over is always repeatable.
        if dead.retry_safe or dead.job_id:
            return True
        raise Conflict(
            "The same request was interrupted, and whether it took effect is unknown",
            hint="Check its effect; to run it again, send a new Idempotency-Key or change its inputs.",
        )

    @staticmethod
    def _taking_over(claim: Claim, over: Record) -> Claim:
        # An interrupted hand-over goes on under the id it had, or the same work could be queued twice.
        interrupted = over.state == "in_progress" and over.claim.job_id
        return replace(claim, job_id=over.claim.job_id) if interrupted else claim
