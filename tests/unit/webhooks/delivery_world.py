"""The request side and the worker of deliveries on fakes, with a clock and a queue that keep one time.

`pass_time` does what SQS and Lambda do: it brings each message when it is due, brings it again when its work
failed, and puts it aside after five receives.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from orchestrator.errors import NotConfigured
from orchestrator.webhooks.courier import Courier
from orchestrator.webhooks.deliverer import Deliverer
from orchestrator.webhooks.models import Announcement, Delivery
from orchestrator.webhooks.ports import Due
from orchestrator.webhooks.schedule import Schedule
from orchestrator.webhooks.service import Webhooks
from tests.fakes.webhooks import (
    MemoryDeliveries,
    MemoryDeliveryQueue,
    MemoryEndpoints,
    MemoryReceived,
    MemoryVault,
    OpenGuard,
    ScriptedSender,
)

NOW = 1_795_174_154.0
TIMEOUT = 30
LEASE = 40
KEPT = 30 * 86_400
MAX_RECEIVES = 5
QUEUE_HIDES = 450
"""Seconds after which a message comes again whose worker died before it asked for anything else."""


class Killed(BaseException):
    """The worker's process ended here."""


class World:
    """Receivers answer what `sender.script` says; jitter is off: a chance of one half changes no wait."""

    def __init__(self, waits: tuple[float, ...] = (5, 300, 1800), max_retries: int = 3) -> None:
        self.now = NOW
        self.store = MemoryDeliveries()
        self.endpoints = MemoryEndpoints()
        self.queue = MemoryDeliveryQueue()
        self.guard = OpenGuard()
        self.sender = ScriptedSender()
        self.vault = MemoryVault()
        self.own_secrets: dict[str, str] = {}
        self.waiting: list[tuple[float, int, Due]] = []
        self.dead: list[Due] = []
        self.receives = 0
        clock = lambda: self.now  # noqa: E731 - the one clock of all parts
        courier = Courier(self.guard, self.sender, self.vault, self._own_secret, timeout=TIMEOUT, clock=clock)
        self.deliverer = Deliverer(
            self.store,
            self.endpoints,
            self.queue,
            courier,
            Schedule(waits, max_retries),
            timeout=TIMEOUT,
            clock=clock,
            chance=lambda: 0.5,
        )
        self.webhooks = Webhooks(self.store, self.queue, lambda: self.guard, kept=KEPT, clock=clock)

    async def announce(self, **changes: Any) -> None:
        await self.webhooks.announce(announcement(**changes))

    @property
    def delivery(self) -> Delivery:
        return self.store.deliveries["acme", "req_1"]

    @property
    def posted_at(self) -> list[float]:
        """Seconds after the announcement at which attempts began."""
        return [attempt.started_at - NOW for attempt in self.delivery.log]

    async def pass_time(self, seconds: float | None = None) -> None:
        """Let `seconds` pass; without them, as much time as it takes until no message is on its way."""
        end = float("inf") if seconds is None else self.now + seconds
        self._collect()
        while self.waiting and min(self.waiting)[0] <= end:
            at, receive, due = self.waiting.pop(self.waiting.index(min(self.waiting)))
            self.now = max(self.now, at)
            again = await self.receive(due, receive)
            if again is not None and receive < MAX_RECEIVES:
                self.waiting.append((self.now + again, receive + 1, due))
            elif again is not None:
                self.dead.append(due)
            self._collect()
        self.now = self.now if seconds is None else end

    async def redrive(self) -> None:
        """Send the dead letters back to their queue."""
        dead, self.dead = self.dead, []
        self.waiting += [(self.now, 1, due) for due in dead]

    def _collect(self) -> None:
        self.waiting += [(at, 1, due) for at, due in self.queue.sent]
        self.queue.sent.clear()

    async def receive(self, due: Due, receive: int = 1) -> float | None:
        """Deliver one message; return in how many seconds it comes again, if it does."""
        self.receives += 1
        received = MemoryReceived(receive)
        try:
            await self.deliverer.deliver(due, received)
        except (Exception, Killed):
            return received.kept[-1] if received.kept else QUEUE_HIDES
        return None

    async def _own_secret(self, name: str) -> str:
        if name not in self.own_secrets:
            raise NotConfigured(f"{name} is not set")
        return self.own_secrets[name]


def announcement(**changes: Any) -> Announcement:
    fields: dict[str, Any] = {
        "tenant": "acme",
        "subject": "req_1",
        "event": "analysis.completed",
        "url": "https://receiver.example/hook?token=t0ps3cret",
        "body": b'{"type":"analysis.completed"}',
        "correlation_id": "order-4711",
    }
    return Announcement(**fields | changes)


def play(scene: Callable[[World], Awaitable[None]], **settings: Any) -> None:
    async def go() -> None:
        await scene(World(**settings))

    asyncio.run(go())
