"""Analysis requests that arrive as webhooks."""

from orchestrator.spec import Function, Route, key, queue, table, workflow

SPEC = Function(
    summary="Take texts to analyse from a webhook that is signed, and each delivery only once.",
    routes=(Route("POST", "/webhook/receive", None),),
    grants=(
        table("analysis", "PutItem", "BatchWriteItem"),
        table("idempotency", "PutItem", "UpdateItem", "DeleteItem"),
        workflow("analysis", "StartExecution"),
        queue("analysis", "SendMessage"),
        key("webhooks", "Encrypt"),
    ),
    secrets=("webhooks",),
    settings=("analysis",),
    layers=("base", "aws"),
    timeout=29,
    memory=1024,
)
