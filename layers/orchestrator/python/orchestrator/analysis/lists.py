"""How several requests look from outside: a batch, and a page of the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pydantic import BaseModel, Field

from orchestrator.analysis.models import Batch, Status
from orchestrator.analysis.outcome import Standing
from orchestrator.analysis.views import TIME, RequestView, path_of, rfc3339


class BatchView(BaseModel):
    """A batch and how far its requests are."""

    batch_id: str = Field(examples=["batch_abc123"])
    status: Literal["processing", "completed"] = Field(description="completed: no request is under way.")
    created_at: str = Field(description=TIME)
    counts: dict[Status, int] = Field(description="How many requests have each status.")
    deleted: int = Field(description="How many requests are not there any more.")
    requests: list[RequestView] = Field(description="In the order of the texts.")

    @classmethod
    def of(cls, batch: Batch, shown: Sequence[Standing]) -> BatchView:
        """Show a batch with those of its requests that are there."""
        counts: dict[Status, int] = dict.fromkeys(
            ("pending", "processing", "completed", "partial", "failed"), 0
        )
        for one in shown:
            counts[one.status] += 1
        return cls(
            batch_id=batch.batch_id,
            status="completed" if all(one.is_final for one in shown) else "processing",
            created_at=rfc3339(batch.created_at),
            counts=counts,
            deleted=len(batch.request_ids) - len(shown),
            requests=[RequestView.of(one) for one in shown],
        )


class BatchAcceptedView(BatchView):
    """The batch is accepted: poll `Location`, or each request."""

    request_ids: list[str] = Field(description="In the order of the texts.")
    results_url: str = Field(examples=["/api/v1/results/batch_abc123"])

    @classmethod
    def of(cls, batch: Batch, shown: Sequence[Standing]) -> BatchAcceptedView:
        """Show a batch that goes on."""
        view = BatchView.of(batch, shown)
        return cls(**dict(view), request_ids=list(batch.request_ids), results_url=path_of(batch.batch_id))


class ListView(BaseModel):
    """One page of requests, newest first."""

    results: list[RequestView]
    page: int | None = Field(None, description="The page that was asked for; absent after a cursor.")
    page_size: int
    next_cursor: str | None = Field(None, description="Send it as `cursor` for the page that follows.")
