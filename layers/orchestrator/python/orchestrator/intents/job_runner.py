"""The worker's side of an intent: from a job to its tool."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any

from orchestrator.errors import BudgetExceeded
from orchestrator.intents.registry import Providers, Registry
from orchestrator.intents.tool import Call
from orchestrator.jobs.models import Job
from orchestrator.jobs.worker import Progress


class JobRunner:
    """Runs a job's tool for at most `budget` seconds."""

    def __init__(self, registry: Registry, providers: Providers, *, budget: float) -> None:
        """`providers` gives tools what their signatures ask for."""
        self._registry = registry
        self._providers = providers
        self._budget = budget

    async def __call__(self, job: Job, report: Progress) -> Mapping[str, Any]:
        """Run the job.

        Raises:
            BudgetExceeded: it took longer than the worker may.
            OrchestratorError: whatever the tool raised.
        """
        tool = self._registry.get(job.intent)
        call = Call(
            tenant=job.tenant,
            user_id=str(job.context.get("user_id", "")),
            session_id=str(job.context.get("session_id", "")),
            job_id=job.job_id,
            deadline=time.monotonic() + self._budget,
            report=report,
        )
        limit = asyncio.timeout(self._budget)
        try:
            async with limit:
                return await tool.run(tool.checked(job.inputs), call, self._providers)
        except TimeoutError as error:
            if not limit.expired():  # the tool's own, from a socket for example
                raise
            raise BudgetExceeded(
                f"{job.intent} took longer than the worker's time limit ({self._budget:g} s) and was stopped",
                hint="Ask for less at once, or raise `timeout` in functions/workers/jobs/spec.py.",
            ) from error

    def retry_safe(self, intent: str) -> bool:
        """Whether an interrupted run of `intent` may be repeated; not when nobody knows it."""
        return intent in self._registry and self._registry.get(intent).options.retry_safe
