"""The worker of the queue `analysis`."""
