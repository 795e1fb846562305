"""Analyse a text."""

from orchestrator.spec import Function, Route, key, queue, table, workflow

SPEC = Function(
    summary="Hand a text, or several, to the agents; answer at once, or with the result if it is waited for.",
    routes=(Route("POST", "/api/v1/process", "analysis:run"),),
    grants=(
        table("analysis", "PutItem", "Query", "GetItem", "BatchGetItem", "BatchWriteItem"),
        table("idempotency", "PutItem", "UpdateItem", "DeleteItem"),
        workflow("analysis", "StartExecution"),
        queue("analysis", "SendMessage"),
        key("webhooks", "Encrypt"),
    ),
    settings=("analysis",),
    layers=("base", "aws"),
    timeout=29,
    memory=1024,
)
