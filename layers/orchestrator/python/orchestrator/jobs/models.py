"""A job, the moves between its states, and how the outside sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

Status = Literal["pending", "running", "succeeded", "failed", "cancelled"]
Ending = Literal["open", "result", "nothing"]
"""Whether a job still runs or waits, has left a result, or has ended (or vanished) without one."""
WireStatus = Literal["accepted", "running", "success", "failed", "cancelled"]

_WIRE: dict[Status, WireStatus] = {
    "pending": "accepted",
    "running": "running",
    "succeeded": "success",
    "failed": "failed",
    "cancelled": "cancelled",
}
FINAL: frozenset[Status] = frozenset({"succeeded", "failed", "cancelled"})
RETENTION = 7 * 24 * 3600
"""Seconds for which a job can be read after its end."""
REDRIVABLE = 15 * 24 * 3600
"""Seconds for which a job without an ending is kept: longer than the dead letters keep its message."""
STALLED_AFTER = 3600
"""Seconds after the end of a lease when no redelivery can be expected any more."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a job failed, in words for the caller. `dead_lettered`: its message can be redriven."""

    error: str
    error_type: str
    hint: str | None = None
    dead_lettered: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """One accepted piece of work. Times are Unix seconds.

    `receive_count` tells which delivery of its message began the last attempt; a redrive counts anew.
    """

    tenant: str
    job_id: str
    intent: str
    inputs: Mapping[str, Any]
    mode: str
    created_at: float
    context: Mapping[str, Any] = field(default_factory=lambda: {})
    callback_url: str | None = None
    correlation_id: str = ""
    status: Status = "pending"
    updated_at: float = 0
    attempts: int = 0
    receive_count: int = 0
    lease_until: float = 0
    progress: Mapping[str, Any] | None = None
    result: Mapping[str, Any] | None = None
    failure: Failure | None = None
    duration_ms: int | None = None
    cancel_requested: bool = False

    def outcome(self, now: float, max_receives: int) -> tuple[Status, Failure | None]:
        """Return the status as it really is: a job whose last worker died has nobody left to say so."""
        overdue = now - self.lease_until
        dead = self.receive_count >= max_receives or overdue > STALLED_AFTER
        if self.status == "running" and overdue > 0 and dead:
            words = f"The worker died in attempt {self.attempts}, and its message is not delivered again"
            return "failed", Failure(
                words,
                "WorkerDied",
                "Its message is in the dead-letter queue: mend the cause, then redrive it.",
                True,
            )
        return self.status, self.failure


class JobView(BaseModel):
    """How a job is doing."""

    job_id: str = Field(examples=["job_abc123"])
    status: WireStatus
    intent: str = Field(examples=["memory.import"])
    mode: Literal["flow", "mcp", "agent"]
    created_at: str = Field(description="RFC 3339, UTC.")
    updated_at: str = Field(description="RFC 3339, UTC.")
    attempts: int = Field(description="How often a worker has begun the job.")
    progress: dict[str, Any] | None = Field(None, description="done, total and note, while it runs.")
    result: dict[str, Any] | None = Field(None, description="What the intent returned, after success.")
    error: str | None = Field(None, description="What went wrong, after a failure.")
    error_type: str | None = None
    hint: str | None = Field(None, description="What to do about the error.")
    duration_ms: int | None = Field(None, description="How long the last attempt took.")
    callback_url: str | None = None
    cancel_requested: bool = Field(False, description="The worker has been told to stop.")

    @classmethod
    def of(cls, job: Job, now: float, max_receives: int) -> JobView:
        """Show `job` as it stands at `now`."""
        status, failure = job.outcome(now, max_receives)
        return cls(
            job_id=job.job_id,
            status=_WIRE[status],
            intent=job.intent,
            mode=job.mode,  # pyright: ignore[reportArgumentType] - checked at once by the model
            created_at=datetime.fromtimestamp(job.created_at, UTC).isoformat(),
            updated_at=datetime.fromtimestamp(job.updated_at, UTC).isoformat(),
            attempts=job.attempts,
            progress=dict(job.progress) if job.progress and status == "running" else None,
            result=dict(job.result) if job.result is not None else None,
            error=failure.error if failure else None,
            error_type=failure.error_type if failure else None,
            hint=failure.hint if failure else None,
            duration_ms=job.duration_ms,
            callback_url=job.callback_url,
            cancel_requested=job.cancel_requested,
        )
