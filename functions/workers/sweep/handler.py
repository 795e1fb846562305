"""The daily sweep: DynamoDB removes what has expired by itself, but promises no time."""

from dataclasses import asdict
from typing import Any

from functions.workers.sweep.spec import SPEC
from orchestrator.entry import logs
from orchestrator.entry.task import task_handler
from orchestrator.wiring import analysis

_MARGIN = 60
"""Seconds left to end the step that is under way."""


async def work(event: dict[str, Any]) -> dict[str, Any]:
    """Remove what has expired, and say how much that was.

    Raises:
        Unavailable: a table takes no more for the moment; the next sweep goes on.
    """
    del event
    swept = asdict(await analysis.sweeping().sweep(SPEC.timeout - _MARGIN))
    logs.log.info("swept", **swept)
    return swept


handler = task_handler(SPEC, work)
