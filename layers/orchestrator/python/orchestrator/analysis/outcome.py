"""How a request stands, told from its record and its agents'."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from orchestrator.analysis.models import AGENTS, FINAL, AgentName, AgentRun, Analysis, Status, status_of
from orchestrator.analysis.ports import Found


@dataclass(frozen=True, slots=True)
class Standing:
    """A request as it is to be shown: `analysis` has the status and the end it is known to have by now."""

    analysis: Analysis
    runs: Mapping[AgentName, AgentRun]

    @property
    def status(self) -> Status:
        """The status the outside sees."""
        return self.analysis.status

    @property
    def is_final(self) -> bool:
        """Whether nothing more will happen to the request."""
        return self.analysis.status in FINAL


def standing(found: Found, now: float, dead_after: float) -> Standing:
    """Return how a request stands at `now` (Unix seconds).

    `dead_after` is how long (seconds) after its creation a request without an ending has lost its workflow:
    nobody is left to settle it, so it counts as settled then.
    """
    analysis, runs = found
    status = status_of(analysis, runs)
    if analysis.status in FINAL:
        return Standing(analysis, runs)
    if status in FINAL:
        return Standing(replace(analysis, status=status, completed_at=last_of(runs)), runs)
    died_at = analysis.created_at + dead_after
    if now < died_at:
        return Standing(replace(analysis, status=status), runs)
    closed: dict[AgentName, AgentRun] = {name: closed_run(runs.get(name), name, died_at) for name in AGENTS}
    return Standing(replace(analysis, status=ending(closed), completed_at=died_at), closed)


def ending(runs: Mapping[AgentName, AgentRun]) -> Status:
    """Return how a request ends in which no agent works any more."""
    done = sum(run.status == "completed" for run in runs.values())
    if done == len(AGENTS):
        return "completed"
    return "partial" if done else "failed"


def last_of(runs: Mapping[AgentName, AgentRun]) -> float | None:
    """Return when the last agent ended, if one did."""
    return max((run.completed_at for run in runs.values() if run.completed_at is not None), default=None)


def closed_run(run: AgentRun | None, agent: AgentName, now: float, why: str = "") -> AgentRun:
    """Return a run that ends here: as it was if it had ended, else failed, with a reason and `why`."""
    also = f" ({why})" if why else ""
    if run is None:
        return AgentRun(
            agent,
            "failed",
            attempts=0,
            started_at=now,
            completed_at=now,
            error=f"The agent was never started{also}",
            error_type="NeverStarted",
            hint="Send the text again.",
        )
    if run.status in ("completed", "failed"):
        return run
    return replace(
        run,
        status="failed",
        completed_at=now,
        error=(run.error or "The agent was interrupted, and not started again") + also,
        error_type=run.error_type or "Interrupted",
        hint=run.hint or "Send the text again.",
    )
