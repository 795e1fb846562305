"""POST /webhook/callback/test."""
