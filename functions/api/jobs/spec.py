"""How a job is doing, and stopping it."""

from orchestrator.spec import Function, Route, table

SPEC = Function(
    summary="Read a job, wait for it, cancel it.",
    routes=(
        Route("GET", "/jobs/{job_id}", "jobs:read"),
        Route("DELETE", "/jobs/{job_id}", "jobs:cancel"),
    ),
    errors="intents",
    grants=(table("jobs", "GetItem", "UpdateItem"), table("analysis", "Query")),
    settings=("analysis",),
    layers=("base", "aws"),
    timeout=29,
)
