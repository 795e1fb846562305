"""The yardstick: a bare FastAPI app, never part of the product. `tests.bench.tree` adds it to a copy."""
