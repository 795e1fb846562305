"""Starts, or settles, what could not be started or settled at once, or whose workflow was stopped."""

from orchestrator.spec import Function, QueueTrigger, queue, table, workflow

SPEC = Function(
    summary="Start analyses that wait in the queue; settle those whose collector or workflow failed.",
    # Five at once start no more than Step Functions takes for long: 300 a second in the large regions.
    trigger=QueueTrigger("analysis", batch=10, concurrency=5),
    grants=(
        workflow("analysis", "StartExecution"),
        table("analysis", "Query", "UpdateItem", "BatchWriteItem"),
        table("webhooks", "PutItem", "DeleteItem"),
        queue("webhooks", "SendMessage"),
    ),
    settings=("analysis", "webhooks"),
    layers=("base", "aws"),
    timeout=60,
)
