"""What the API answers: its own JSON objects, typed."""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict

Mode = Literal["auto", "agent", "flow", "mcp"]


class Success(TypedDict):
    """The work is done; `job_id` names the job that did it, if one did."""

    status: Literal["success"]
    result: dict[str, Any]
    mode: str
    duration_ms: int
    mode_reason: NotRequired[str]
    job_id: NotRequired[str]


class Accepted(TypedDict):
    """The work goes on in a job: `Client.wait(job_id)` follows it."""

    status: Literal["accepted"]
    job_id: str
    message: str
    mode: str
    mode_reason: NotRequired[str]
    callback_url: NotRequired[str]


class Job(TypedDict):
    """How a job is doing. Times are RFC 3339, UTC."""

    job_id: str
    status: Literal["accepted", "running", "success", "failed", "cancelled"]
    intent: str
    mode: str
    created_at: str
    updated_at: str
    attempts: int
    cancel_requested: bool
    progress: NotRequired[dict[str, Any]]
    result: NotRequired[dict[str, Any]]
    error: NotRequired[str]
    error_type: NotRequired[str]
    hint: NotRequired[str]
    duration_ms: NotRequired[int]
    callback_url: NotRequired[str]


class Intent(TypedDict):
    """One intent that can be asked for; `inputs` is a JSON Schema."""

    intent: str
    mode: str
    summary: str
    inputs: dict[str, Any]
    duration: Literal["quick", "long"]
    retry_safe: bool


Status = Literal["pending", "processing", "completed", "partial", "failed"]


class Analysis(TypedDict):
    """A text that is analysed, and what its agents have found. Times are RFC 3339, UTC.

    `results` (summary, sentiment, entities), `errors` (by agent), `agents` and `usage` are there when one
    request was asked for, not in lists and not when it was just accepted.
    """

    request_id: str
    status: Status
    orchestration_mode: Literal["sequential", "parallel"]
    text_length: int
    created_at: str
    completed_at: NotRequired[str]
    duration_ms: NotRequired[int]
    batch_id: NotRequired[str]
    webhook_url: NotRequired[str]
    results_url: NotRequired[str]
    results: NotRequired[dict[str, Any]]
    errors: NotRequired[dict[str, dict[str, str]]]
    agents: NotRequired[list[dict[str, Any]]]
    usage: NotRequired[dict[str, Any]]


class Mention(TypedDict):
    """A person who takes part in an event."""

    user_id: str
    user_name: NotRequired[str]
    user_email: NotRequired[str]


class Booked(TypedDict):
    """What a sentence came to. Instants are ISO 8601 with their offset.

    `events` are those booked, moved, cancelled or found; `clarifications` the questions that are open.
    """

    response_text: str
    events: list[dict[str, Any]]
    supabase_results: dict[str, Any]
    status: Literal["success", "partial", "needs_clarification"]
    error: str | None
    operation: Literal["create", "reschedule", "cancel", "query"]
    degraded: bool
    dry_run: bool
    clarifications: list[dict[str, Any]]
    explanations: list[dict[str, Any]]
    conflicts: list[dict[str, Any]]
    warnings: list[str]


class Batch(TypedDict):
    """Texts that were sent together; `requests` stand in their order. Times are RFC 3339, UTC."""

    batch_id: str
    status: Literal["processing", "completed"]
    created_at: str
    counts: dict[Status, int]
    deleted: int
    requests: list[Analysis]
    request_ids: NotRequired[list[str]]
    results_url: NotRequired[str]
