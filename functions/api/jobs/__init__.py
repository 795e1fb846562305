"""GET and DELETE /jobs/{job_id}."""
