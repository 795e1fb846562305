"""How often somebody who waits for a request looks at it: each look is a read, and takes time from agents."""

from __future__ import annotations

from math import inf

from orchestrator.analysis.models import AGENTS
from orchestrator.analysis.outcome import Standing

_EAGER = 2.0
"""Seconds for which a wait looks often: most texts are done by then."""
_SHORT, _LONG = 0.025, 0.5
_SOON = 0.008
"""Seconds until the next look when an agent has just ended that began together with the others."""
_TURN = 0.1
"""Seconds an agent takes at least."""
_SLOWER = 1.5


class Pace:
    """The pauses of one wait, in seconds."""

    def __init__(self) -> None:
        """Begin with short ones."""
        self._pause = _SHORT
        self._soon = inf
        self._ended = 0

    def pause(self, shown: Standing, spent: float) -> float:
        """Return how long to leave the request alone, seen, `spent` seconds after the first look."""
        ended = sum(run.completed_at is not None for run in shown.runs.values())
        if shown.analysis.mode == "sequential":
            # No agent is quicker than that: two of them still have their turn.
            pause = max(self._pause, _TURN) if ended < len(AGENTS) - 1 else self._pause
        else:
            pause = self._together(ended)
        if spent > _EAGER:
            self._pause = min(self._pause * _SLOWER, _LONG)
        return pause

    def _together(self, ended: int) -> float:
        """Return the pause among agents that began together, and mostly end so."""
        if ended > self._ended:
            self._soon, self._ended = _SOON, ended
        pause = min(self._pause, self._soon)
        self._soon *= _SLOWER
        return pause
