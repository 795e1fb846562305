"""How a request looks from outside, with and without its results."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import BaseModel, Field

from orchestrator.analysis.models import (
    AGENTS,
    AgentName,
    AgentRun,
    AgentStatus,
    Analysis,
    Mode,
    Status,
)
from orchestrator.analysis.outcome import Standing
from orchestrator.analysis.results import ResultsView
from orchestrator.webhooks.masking import mask_url

TIME = "RFC 3339, UTC."
_ID = ["req_abc123"]
RESULTS: Mapping[AgentName, str] = {
    "summarizer": "summary",
    "sentiment": "sentiment",
    "entity_extractor": "entities",
}
"""Under which name an agent's result is published."""


def rfc3339(seconds: float) -> str:
    """Return a time (Unix seconds) as RFC 3339 in UTC, to the millisecond."""
    moment = datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")
    return moment.replace("+00:00", "Z")


class ErrorView(BaseModel):
    """Why an agent failed."""

    error: str = Field(description="The type.", examples=["VendorError"])
    message: str
    hint: str | None = None


class AgentView(BaseModel):
    """What one agent did: the audit trail."""

    agent: AgentName
    status: AgentStatus = Field(description="waiting: its last attempt failed, and another one follows.")
    attempts: int = Field(description="How often it was begun.")
    requested_model: str | None = Field(None, description="The model that was asked for.")
    model: str | None = Field(None, description="The model that answered.")
    prompt_version: str | None = None
    input_tokens: int
    output_tokens: int
    cost_usd: str | None = Field(None, description="A decimal number; absent when a price is unknown.")
    started_at: str = Field(description=TIME)
    completed_at: str | None = Field(None, description=TIME)
    duration_ms: int | None = None

    @classmethod
    def of(cls, run: AgentRun) -> AgentView:
        """Show a run."""
        return cls(
            agent=run.agent,
            status=run.status,
            attempts=run.attempts,
            requested_model=run.requested_model or None,
            model=run.model or None,
            prompt_version=run.prompt_version or None,
            input_tokens=run.input_tokens,
            output_tokens=run.output_tokens,
            cost_usd=run.cost_usd,
            started_at=rfc3339(run.started_at),
            completed_at=rfc3339(run.completed_at) if run.completed_at else None,
            duration_ms=_milliseconds(run.started_at, run.completed_at),
        )


class UsageView(BaseModel):
    """What all agents used together."""

    input_tokens: int
    output_tokens: int
    cost_usd: str | None = Field(None, description="A decimal number; absent when a price is unknown.")

    @classmethod
    def of(cls, runs: Sequence[AgentRun]) -> UsageView:
        """Add up what agents used."""
        unknown = any(run.cost_usd is None and run.input_tokens + run.output_tokens for run in runs)
        cost = sum((Decimal(run.cost_usd) for run in runs if run.cost_usd), Decimal(0))
        return cls(
            input_tokens=sum(run.input_tokens for run in runs),
            output_tokens=sum(run.output_tokens for run in runs),
            cost_usd=None if unknown else format(cost.normalize(), "f"),
        )


class RequestView(BaseModel):
    """A request and how far it is."""

    request_id: str = Field(examples=_ID)
    status: Status
    orchestration_mode: Mode
    text_length: int = Field(description="Characters (Unicode code points) of the text as it was sent.")
    created_at: str = Field(description=TIME)
    completed_at: str | None = Field(None, description=TIME)
    duration_ms: int | None = Field(None, description="From creation to completion.")
    batch_id: str | None = Field(None, description="The batch it came in.", examples=["batch_abc123"])
    webhook_url: str | None = Field(None, description="Where it is delivered, values of the query masked.")

    @classmethod
    def of(cls, shown: Standing) -> RequestView:
        """Show a request without its results."""
        return cls(**_request(shown.analysis))


class AcceptedView(RequestView):
    """The request is accepted: poll `Location`, or wait for the webhook."""

    results_url: str = Field(examples=["/api/v1/results/req_abc123"])

    @classmethod
    def of(cls, shown: Standing) -> AcceptedView:
        """Show a request that goes on."""
        return cls(results_url=path_of(shown.analysis.request_id), **_request(shown.analysis))


class ResultView(RequestView):
    """A request with what its agents have found so far."""

    results: ResultsView = Field(description="Of each agent that has completed.")
    errors: dict[AgentName, ErrorView] = Field(description="Of each agent that has failed.")
    agents: list[AgentView] = Field(description="Of each agent that was begun: what it did and what it used.")
    usage: UsageView

    @classmethod
    def of(cls, shown: Standing) -> ResultView:
        """Show all there is of a request, except for its text."""
        runs = [shown.runs[name] for name in AGENTS if name in shown.runs]
        found = {RESULTS[run.agent]: run.result for run in runs if run.status == "completed" and run.result}
        return cls(
            **_request(shown.analysis),
            results=ResultsView.model_validate(found),
            errors={run.agent: _error(run) for run in runs if run.status == "failed"},
            agents=[AgentView.of(run) for run in runs if run.attempts],
            usage=UsageView.of(runs),
        )


def path_of(identifier: str) -> str:
    """Return where a request or a batch can be read."""
    return f"/api/v1/results/{identifier}"


def _request(analysis: Analysis) -> dict[str, Any]:
    return {
        "request_id": analysis.request_id,
        "status": analysis.status,
        "orchestration_mode": analysis.mode,
        "text_length": analysis.text_length,
        "created_at": rfc3339(analysis.created_at),
        "completed_at": rfc3339(analysis.completed_at) if analysis.completed_at else None,
        "duration_ms": _milliseconds(analysis.created_at, analysis.completed_at),
        "batch_id": analysis.batch_id,
        "webhook_url": mask_url(analysis.receiver.url) if analysis.receiver else None,
    }


def _error(run: AgentRun) -> ErrorView:
    return ErrorView(
        error=run.error_type or "InternalError", message=run.error or "The agent failed", hint=run.hint
    )


def _milliseconds(start: float, end: float | None) -> int | None:
    return None if end is None else max(0, round((end - start) * 1000))
