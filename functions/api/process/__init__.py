"""POST /api/v1/process."""
