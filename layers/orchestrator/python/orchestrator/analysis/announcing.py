"""What the receiver of a request is told at its end."""

from __future__ import annotations

import json
from typing import Any

from orchestrator.analysis.outcome import Standing
from orchestrator.analysis.views import ResultView, rfc3339
from orchestrator.webhooks.models import Announcement


def announcement_of(ended: Standing) -> Announcement | None:
    """Return the announcement of an ended request, always the same bytes; `None` without a receiver."""
    analysis = ended.analysis
    if analysis.receiver is None:
        return None
    event = f"analysis.{analysis.status}"
    body: dict[str, Any] = {"type": event, "timestamp": rfc3339(analysis.completed_at or analysis.created_at)}
    body |= ResultView.of(ended).model_dump(mode="json", exclude_none=True)
    return Announcement(
        tenant=analysis.tenant,
        subject=analysis.request_id,
        event=event,
        url=analysis.receiver.url,
        body=json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace"),
        sealed=analysis.receiver.sealed,
        correlation_id=analysis.correlation_id,
    )
