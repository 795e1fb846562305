"""A delivery, its attempts, and how both look from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

DeliveryStatus = Literal["pending", "delivering", "waiting", "delivered", "failed"]


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
class Delivery:
    """An announcement on its way. Times are Unix seconds.

    `webhook_id` is the same for all attempts, those asked for by hand included. `tries` counts the attempts
    of this round: a retry by hand begins a new one. `attempts` counts all.
    """

    announcement: Announcement
    webhook_id: str
    created_at: float
    expires_at: int
    status: DeliveryStatus = "pending"
    attempts: int = 0
    tries: int = 0
    lease_until: float = 0
    next_at: float | None = None
    updated_at: float = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST, or the reason why there was none. `latency_ms` until the answer's headers."""

    number: int
    url: str
    started_at: float
    status_code: int | None = None
    latency_ms: int | None = None
    error: str | None = None
    next_at: float | None = None


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
