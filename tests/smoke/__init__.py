"""Checks against a running deployment, on a laptop or in the cloud."""
