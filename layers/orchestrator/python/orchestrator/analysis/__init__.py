"""Text analysis: a request, the three agents that work on it, and what is kept of both."""
