"""A small stack for the runner's own tests: a template written by hand, and its functions."""
