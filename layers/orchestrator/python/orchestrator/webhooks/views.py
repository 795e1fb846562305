"""How a delivery and its attempts look from outside: no secret, no credential, no query value, no body."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.webhooks.masking import mask_url
from orchestrator.webhooks.models import Attempt, Delivery, DeliveryStatus
from orchestrator.webhooks.service import Replayed

OVERDUE = 900.0
"""Seconds after which a try that has not begun needs a look: its message may lie with the dead letters."""


class AttemptView(BaseModel):
    """One attempt."""

    attempt: int = Field(description="1 for the first.")
    outcome: Literal["delivered", "failed", "running", "unknown"] = Field(
        description="unknown: the worker died before it could record the outcome."
    )
    started_at: str = Field(description="RFC 3339, UTC.")
    url: str | None = Field(None, description="Where to, values of the query masked.")
    status_code: int | None = Field(None, description="What the receiver answered.")
    latency_ms: int | None = Field(None, description="Until the headers of its answer.")
    error: str | None = Field(None, description="Why it was not delivered.")
    next_attempt_at: str | None = Field(None, description="RFC 3339, UTC.")


class DeliveryView(BaseModel):
    """A webhook and every attempt to deliver it."""

    request_id: str = Field(examples=["req_abc123"], description="Or the id of the job.")
    webhook_id: str = Field(examples=["msg_abc123"], description="The same in every attempt.")
    event: str = Field(examples=["analysis.completed"])
    status: DeliveryStatus
    webhook_url: str = Field(description="Values of the query masked.")
    signed: bool
    body_bytes: int
    body_sha256: str
    created_at: str = Field(description="RFC 3339, UTC.")
    updated_at: str = Field(description="RFC 3339, UTC.")
    next_attempt_at: str | None = Field(None, description="RFC 3339, UTC.")
    attempts: list[AttemptView] = Field(description="Every attempt, the first one first.")
    hint: str | None = None

    @classmethod
    def of(cls, delivery: Delivery, now: float) -> DeliveryView:
        """Show `delivery` as it stands at `now` (Unix seconds)."""
        announcement = delivery.announcement
        return cls(
            request_id=announcement.subject,
            webhook_id=delivery.webhook_id,
            event=announcement.event,
            status=delivery.status,
            webhook_url=mask_url(announcement.url),
            signed=bool(announcement.sealed or announcement.secret_names),
            body_bytes=len(announcement.body),
            body_sha256=hashlib.sha256(announcement.body).hexdigest(),
            created_at=_time(delivery.created_at),
            updated_at=_time(delivery.updated_at),
            next_attempt_at=_time_or_none(None if delivery.status == "delivering" else delivery.next_at),
            attempts=[_attempt(number, delivery, now) for number in range(1, len(delivery.log) + 1)],
            hint=_hint(delivery, now),
        )


class ReplayView(BaseModel):
    """Which failed deliveries are tried again."""

    request_ids: list[str] = Field(description="The earliest failure first.")
    has_more: bool = Field(description="There are more in this range: send the same request again.")

    @classmethod
    def of(cls, replayed: Replayed) -> ReplayView:
        """Show what a replay has begun."""
        return cls(request_ids=list(replayed.subjects), has_more=replayed.more)


class RetryRequest(BaseModel):
    """How to try a webhook again."""

    model_config = ConfigDict(extra="forbid")

    webhook_url: str | None = Field(
        None,
        max_length=2048,
        description="Deliver there from now on, with the secrets the delivery has.",
        examples=["https://your-app.com/webhook/callback"],
    )


def _attempt(number: int, delivery: Delivery, now: float) -> AttemptView:
    attempt = delivery.log[number - 1]
    running = number == len(delivery.log) and delivery.is_held(now)
    return AttemptView(
        attempt=number,
        outcome=_outcome(attempt, running=running),
        started_at=_time(attempt.started_at),
        url=attempt.url,
        status_code=attempt.status_code,
        latency_ms=attempt.latency_ms,
        error=attempt.error,
        next_attempt_at=_time_or_none(attempt.next_at),
    )


def _outcome(attempt: Attempt, *, running: bool) -> Literal["delivered", "failed", "running", "unknown"]:
    if attempt.ended_at is None:
        return "running" if running else "unknown"
    return "failed" if attempt.error else "delivered"


def _hint(delivery: Delivery, now: float) -> str | None:
    expected = delivery.lease_until if delivery.status == "delivering" else delivery.next_at
    if expected is None or now - expected < OVERDUE:
        return None
    return "Overdue: retry it by hand, or look for its message in the dead-letter queue and redrive it."


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _time_or_none(seconds: float | None) -> str | None:
    return None if seconds is None else _time(seconds)
