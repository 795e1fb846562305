"""Run an intent."""

from orchestrator.memory.access import ITEMS, VECTORS
from orchestrator.spec import Function, Route, queue, table, vectors

SPEC = Function(
    summary="Run an intent: a tool's result now, or a job to poll.",
    routes=(Route("POST", "/orchestrate", "intents:run"),),
    errors="intents",
    grants=(
        table("idempotency", "PutItem", "UpdateItem", "DeleteItem"),
        table("jobs", "PutItem", "GetItem", "UpdateItem"),
        queue("jobs", "SendMessage"),
        table("memory", *ITEMS, indexes=("changed_at", "removed_at")),
        vectors("memory", *VECTORS),
    ),
    secrets=("openai",),
    settings=("intents", "openai"),
    layers=("base", "aws"),
    timeout=29,
    memory=1024,
)
