"""A receiver to try deliveries on."""

from orchestrator.spec import Function, Route

SPEC = Function(
    summary="Show a webhook as it arrived, and say why its signature does not match.",
    routes=(Route("POST", "/webhook/callback/test", None),),
    secrets=("webhooks",),
    layers=("base", "aws"),
)
