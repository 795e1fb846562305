"""The worker of the queue `jobs`."""
