"""The two stores of deliveries that must behave alike, and a delivery to put into them."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from orchestrator.aws.deliveries import DynamoDeliveries
from orchestrator.webhooks.models import Announcement, Delivery
from orchestrator.webhooks.ports import DeliveryStore
from tests.fakes.stack import stack
from tests.fakes.webhooks import MemoryDeliveries

NOW = 1_795_174_154.123_456_7
LEASE = NOW + 40
DAY = 86_400
KINDS = ("table", "dict")


@contextmanager
def delivery_store(kind: str) -> Iterator[DeliveryStore]:
    """The table on moto, or the dict."""
    if kind == "dict":
        yield MemoryDeliveries()
        return
    with stack() as made:
        yield DynamoDeliveries(made.environment["TABLE_WEBHOOKS"])


def announcement(**changes: Any) -> Announcement:
    fields: dict[str, Any] = {
        "tenant": "acme",
        "subject": "req_1",
        "event": "analysis.completed",
        "url": "https://example.com/hook?token=secret",
        "body": '{"type": "analysis.completed", "text": "naïve ☃"}'.encode(),
        "sealed": ("c2VhbGVk", "b2xk"),
        "secret_names": (),
        "correlation_id": "order-4711",
    }
    return Announcement(**fields | changes)


def delivery(now: float = NOW, **changes: Any) -> Delivery:
    return Delivery(
        announcement(**changes),
        "msg_1",
        created_at=now,
        expires_at=int(now) + 30 * DAY,
        next_at=now,
        updated_at=now,
    )


async def taken(store: DeliveryStore, now: float = NOW, holder: str = "w1") -> Delivery:
    found = await store.take("acme", "req_1", holder, now, now + 40)
    assert found is not None
    return found


def settled(held: Delivery, status: Any, now: float, **result: Any) -> Delivery:
    attempt = replace(held.log[-1], ended_at=now, url="https://example.com/hook", **result)
    return replace(
        held,
        status=status,
        tries=held.tries + 1,
        next_at=attempt.next_at,
        updated_at=now,
        log=(*held.log[:-1], attempt),
    )


async def failed(
    store: DeliveryStore, now: float = NOW, subject: str = "req_1", tenant: str = "acme"
) -> None:
    await store.create(delivery(now - 1, subject=subject, tenant=tenant))
    held = await store.take(tenant, subject, "w", now, now + 40)
    assert held is not None
    assert await store.settle(settled(held, "failed", now, error="no answer"))


def play(scene: Callable[[], Awaitable[None]]) -> None:
    async def go() -> None:
        await scene()

    asyncio.run(go())
