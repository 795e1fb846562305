"""Same request, same response: keys, and the life of a claimed request.

A request is claimed before its work starts and either completed with its response or released, so a failure
is never replayed. A claim that is not completed by `lock_until` belongs to a process that died.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

RETENTION = 3600
"""Seconds for which a completed request is answered from its record, unless its claim says otherwise."""

StaleAfter = Literal["change", "removal"]
"""When a cached answer stops being true: after any change of the caller's memory, or after a removal only."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A request about to be worked on. Times are Unix seconds.

    `scope` is `<tenant>#<user>`; `token` tells one attempt from the next; `job_id` names the job, or the
    analysis, when the work is handed over; `fingerprint` tells one request from another. The record is kept
    for `retention` seconds after its completion.
    """

    scope: str
    key: str
    fingerprint: str
    token: str
    started_at: float
    lock_until: float
    retry_safe: bool
    job_id: str | None = None
    retention: int = RETENTION


@dataclass(frozen=True, slots=True)
class Record:
    """What stands under a key. `state` `job` means: follow `job_id`."""

    claim: Claim
    state: Literal["in_progress", "done", "job"]
    completed_at: float = 0
    response: Mapping[str, Any] | None = None


class IdempotencyStore(Protocol):
    """Where records live. Every method is one conditional call."""

    async def claim(self, claim: Claim, *, over: Record | None = None) -> Record | None:
        """Write `claim` if the key is free, or exactly in place of `over`.

        Returns `None` when the claim stands, else the record that holds the key. An expired record is free.
        """
        ...

    async def complete(self, claim: Claim, response: Mapping[str, Any] | None, now: float) -> None:
        """Keep `response` for the claim's `retention`; `None` means that the claim's job holds it."""
        ...

    async def release(self, claim: Claim) -> None:
        """Free the key: the work failed. Nothing happens if another attempt holds it."""
        ...


def request_key(intent: str, inputs: Mapping[str, Any]) -> str:
    """Return the documented key: SHA-256 of the intent and the inputs as canonical JSON, lower-case hex."""
    canonical = json.dumps(inputs, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256((intent + canonical).encode("utf-8", "surrogatepass")).hexdigest()
