"""The agent that finds what a text names."""
