"""Where the yardstick is reached."""

from orchestrator.spec import Function, Route

SPEC = Function(
    summary="A bare FastAPI + Mangum + powertools function to compare with.",
    routes=(Route("GET", "/bench/echo", None), Route("POST", "/bench/echo", None)),
    memory=1024,
)
