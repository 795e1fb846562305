"""Idempotency records in a dict; the contract tests hold it to the rules of the table."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from orchestrator.idempotency import Claim, Record


class MemoryIdempotency:
    """`IdempotencyStore` in a dict."""

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], Record] = {}
        self._expiry: dict[tuple[str, str], float] = {}

    async def claim(self, claim: Claim, *, over: Record | None = None) -> Record | None:
        place = (claim.scope, claim.key)
        held = self.records.get(place)
        free = held is None or self._expiry[place] < claim.started_at
        if not free and held and held.claim.token not in (claim.token, over and over.claim.token):
            return held
        self.records[place] = Record(claim, "in_progress")
        self._expiry[place] = int(claim.lock_until) + claim.retention
        return None

    async def complete(self, claim: Claim, response: Mapping[str, Any] | None, now: float) -> None:
        place = (claim.scope, claim.key)
        if self._is_mine(claim):
            state = "job" if response is None else "done"
            self.records[place] = replace(
                self.records[place], state=state, response=response, completed_at=now
            )
            self._expiry[place] = int(now) + claim.retention

    async def release(self, claim: Claim) -> None:
        if self._is_mine(claim):
            del self.records[claim.scope, claim.key]

    def _is_mine(self, claim: Claim) -> bool:
        held = self.records.get((claim.scope, claim.key))
        return held is not None and held.claim.token == claim.token


def a_claim(attempt: str, now: float, **changes: Any) -> Claim:
    """A claim made at `now`, told from others by `attempt`."""
    fields: dict[str, Any] = {
        "scope": "acme#user",
        "key": "k",
        "fingerprint": "f",
        "token": attempt,
        "started_at": now,
        "lock_until": now + 12,
        "retry_safe": True,
    }
    return Claim(**fields | changes)
