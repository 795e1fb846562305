"""The parts a stack is composed of."""
