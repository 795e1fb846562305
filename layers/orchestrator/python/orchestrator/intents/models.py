"""The wire shapes of `/orchestrate`, `/intents`."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Mode = Literal["flow", "mcp", "agent"]
RequestedMode = Literal["flow", "mcp", "agent", "auto"]


class Context(BaseModel):
    """Tracing metadata. `user_id` is also the scope of the caller's memory; other names pass through."""

    model_config = ConfigDict(extra="allow")

    user_id: str = Field("", max_length=128, examples=["user_123"])
    session_id: str = Field("", max_length=128, examples=["sess_abc"])


class OrchestrateRequest(BaseModel):
    """An intent to run."""

    intent: str = Field(
        min_length=1,
        max_length=128,
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.\-/]*$",
        description="Dotted name of what to do. GET /intents lists them.",
        examples=["memory.write"],
    )
    inputs: dict[str, Any] = Field(
        description="The intent's parameters.", examples=[{"text": "Data to store", "tags": ["example"]}]
    )
    mode: RequestedMode = Field("auto", description="How to run it; auto chooses by the intent.")
    callback_url: str | None = Field(
        None,
        max_length=2048,
        pattern=r"^https?://[^\s]+$",
        description="Where the result of a job is to be delivered.",
        examples=["https://example.com/webhook"],
    )
    context: Context = Context.model_validate({})


class OrchestrateResult(BaseModel):
    """The work is done. `result` is what the intent returned."""

    status: Literal["success"] = "success"
    result: dict[str, Any]
    mode: Mode
    duration_ms: int = Field(description="Whole milliseconds from request to result.", examples=[45])
    mode_reason: str = Field(description="Why this mode ran.", examples=["memory.* runs in agent mode"])
    job_id: str | None = Field(None, description="The job that did the work, for a long intent.")


class OrchestrateAccepted(BaseModel):
    """The work goes on in a job; poll `Location`."""

    status: Literal["accepted"] = "accepted"
    job_id: str = Field(examples=["job_abc123"])
    message: Literal["Job accepted for async processing"] = "Job accepted for async processing"
    mode: Mode
    callback_url: str | None = None
    mode_reason: str


class IntentView(BaseModel):
    """One intent that can be asked for."""

    intent: str
    mode: Mode
    summary: str
    inputs: dict[str, Any] = Field(description="JSON Schema of the inputs.")
    duration: Literal["quick", "long"] = Field(description="quick answers in place, long may become a job.")
    retry_safe: bool = Field(description="Whether an interrupted run is repeated.")
    scope: str | None = Field(None, description="What a key needs for it besides intents:run.")


class IntentList(BaseModel):
    """Every intent of this deployment, by name."""

    intents: list[IntentView]
