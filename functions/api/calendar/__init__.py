"""POST /api/v1/orchestrate."""
