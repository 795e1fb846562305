"""The `callback_url` of `POST /orchestrate`: the end of a job, announced."""

from __future__ import annotations

import json
import time
from collections.abc import Callable

from orchestrator.jobs.models import Job, JobView
from orchestrator.webhooks.models import Announcement
from orchestrator.webhooks.ports import Announcer

SECRETS = ("CALLBACK_HMAC_SECRET", "CALLBACK_HMAC_SECRET_PREVIOUS")
"""Our own secrets that sign callbacks: their request brings none. Both while receivers change over."""


class Callbacks:
    """Announces how jobs ended to their `callback_url`; a job that has none is nobody's business."""

    def __init__(
        self, announcer: Announcer, *, max_receives: int, clock: Callable[[], float] = time.time
    ) -> None:
        """`max_receives` is how often the jobs' queue delivers a message."""
        self._announcer = announcer
        self._max_receives = max_receives
        self._clock = clock

    async def __call__(self, job: Job) -> None:
        """Announce `job`, which has ended; doing so again changes nothing.

        Raises:
            OrchestratorError: it could not be announced for the moment.
        """
        if job.callback_url is None:
            return
        event = f"job.{job.status}"
        await self._announcer.announce(
            Announcement(
                tenant=job.tenant,
                subject=job.job_id,
                event=event,
                url=job.callback_url,
                body=self._body(job, event),
                secret_names=SECRETS,
                correlation_id=job.correlation_id,
            )
        )

    def _body(self, job: Job, event: str) -> bytes:
        """Return what `GET /jobs/{job_id}` shows, with the event's `type` and `timestamp` before it."""
        view = JobView.of(job, self._clock(), self._max_receives).model_dump(exclude_none=True)
        body = {"type": event, "timestamp": view["updated_at"], **view}
        # A lone surrogate, which a tool may have returned, has no UTF-8: it stays JSON's own escape.
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "backslashreplace")
