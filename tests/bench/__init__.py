"""Measurements: `python -m tests.bench` prints them beside their targets and never fails because of them."""
