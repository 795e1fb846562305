"""What Step Functions runs: the agents of an analysis."""
