"""A delivery, its attempts, and how both look from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DeliveryStatus = Literal["pending", "delivering", "waiting", "delivered", "failed"]
FINAL: frozenset[DeliveryStatus] = frozenset({"delivered", "failed"})

DISABLED_AFTER = 120 * 3600
"""Seconds of nothing but failures after which an endpoint is disabled (5 days, as Svix has it)."""
MAX_ATTEMPTS = 200
"""Attempts of one delivery, rounds by hand included: its log is kept in one record."""


@dataclass(frozen=True, slots=True)
class Announcement:
    """Something a receiver is to hear of. One `subject` (a request's or job's id) is announced once.

    `body` is the exact bytes that every attempt sends. `sealed` are the receiver's encrypted secrets, the
    current one first; `secret_names` are fields of our own secret `webhooks` to sign with instead. Neither:
    the delivery is not signed.
    """

    tenant: str
    subject: str
    event: str
    url: str
    body: bytes
    sealed: tuple[str, ...] = ()
    secret_names: tuple[str, ...] = ()
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST, or the reason why there was none. Times are Unix seconds.

    `latency_ms` counts until the answer's headers. An attempt without `ended_at` is running, or its worker
    died: whether the receiver got it is not known then. `url` shows no query values and no credentials.
    """

    started_at: float
    ended_at: float | None = None
    url: str | None = None
    status_code: int | None = None
    latency_ms: int | None = None
    error: str | None = None
    next_at: float | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """An announcement on its way. Times are Unix seconds.

    `webhook_id` is the same for all attempts, those asked for by hand included. `log` holds every attempt,
    `tries` counts those of this round that had an outcome: a retry by hand (`by_hand`) begins a new round.
    While an attempt runs, `holder` names the worker's turn until `lease_until`.
    """

    announcement: Announcement
    webhook_id: str
    created_at: float
    expires_at: int
    status: DeliveryStatus = "pending"
    tries: int = 0
    by_hand: bool = False
    holder: str = ""
    lease_until: float = 0
    next_at: float | None = None
    updated_at: float = 0
    log: tuple[Attempt, ...] = ()

    def is_held(self, now: float) -> bool:
        """Whether a worker is at it."""
        return self.status == "delivering" and self.lease_until >= now


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A receiver that has failed and not succeeded since. Times are Unix seconds."""

    failing_since: float
    last_failed_at: float

    @property
    def is_disabled(self) -> bool:
        """Whether it still failed after `DISABLED_AFTER` seconds of nothing but failures."""
        return self.last_failed_at - self.failing_since >= DISABLED_AFTER


@dataclass(frozen=True, slots=True)
class Target:
    """A URL the guard has let through, and the addresses it resolved to: connect to these, to no other."""

    url: str
    scheme: Literal["http", "https"]
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What a receiver answered. `retry_after` in seconds, when it said so; the body is not kept."""

    status: int
    latency_ms: int
    retry_after: float | None = None
