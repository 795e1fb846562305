"""The collector: one call settles one request, however often it is repeated."""

from typing import Any

from functions.agents.collector.spec import SPEC
from orchestrator.analysis.ports import Reference
from orchestrator.entry.task import task_handler
from orchestrator.wiring import analysis


async def work(event: dict[str, Any]) -> dict[str, Any]:
    """Settle the request the state names, and say how it ended.

    Raises:
        KeyError: the state is none of ours.
        Unavailable: a service of ours cannot answer for the moment; the task is to be repeated.
    """
    return {"status": await analysis.settling().settle(Reference.of(event)) or "deleted"}


handler = task_handler(SPEC, work)
