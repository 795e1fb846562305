"""Announcing, looking at what was delivered, and trying again by hand."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from orchestrator.errors import Conflict, InvalidInput, NotFound
from orchestrator.webhooks.models import MAX_ATTEMPTS, Announcement, Delivery
from orchestrator.webhooks.ports import DeliveryQueue, DeliveryStore, Due, Guard

HEAD_START = 10.0
"""Seconds until a replayed delivery is due: longer than its record may take to be changed."""
SECOND_CHANCE = 90.0
"""Seconds after which a retry by hand is looked at again: longer than an attempt may take."""


@dataclass(frozen=True, slots=True)
class Replayed:
    """Which failed deliveries are tried again, and whether there are more of them."""

    subjects: tuple[str, ...]
    more: bool


def webhook_id(subject: str) -> str:
    """Return the id that all attempts of a subject's delivery carry: `msg_` and the subject's unique part.

    Raises:
        ValueError: the subject holds a dot, which separates the id from what is signed after it.
    """
    if "." in subject:
        raise ValueError(f"not a subject: {subject!r}")
    return "msg_" + (subject.partition("_")[2] or subject)


class Webhooks:
    """The deliveries of all tenants, seen from the request side; an `Announcer`."""

    def __init__(
        self,
        store: DeliveryStore,
        queue: DeliveryQueue,
        guard: Callable[[], Guard],
        *,
        kept: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`kept` (seconds) is how long a delivery can be read after it was announced or asked for by hand.

        `guard` is asked for only when a new URL comes: most who announce have none.
        """
        self._store = store
        self._queue = queue
        self._guard = guard
        self._kept = kept
        self._clock = clock

    async def announce(self, announcement: Announcement) -> None:
        """Accept an announcement for delivery; announcing the same event of a subject again changes nothing.

        The record first, then the message: whoever dies in between announces again, and a delivery that
        nobody has begun gets its message once more. Another event of the subject (a job that failed was
        redriven, and has succeeded) is news, and goes out under an id of its own.

        Raises:
            OrchestratorError: it could not be accepted for the moment; announcing it again is safe.
        """
        now = self._clock()
        made = Delivery(
            announcement,
            webhook_id(announcement.subject),
            created_at=now,
            expires_at=int(now + self._kept),
            next_at=now,
            updated_at=now,
        )
        delivery = await self._store.create(made)
        if delivery.announcement.event != announcement.event:
            delivery = await self._supersede(delivery, made)
        if delivery.status == "pending":
            await self._send(delivery, now)

    async def _supersede(self, standing: Delivery, made: Delivery) -> Delivery:
        word = made.announcement.event.rpartition(".")[2]
        news = replace(made, webhook_id=f"{made.webhook_id}_{word}", log=standing.log)
        if await self._store.supersede(standing, news):
            return news
        return await self._store.create(made)  # somebody was quicker: what stands there now

    async def log(self, tenant: str, subject: str) -> Delivery:
        """Return the delivery with all its attempts.

        Raises:
            NotFound: nothing was announced for the subject, or it is another tenant's.
        """
        delivery = await self._store.get(tenant, subject)
        if delivery is None or delivery.expires_at <= self._clock():
            raise NotFound(
                f"No webhook was announced for '{subject}'",
                hint="A request with a webhook_url, or a job with a callback_url, has one once it has ended.",
            )
        return delivery

    async def retry(self, tenant: str, subject: str, url: str | None = None) -> Delivery:
        """Try a delivery again now, in a new round, whatever its status; with `url` at another address.

        The receiver's secrets stay.

        Raises:
            InvalidInput: `url` leads where it must not.
            NotFound: nothing was announced for the subject, or it is another tenant's.
            Conflict: an attempt is running, or there have been too many.
        """
        if url is not None:
            await self._guard().admit(url)
        now = self._clock()
        # A message for later, which mostly finds nothing to do: whoever dies between the record and the one
        # for now would leave a delivery that waits for ever.
        await self._queue.send(Due(tenant, subject, now + SECOND_CHANCE), now)
        delivery = await self._store.renew(tenant, subject, now, int(now + self._kept), url)
        if delivery is None:
            raise _refused(await self.log(tenant, subject), now)
        await self._send(delivery, now)
        return delivery

    async def replay(self, tenant: str, since: float, until: float | None, limit: int) -> Replayed:
        """Try again what failed for good between two moments (Unix seconds), the earliest first.

        Raises:
            InvalidInput: the range is empty.
        """
        now = self._clock()
        end = now if until is None else until
        if end < since:
            if until is None:
                raise InvalidInput("`since` lies ahead of now.", hint="Name the past.", field="query.since")
            raise InvalidInput("`until` lies before `since`.", hint="Swap them.", field="query.until")
        found = await self._store.failed(tenant, since, end, limit + 1)
        begun = [subject for subject in found[:limit] if await self._replayed(tenant, subject)]
        return Replayed(tuple(begun), more=len(found) > limit)

    async def _replayed(self, tenant: str, subject: str) -> bool:
        """Begin a new round soon; false when somebody else did meanwhile: the list is a moment old.

        The message first, which finds nothing to do while the delivery has failed. The other way round,
        whoever dies in between leaves one that no message belongs to, and no further replay finds.
        """
        now = self._clock()
        due = Due(tenant, subject, now + HEAD_START)
        await self._queue.send(due, now)
        kept_until = int(now + self._kept)
        renewed = await self._store.renew(
            tenant, subject, now, kept_until, due_at=due.due_at, only_failed=True
        )
        return renewed is not None

    async def forget(self, tenant: str, subject: str) -> bool:
        """Erase the delivery and its log; false when there is none. An attempt under way may still arrive."""
        return await self._store.forget(tenant, subject)

    async def sweep(self, now: float, limit: int) -> int:
        """Erase up to `limit` deliveries whose time is over; return how many."""
        return await self._store.sweep(now, limit)

    async def _send(self, delivery: Delivery, now: float) -> None:
        announcement = delivery.announcement
        at = now if delivery.next_at is None else delivery.next_at
        due = Due(announcement.tenant, announcement.subject, at, announcement.correlation_id)
        await self._queue.send(due, now)


def _refused(delivery: Delivery, now: float) -> Conflict:
    subject = delivery.announcement.subject
    if len(delivery.log) >= MAX_ATTEMPTS:
        return Conflict(
            f"The webhook of '{subject}' has had {MAX_ATTEMPTS} attempts",
            hint="It has no more: ask for the result itself.",
        )
    left = max(1, round(delivery.lease_until - now))
    return Conflict(f"The webhook of '{subject}' is being delivered", hint="Ask again.", retry_after=left)
