"""What jobs need from outside."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from orchestrator.jobs.models import Failure, Job


class JobStore(Protocol):
    """Where jobs live. Every change is one conditional call; times are Unix seconds."""

    async def create(self, job: Job) -> None:
        """Write a new job; one that is already there under the id is left as it is."""
        ...

    async def get(self, tenant: str, job_id: str) -> Job | None:
        """Return the tenant's job, if there is one."""
        ...

    async def begin(
        self, tenant: str, job_id: str, now: float, lease_until: float, receive_count: int = 1
    ) -> Job | None:
        """Take the job for one attempt, and return it as it now stands.

        `receive_count` is how often the message that asks for it has been delivered since it was (re)driven.

        Free are jobs that wait, whose lease has run out, or whose message was redriven after a failure;
        `None` means that somebody else has it, or that there is nothing left to do.
        """
        ...

    async def renew(
        self, job: Job, now: float, lease_until: float, progress: Mapping[str, Any] | None
    ) -> Job | None:
        """Prolong this attempt's lease; `None` means that the attempt has lost the job."""
        ...

    async def succeed(self, job: Job, result: Mapping[str, Any], duration_ms: int, now: float) -> bool:
        """Record the result of this attempt; false when the attempt has lost the job."""
        ...

    async def fail(self, job: Job, failure: Failure, now: float) -> bool:
        """Record the failure of this attempt; false when the attempt has lost the job."""
        ...

    async def put_back(self, job: Job, failure: Failure, now: float) -> bool:
        """Let the job wait for its next delivery, with the reason shown meanwhile."""
        ...

    async def cancel(self, tenant: str, job_id: str, now: float) -> Job | None:
        """Cancel a waiting job, or ask a running one to stop; return it as it now stands, if it exists."""
        ...

    async def withdraw(self, tenant: str, job_id: str, now: float) -> bool:
        """Cancel the job if it waits (again and again is fine); false when a worker has begun it already."""
        ...

    async def confirm_cancel(self, job: Job, now: float) -> bool:
        """Record that this attempt stopped because it was asked to."""
        ...


class JobQueue(Protocol):
    """How a worker hears of a job."""

    async def send(self, tenant: str, job_id: str, correlation_id: str) -> None:
        """Hand the job to the workers; it is theirs once this returns."""
        ...


class Delivery(Protocol):
    """One delivery of a job's message: it stays hidden from other workers only as long as it is kept."""

    @property
    def receive_count(self) -> int:
        """How often the message has been delivered, this time included."""
        ...

    async def keep(self, seconds: float) -> None:
        """Hide the message for `seconds` from now; 0 shows it again at once."""
        ...
