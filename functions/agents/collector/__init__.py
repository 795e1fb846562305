"""The last task of the state machine."""
