"""Removes what has expired."""

from orchestrator.spec import Function, Schedule, table

SPEC = Function(
    summary="Remove expired analyses and webhook deliveries that DynamoDB has left, once a day.",
    schedule=Schedule("cron(30 2 * * ? *)"),
    grants=(
        table("analysis", "BatchWriteItem", indexes=("swept",)),
        table("webhooks", "DeleteItem", indexes=("swept",)),
    ),
    settings=("analysis", "webhooks"),
    layers=("base", "aws"),
    timeout=600,
)
