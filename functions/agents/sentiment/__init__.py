"""The agent that tells how a text feels."""
