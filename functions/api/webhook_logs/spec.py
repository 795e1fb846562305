"""What became of a webhook."""

from orchestrator.spec import Function, Route, table

SPEC = Function(
    summary="Read the log of a webhook: every attempt to deliver it.",
    routes=(Route("GET", "/api/v1/webhook-logs/{request_id}", "webhooks:read"),),
    grants=(table("webhooks", "GetItem"),),
    settings=("webhooks",),
    layers=("base", "aws"),
)
