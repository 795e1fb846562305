"""A text's way through the agents: side by side, or one after the other, and then the collector.

The state is the request's reference, never its text. An agent that fails for good stops nobody: what went
wrong is in the store, where the collector looks for agents without an ending. A state entered costs money and
time, so nothing here only shapes data: five are entered in turn, six side by side.
"""

from __future__ import annotations

from infra.definitions import Parts, State
from infra.states import caught, come_back, send, task

AGENTS = ("summarizer", "sentiment", "entity_extractor")
REFERENCE = {f"{name}.$": f"$.{name}" for name in ("tenant", "request_id", "mode", "correlation_id")}


def define(parts: Parts) -> State:
    """Return the definition in Amazon States Language."""
    parts.when_stopped("analysis")
    return {
        "StartAt": "mode",
        "States": {
            "mode": {
                "Type": "Choice",
                "Choices": [{"Variable": "$.mode", "StringEquals": "parallel", "Next": "side by side"}],
                "Default": AGENTS[0],
            },
            **_in_turn(parts),
            "side by side": _side_by_side(parts),
            "collector": task(parts, "agents-collector", REFERENCE, Catch=[caught("settle later")], End=True),
            "settle later": send(parts, "analysis", {"task": "settle", **REFERENCE}, End=True),
        },
    }


def _in_turn(parts: Parts) -> dict[str, State]:
    """Each agent in turn, whatever became of the one before."""
    states: dict[str, State] = {}
    for name, following in zip(AGENTS, (*AGENTS[1:], "collector"), strict=True):
        states |= _agent(parts, name, name, caught(following), Next=following)
    return states


def _side_by_side(parts: Parts) -> State:
    """All agents at once; a branch whose agent gave up ends like the others."""
    branches = [
        {
            "StartAt": f"{name} beside",
            "States": {
                **_agent(parts, name, f"{name} beside", caught(f"{name} gave up"), End=True),
                f"{name} gave up": {"Type": "Succeed"},
            },
        }
        for name in AGENTS
    ]
    return {"Type": "Parallel", "Branches": branches, "ResultPath": None, "Next": "collector"}


def _agent(parts: Parts, name: str, state: str, failed: State, **then: object) -> dict[str, State]:
    back, waiting = come_back(state)
    id = f"agents-{name}".replace("_", "-")
    return {state: task(parts, id, REFERENCE, Catch=[back, failed], **then), **waiting}
