"""Delivers webhooks."""

from orchestrator.spec import Function, QueueTrigger, key, queue, table

SPEC = Function(
    summary="Deliver webhooks: POST, record, try again later.",
    # A delivery mostly waits for its receiver, so ten wait side by side.
    trigger=QueueTrigger("webhooks", batch=10, concurrency=50),
    grants=(
        table("webhooks", "GetItem", "UpdateItem", "DeleteItem"),
        queue("webhooks", "SendMessage", "ChangeMessageVisibility"),
        key("webhooks", "Decrypt"),
    ),
    secrets=("webhooks",),
    settings=("webhooks",),
    layers=("base", "aws"),
    # The longest WEBHOOK_TIMEOUT is 60 s; the rest is for what an attempt does beside the POST.
    timeout=75,
)
