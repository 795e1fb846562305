"""The wire shapes of the health routes."""

from typing import Literal

from pydantic import BaseModel, Field

CheckStatus = Literal["ok", "stand-in", "not configured", "failing"]


class Liveness(BaseModel):
    """The function runs."""

    status: Literal["ok"] = "ok"
    service: Literal["orchestrator"] = "orchestrator"
    version: str = Field(examples=["0.1.0"])


class Check(BaseModel):
    """One thing the API leans on. `detail` and `duration_ms` only for callers with a key."""

    status: CheckStatus
    detail: str | None = Field(default=None, description="What is wrong; only for callers with a key.")
    duration_ms: float | None = Field(default=None, description="Milliseconds it took; only with a key.")


class Checks(BaseModel):
    """What is checked."""

    database: Check
    queue: Check
    openai: Check


class Readiness(BaseModel):
    """`degraded`: a vendor fails and the API works on without it; `unavailable`: a store of ours fails."""

    status: Literal["ok", "degraded", "unavailable"]
    version: str = Field(examples=["0.1.0"])
    checked_at: str = Field(description="RFC 3339, UTC; at most 60 s ago.", examples=["2026-11-20T09:00:00Z"])
    checks: Checks
