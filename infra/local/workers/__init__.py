"""Lambda functions as real processes: the Runtime API server, one worker, and a pool per function."""
