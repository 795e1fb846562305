"""Is it alive, and is it ready."""

from orchestrator.spec import Function, Route, queue, table

SPEC = Function(
    summary="Liveness without I/O, and readiness of tables, queue and vendors.",
    routes=(
        Route("GET", "/health", None),
        Route("GET", "/api/v1/health", None),
    ),
    grants=(
        table("jobs", "DescribeTable"),
        table("keys", "GetItem"),
        queue("jobs", "GetQueueAttributes"),
    ),
    secrets=("openai",),
    settings=("openai", "auth"),
    layers=("base", "aws"),
    # Readiness must still answer when each thing it asks lets it wait.
    timeout=20,
)
