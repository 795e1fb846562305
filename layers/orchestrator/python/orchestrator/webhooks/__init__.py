"""Webhooks: signatures both ways, the address guard, deliveries with their retries and their log."""
