"""Deliveries put into the deployed table, in whatever state a test needs."""

import asyncio
import time
from dataclasses import replace
from typing import Any

from orchestrator.aws.deliveries import DynamoDeliveries
from orchestrator.webhooks.models import Announcement, Delivery

SUBJECT = "req_abc123"
BODY = '{"type": "analysis.completed", "text": "naïve ☃"}'.encode()
DAY = 86_400


def put(
    status: str = "pending",
    subject: str = SUBJECT,
    tenant: str = "acme",
    at: float | None = None,
    due: float | None = None,
    **changes: Any,
) -> Delivery:
    """Write a delivery that reached `status` at `at`; `due` is when a waiting one is to be tried again."""
    return asyncio.run(_put(status, subject, tenant, time.time() if at is None else at, due, changes))


def find(subject: str = SUBJECT, tenant: str = "acme") -> Delivery:
    """Read a delivery that is there."""
    found = asyncio.run(DynamoDeliveries("webhooks").get(tenant, subject))
    assert found is not None
    return found


async def _put(
    status: str, subject: str, tenant: str, at: float, due: float | None, changes: dict[str, Any]
) -> Delivery:
    fields: dict[str, Any] = {
        "tenant": tenant,
        "subject": subject,
        "event": "analysis.completed",
        "url": "https://receiver.example.com/hook?token=t0ps3cret",
        "body": BODY,
        "correlation_id": "order-4711",
    }
    announcement = Announcement(**fields | changes)
    webhook_id = "msg_" + subject.partition("_")[2]
    made = Delivery(announcement, webhook_id, at, int(time.time()) + 30 * DAY, next_at=at, updated_at=at)
    store = DynamoDeliveries("webhooks")
    await store.create(made)
    if status == "pending":
        return made
    held = await store.take(tenant, subject, "w", at, at + 40)
    assert held is not None
    if status != "delivering":
        await store.settle(_ended(held, status, at + 0.25, due))
    kept = await store.get(tenant, subject)
    assert kept is not None
    return kept


def _ended(held: Delivery, status: Any, at: float, due: float | None) -> Delivery:
    good = status == "delivered"
    attempt = replace(
        held.log[-1],
        ended_at=at,
        url="https://receiver.example.com/hook?token=***",
        status_code=200 if good else 503,
        latency_ms=212,
        error=None if good else "The receiver answered 503",
        next_at=due,
    )
    return replace(held, status=status, tries=1, next_at=due, updated_at=at, log=(*held.log[:-1], attempt))
