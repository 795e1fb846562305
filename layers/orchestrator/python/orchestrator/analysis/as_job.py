"""An analysis seen as a job, for callers who follow everything at `/jobs/{job_id}`."""

from __future__ import annotations

from collections.abc import Mapping

from orchestrator.analysis.models import AGENTS, Status
from orchestrator.analysis.outcome import Standing
from orchestrator.analysis.views import ResultView
from orchestrator.jobs.models import JobView, WireStatus

_STATUS: Mapping[Status, WireStatus] = {
    "pending": "accepted",
    "processing": "running",
    "completed": "success",
    "partial": "success",
    "failed": "failed",
}


def as_job(shown: Standing) -> JobView:
    """Return a request as a job: its result is what `GET /api/v1/results/{request_id}` shows."""
    view = ResultView.of(shown)
    failed = next(iter(view.errors.values()), None) if view.status == "failed" else None
    done = sum(run.status == "completed" for run in shown.runs.values())
    ended = view.status in ("completed", "partial")
    return JobView(
        job_id=view.request_id,
        status=_STATUS[view.status],
        intent="analysis.process",
        mode="agent",
        created_at=view.created_at,
        updated_at=view.completed_at or max([view.created_at, *(one.started_at for one in view.agents)]),
        attempts=max((one.attempts for one in view.agents), default=0),
        progress={"done": done, "total": len(AGENTS), "note": ""} if view.status == "processing" else None,
        result=view.model_dump(mode="json", exclude_none=True) if ended else None,
        error=failed.message if failed else None,
        error_type=failed.error if failed else None,
        hint=failed.hint if failed else None,
        duration_ms=view.duration_ms,
        callback_url=view.webhook_url,
        cancel_requested=False,
    )
