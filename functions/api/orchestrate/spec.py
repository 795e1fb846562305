"""Run an intent."""

from orchestrator.memory.access import ACCESS
from orchestrator.spec import Function, Route, queue, table

SPEC = Function(
    summary="Run an intent: a tool's result now, or a job to poll.",
    routes=(Route("POST", "/orchestrate", "intents:run"),),
    errors="intents",
    grants=(
        table("idempotency", "PutItem", "UpdateItem", "DeleteItem"),
        table("jobs", "PutItem", "GetItem"),
        table("memory", "Query"),
        queue("jobs", "SendMessage"),
        *ACCESS,
    ),
    secrets=("openai",),
    settings=("intents", "openai"),
    layers=("base", "aws"),
    timeout=29,
    memory=1024,
)
