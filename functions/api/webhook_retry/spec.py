"""Trying webhooks again by hand."""

from orchestrator.spec import Function, Route, queue, table

SPEC = Function(
    summary="Deliver a webhook again, or all that failed since a moment.",
    routes=(
        Route("POST", "/api/v1/webhook/retry/{request_id}", "webhooks:retry"),
        Route("POST", "/api/v1/webhook/retry", "webhooks:retry"),
    ),
    grants=(
        table("webhooks", "GetItem", "UpdateItem", indexes=("failed",)),
        queue("webhooks", "SendMessage"),
    ),
    settings=("webhooks",),
    layers=("base", "aws"),
    timeout=29,
)
