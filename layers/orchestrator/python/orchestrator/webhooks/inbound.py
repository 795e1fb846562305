"""Deliveries from others: whether they are what their sender signed, and which one is which."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.webhooks import signing
from orchestrator.webhooks.signing import Presented


@dataclass(frozen=True, slots=True)
class Inbound:
    """A verified delivery.

    `key` tells it from all others; `also` is a second name under which it must not come again, since a copy
    without the headers of Standard Webhooks would still be signed right.
    """

    key: str
    also: str | None = None


def verified(body: bytes, presented: Presented, secrets: Sequence[str], now: float) -> Inbound:
    """Check the raw bytes of a delivery, and return what it is known by.

    Raises:
        BadSignature: it is not signed by one of `secrets` in every scheme that is present, or too long ago.
    """
    signing.verify(body, presented, secrets, now)
    by_signature = None if presented.plain is None else f"webhook signature {presented.plain}"
    if presented.webhook_id is None:
        return Inbound(str(by_signature))
    return Inbound(f"webhook id {presented.webhook_id}", by_signature)
