"""Jobs: work that is accepted now and finished by a worker, with every ending recorded."""
