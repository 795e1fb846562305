"""One folder is one Lambda: `functions/<group>/<name>/` with `spec.py` and `handler.py`."""
