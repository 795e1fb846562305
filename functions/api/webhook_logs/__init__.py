"""GET /api/v1/webhook-logs/{request_id}."""
