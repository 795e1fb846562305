"""GET and DELETE /api/v1/results."""
