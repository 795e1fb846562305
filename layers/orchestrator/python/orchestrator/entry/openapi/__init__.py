"""One OpenAPI document for all functions, made at build time from their apps and their events."""
