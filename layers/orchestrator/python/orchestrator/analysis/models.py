"""An analysis request, what each agent made of it, and the moves between their states."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

Mode = Literal["sequential", "parallel"]
AgentName = Literal["summarizer", "sentiment", "entity_extractor"]
Status = Literal["pending", "processing", "completed", "partial", "failed"]
AgentStatus = Literal["running", "waiting", "completed", "failed"]
"""`waiting`: the last attempt failed in a way that may pass, and another one follows. No ending by itself."""

AGENTS: tuple[AgentName, ...] = ("summarizer", "sentiment", "entity_extractor")
FINAL: frozenset[Status] = frozenset({"completed", "partial", "failed"})


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where the result is to be delivered; `sealed` holds the encrypted secrets, the current one first."""

    url: str
    sealed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Analysis:
    """One accepted text. Times are Unix seconds; the text itself is kept apart.

    `status` is what was settled last: `pending` until the workflow's end, then one of `FINAL`.
    """

    tenant: str
    request_id: str
    mode: Mode
    text_length: int
    created_at: float
    expires_at: int
    correlation_id: str = ""
    batch_id: str | None = None
    receiver: Receiver | None = None
    status: Status = "pending"
    completed_at: float | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Requests that were accepted together, in the order of their texts. Times are Unix seconds."""

    tenant: str
    batch_id: str
    request_ids: tuple[str, ...]
    created_at: float
    expires_at: int


@dataclass(frozen=True, slots=True)
class AgentRun:
    """What one agent did for one request: its audit trail. Times are Unix seconds, `cost_usd` a decimal.

    `attempts` counts every beginning, those of killed workers included; a beginning makes the run `running`
    and keeps the rest, `started_at` (the first beginning) and the error of the attempt before included.
    `requested_model` is what was configured, `model` what answered. Tokens and cost are of all attempts that
    reached the vendor and were recorded; `cost_usd` is `None` when none was, or when a price is unknown.
    `completed_at` is set once the run is `completed` or `failed`. `error` (a sentence), `error_type` and
    `hint` say why the last attempt failed: set while `waiting` and when `failed`, `None` when `completed`.
    """

    agent: AgentName
    status: AgentStatus
    attempts: int
    started_at: float
    completed_at: float | None = None
    prompt_version: str = ""
    requested_model: str = ""
    model: str = ""
    input_tokens: int = 0
    output_tokens: int = 0
    cost_usd: str | None = None
    result: Mapping[str, Any] | None = None
    error: str | None = None
    error_type: str | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Material:
    """What an agent works on: the text and, in sequential mode, the summary made before it."""

    analysis: Analysis
    text: str
    summary: str | None = None


def status_of(analysis: Analysis, runs: Mapping[AgentName, AgentRun]) -> Status:
    """Return how far the request is, told from what its agents have recorded.

    All done is `completed` even before the workflow has settled it: nothing can change any more. A failed
    agent may be tried again, so `partial` and `failed` are only what was settled.
    """
    if analysis.status in FINAL:
        return analysis.status
    if all(name in runs and runs[name].status == "completed" for name in AGENTS):
        return "completed"
    return "processing" if runs else "pending"
