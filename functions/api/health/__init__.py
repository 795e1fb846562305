"""GET /health and GET /api/v1/health."""
