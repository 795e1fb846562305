"""Book, move, cancel and show events."""

from orchestrator.spec import Function, Route, table

SPEC = Function(
    summary="Turn a sentence into the right events, in Supabase.",
    routes=(Route("POST", "/api/v1/orchestrate", "calendar:write"),),
    errors="calendar",
    grants=(table("idempotency", "PutItem", "UpdateItem", "DeleteItem"),),
    secrets=("openai", "supabase"),
    settings=("openai", "supabase"),
    layers=("base", "aws", "calendar"),
    timeout=29,
    memory=1024,
)
