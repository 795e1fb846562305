"""The sentiment agent: one call is one attempt at one request."""

from typing import Any

from functions.agents.sentiment.prompt import PROMPT
from functions.agents.sentiment.spec import SPEC
from orchestrator.analysis.ports import Reference
from orchestrator.entry.task import task_handler
from orchestrator.wiring import analysis


async def work(event: dict[str, Any]) -> dict[str, Any]:
    """Work on the request the state names; the result is recorded, not returned.

    Raises:
        KeyError: the state is none of ours.
        OrchestratorError: see `orchestrator.analysis.agent.Agent.run`.
    """
    await analysis.agent("sentiment", PROMPT, SPEC.timeout).run(Reference.of(event))
    return {"agent": "sentiment"}


handler = task_handler(SPEC, work)
analysis.prepare_agent("sentiment", PROMPT, SPEC.timeout)
