"""POST /orchestrate."""
