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
