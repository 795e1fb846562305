"""The entity extractor: one call is one attempt at one request."""

from typing import Any

from functions.agents.entity_extractor.prompt import PROMPT
from functions.agents.entity_extractor.spec import SPEC
from orchestrator.analysis.ports import Reference
from orchestrator.entry.task import task_handler
from orchestrator.wiring import analysis


async def work(event: dict[str, Any]) -> dict[str, Any]:
    """Work on the request the state names; the result is recorded, not returned.

    Raises:
        KeyError: the state is none of ours.
        OrchestratorError: see `orchestrator.analysis.agent.Agent.run`.
    """
    await analysis.agent("entity_extractor", PROMPT, SPEC.timeout).run(Reference.of(event))
    return {"agent": "entity_extractor"}


handler = task_handler(SPEC, work)
analysis.prepare_agent("entity_extractor", PROMPT, SPEC.timeout)
