"""The agent that summarizes."""
