"""Gives memory items their real embedding later, as a job like any other."""

from __future__ import annotations

import time

from orchestrator.jobs.models import Job
from orchestrator.jobs.service import Jobs, new_job_id
from orchestrator.memory.models import Item


class ReEmbeddingJobs:
    """`ReEmbedding` through the intent `memory.reembed`."""

    def __init__(self, jobs: Jobs, user_id: str) -> None:
        """Hand over on behalf of `user_id`, whose memory it is."""
        self._jobs = jobs
        self._user_id = user_id

    async def later(self, item: Item) -> str:
        """Hand over one job."""
        job_id = new_job_id()
        tenant = item.scope.partition("#")[0]
        await self._jobs.hand_over(
            Job(
                tenant=tenant,
                job_id=job_id,
                intent="memory.reembed",
                inputs={"item_id": item.item_id},
                mode="agent",
                created_at=time.time(),
                context={"user_id": self._user_id},
            )
        )
        return job_id
