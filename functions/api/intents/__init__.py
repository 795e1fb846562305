"""GET /intents."""
