"""The worker of the queue `webhooks`."""
