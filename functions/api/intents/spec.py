"""What can be asked for."""

from orchestrator.spec import Function, Route

SPEC = Function(
    summary="List the intents of this deployment with their inputs.",
    routes=(Route("GET", "/intents", "intents:read"),),
    errors="intents",
)
