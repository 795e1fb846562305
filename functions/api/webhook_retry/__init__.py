"""POST /api/v1/webhook/retry and /api/v1/webhook/retry/{request_id}."""
