"""Results: reading, listing, erasing."""

from orchestrator.spec import Function, Route, table

SPEC = Function(
    summary="Read a result, wait for it, list all, erase one.",
    routes=(
        Route("GET", "/api/v1/results", "analysis:read"),
        Route("GET", "/api/v1/results/{request_id}", "analysis:read"),
        Route("DELETE", "/api/v1/results/{request_id}", "analysis:delete"),
    ),
    grants=(
        table("analysis", "Query", "GetItem", "BatchGetItem", "DeleteItem", indexes=("listed", "by_status")),
        table("webhooks", "DeleteItem"),
    ),
    settings=("analysis", "webhooks"),
    layers=("base", "aws"),
    timeout=29,
)
