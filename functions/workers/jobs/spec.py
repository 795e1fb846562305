"""Works on accepted jobs."""

from orchestrator.memory.access import ITEMS, VECTORS
from orchestrator.spec import Function, QueueTrigger, queue, table, vectors

SPEC = Function(
    summary="Run the long intents that were handed to the queue.",
    # One job a call: a job may take minutes, and its neighbours in a batch would wait for it.
    trigger=QueueTrigger("jobs", batch=1, concurrency=10),
    grants=(
        table("jobs", "PutItem", "GetItem", "UpdateItem"),
        queue("jobs", "SendMessage", "ChangeMessageVisibility"),
        table("memory", *ITEMS),
        vectors("memory", *VECTORS),
        # The end of a job with a callback_url is announced.
        table("webhooks", "PutItem"),
        queue("webhooks", "SendMessage"),
    ),
    secrets=("openai", "ssh"),
    settings=("intents", "openai", "ssh", "webhooks"),
    layers=("base", "aws", "tools"),
    timeout=300,
    memory=1024,
)
