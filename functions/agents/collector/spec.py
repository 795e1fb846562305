"""Settles what the agents leave."""

from orchestrator.spec import Function, queue, table

SPEC = Function(
    summary="Settle a request once its agents are done, and announce it to its receiver.",
    task_of="analysis",
    grants=(
        table("analysis", "Query", "UpdateItem", "BatchWriteItem"),
        table("webhooks", "PutItem", "DeleteItem"),
        queue("webhooks", "SendMessage"),
    ),
    settings=("analysis", "webhooks"),
    layers=("base", "aws"),
    timeout=30,
)
