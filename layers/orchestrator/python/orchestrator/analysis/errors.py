"""What only analysis raises."""

from __future__ import annotations

from orchestrator.errors import OrchestratorError


class InternalError(OrchestratorError):
    """A fault of ours; its details are for the log only."""


class GaveUp(OrchestratorError):
    """An agent tried as often as it may, or was told to wait too long: it is not run again."""
