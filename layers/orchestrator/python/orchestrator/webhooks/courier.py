"""One attempt: where to, signed with what, sent, and what came of it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from orchestrator.errors import InvalidInput, Misconfigured, NotConfigured, Unavailable, VendorError
from orchestrator.webhooks import signing
from orchestrator.webhooks.models import Announcement, Delivery, Reply
from orchestrator.webhooks.ports import Guard, Sender, Vault

GONE = 410
"""The status with which a receiver says that it wants no more deliveries."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: delivered when there is no `error`.

    `is_final`: no further attempt can help. `wish` is the receiver's `Retry-After` in seconds.
    """

    error: str | None = None
    status_code: int | None = None
    latency_ms: int | None = None
    wish: float | None = None
    is_final: bool = False


class Courier:
    """Makes attempts. `timeout` (seconds) is what a receiver has for its answer."""

    def __init__(
        self,
        guard: Guard,
        sender: Sender,
        vault: Vault,
        own_secret: Callable[[str], Awaitable[str]],
        *,
        timeout: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`own_secret` returns one of our own secrets by its name, or raises `NotConfigured`.

        One that is there and cannot be read is `Misconfigured`.
        """
        self._guard = guard
        self._sender = sender
        self._vault = vault
        self._own_secret = own_secret
        self._timeout = timeout
        self._clock = clock

    async def carry(self, delivery: Delivery) -> Outcome:
        """Make one attempt and return what came of it.

        Raises:
            OrchestratorError: the attempt could not be made, through no fault of the receiver.
        """
        announcement = delivery.announcement
        secrets = await self._secrets(announcement)
        try:
            # At every attempt: a name that was harmless when it was accepted may lead elsewhere by now.
            target = await self._guard.locate(announcement.url)
            headers = self._headers(delivery, secrets)
            reply = await self._sender.post(target, headers, announcement.body, self._timeout)
        except InvalidInput as refused:
            return Outcome(f"Not sent: {refused.message}", is_final=True)
        except (Unavailable, VendorError) as error:
            return Outcome(error.message)
        return _judged(reply)

    def _headers(self, delivery: Delivery, secrets: tuple[str, ...]) -> dict[str, str]:
        announcement = delivery.announcement
        made = signing.headers(announcement.body, secrets, delivery.webhook_id, int(self._clock()))
        made["content-type"] = "application/json"
        if announcement.correlation_id:
            made["x-correlation-id"] = announcement.correlation_id
        return made

    async def _secrets(self, announcement: Announcement) -> tuple[str, ...]:
        if announcement.sealed:
            return await self._vault.open(announcement.sealed, announcement.tenant, announcement.subject)
        found: list[str] = []
        for name in announcement.secret_names:
            try:
                found.append(await self._own_secret(name))
            except Misconfigured:  # it may be set: a receiver that checks signatures must not be sent none
                raise
            except NotConfigured:  # a secret nobody has set signs nothing
                continue
            _refuse_no_key(name, found[-1])
        return tuple(found)


def _refuse_no_key(name: str, secret: str) -> None:
    try:
        signing.key_bytes(secret)
    except InvalidInput as error:
        # Ours, and to be mended by us: the receiver must not lose a delivery by it.
        raise Misconfigured(f"{name} is malformed", hint=error.hint) from error


def _judged(reply: Reply) -> Outcome:
    if 200 <= reply.status < 300:
        return Outcome(None, reply.status, reply.latency_ms)
    words = f"The receiver answered {reply.status}"
    if reply.status == GONE:
        words += ": it wants no more deliveries"
    elif 300 <= reply.status < 400:
        words += ": redirects are not followed"
    return Outcome(words, reply.status, reply.latency_ms, reply.retry_after, is_final=reply.status == GONE)
