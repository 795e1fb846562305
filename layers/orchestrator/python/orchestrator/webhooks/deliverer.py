"""One received message of a delivery: wait on, or make an attempt and see to what comes next.

What happens at most once is decided by the record, never by the message: SQS may deliver a message twice,
and a worker may die anywhere. An attempt needs the lease that one conditional write gives.

The next message is sent *before* the record names the time it is for. So a waiting delivery always has the
message of its next try on the way, a message for any other time can be dropped, and a worker that dies in
between leaves its own message, which comes again when the lease is over.
"""

from __future__ import annotations

import logging
import random
import secrets
import time
from collections.abc import Callable
from dataclasses import replace

from orchestrator.errors import OrchestratorError
from orchestrator.webhooks.courier import Courier, Outcome
from orchestrator.webhooks.masking import mask_url
from orchestrator.webhooks.models import Attempt, Delivery, DeliveryStatus
from orchestrator.webhooks.ports import DeliveryQueue, DeliveryStore, Due, EndpointStore, Received
from orchestrator.webhooks.schedule import Schedule

logger = logging.getLogger(__name__)

LEASE_MARGIN = 10
"""Seconds an attempt may take beside the POST: reading secrets, asking DNS, recording."""
_MOMENT = 2


class DeliveryNotFree(OrchestratorError):
    """Another worker is at the delivery; the message comes again."""


class Deliverer:
    """Works on messages of deliveries. `timeout` (seconds) is what a receiver has for its answer."""

    def __init__(
        self,
        store: DeliveryStore,
        endpoints: EndpointStore,
        queue: DeliveryQueue,
        courier: Courier,
        schedule: Schedule,
        *,
        timeout: float,
        clock: Callable[[], float] = time.time,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`chance` returns a number of [0, 1): it spreads what would otherwise come back all at once."""
        self._store = store
        self._endpoints = endpoints
        self._queue = queue
        self._courier = courier
        self._schedule = schedule
        self._lease = timeout + LEASE_MARGIN
        self._clock = clock
        self._chance = chance

    async def deliver(self, due: Due, received: Received) -> None:
        """Work on one received message until what comes of it is recorded.

        Raises:
            DeliveryNotFree: another worker is at the delivery; the message must come again.
            OrchestratorError: something of ours failed; the message must come again.
        """
        now = self._clock()
        if due.due_at > now:
            await self._queue.send(due, now)
            return
        # A moment longer than the lease: a message that came a moment before its end would wait for another.
        await received.keep(self._lease + _MOMENT)
        try:
            await self._work(due)
        except OrchestratorError as error:
            if error.retryable:
                await received.keep(self._pause(received.receive_count))
            raise

    async def _work(self, due: Due) -> None:
        now, holder = self._clock(), secrets.token_hex(8)
        delivery = await self._store.take(due.tenant, due.subject, holder, now, now + self._lease)
        if delivery is None:
            logger.info("no delivery for %s any more", due.subject)
        elif delivery.holder == holder:
            await self._attempt(delivery)
        elif delivery.is_held(now):
            # Its message is still hidden, not gone; this may be the same one, delivered twice.
            raise DeliveryNotFree(f"{due.subject} is held by another worker until its lease ends")
        else:
            logger.info("nothing to do for %s (%s)", due.subject, delivery.status)

    async def _attempt(self, delivery: Delivery) -> None:
        announcement = delivery.announcement
        try:
            known = await self._endpoints.get(announcement.tenant, announcement.url)
            # By hand: somebody wants to see it tried.
            disabled = known is not None and known.is_disabled and not delivery.by_hand
            outcome = _DISABLED if disabled else await self._courier.carry(delivery)
        except Exception as error:
            await self._give_back(delivery, error)
            raise
        if not await self._conclude(delivery, outcome):
            logger.warning("%s was taken over before its attempt was recorded", announcement.subject)
        # After the record: whatever fails from here on repeats no attempt.
        elif outcome.error is None:
            if known:
                await self._endpoints.recovered(announcement.tenant, announcement.url)
        elif not disabled:
            await self._endpoints.failed(announcement.tenant, announcement.url, self._clock())

    async def _conclude(self, delivery: Delivery, outcome: Outcome) -> bool:
        now, tries = self._clock(), delivery.tries + 1
        over = outcome.error is None or outcome.is_final
        wait = None if over else self._schedule.wait(tries, outcome.wish, self._chance)
        next_at = None if wait is None else now + wait
        status: DeliveryStatus = "delivered" if outcome.error is None else "failed"
        if next_at is not None:
            status = "waiting"
            await self._queue.send(_due(delivery, next_at), now)
        attempt = replace(
            _last(delivery, now),
            status_code=outcome.status_code,
            latency_ms=outcome.latency_ms,
            error=outcome.error,
            next_at=next_at,
        )
        logger.info("webhook %s: %s (%s)", delivery.webhook_id, status, outcome.error or outcome.status_code)
        return await self._store.settle(_ended(delivery, attempt, status, tries))

    async def _give_back(self, delivery: Delivery, error: Exception) -> None:
        """Let the delivery wait for its message, which comes again; the attempt counts as no try."""
        now = self._clock()
        words = error.message if isinstance(error, OrchestratorError) else "see the log"
        attempt = replace(_last(delivery, now), error=f"Not sent, a fault of ours: {words}", next_at=now)
        await self._store.settle(_ended(delivery, attempt, "waiting", delivery.tries))

    def _pause(self, receives: int) -> float:
        """Return seconds until a message that met a fault of ours comes again: up to 1, 4, 15 minutes."""
        return min(900, 60 * 4 ** (receives - 1)) * (0.5 + self._chance() / 2)


_DISABLED = Outcome(
    "Not sent: the endpoint has only failed for 5 days and is disabled until a retry by hand succeeds",
    is_final=True,
)


def _due(delivery: Delivery, at: float) -> Due:
    announcement = delivery.announcement
    return Due(announcement.tenant, announcement.subject, at, announcement.correlation_id)


def _last(delivery: Delivery, now: float) -> Attempt:
    return replace(delivery.log[-1], ended_at=now, url=mask_url(delivery.announcement.url))


def _ended(delivery: Delivery, attempt: Attempt, status: DeliveryStatus, tries: int) -> Delivery:
    return replace(
        delivery,
        status=status,
        tries=tries,
        next_at=attempt.next_at,
        updated_at=attempt.ended_at or 0,
        log=(*delivery.log[:-1], attempt),
    )
