"""POST /webhook/receive."""
