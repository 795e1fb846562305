"""The queue `analysis`: one message starts one request's agents, or settles one request."""

import json

from functions.workers.analysis.spec import SPEC
from orchestrator.analysis.ports import Reference
from orchestrator.entry.queue import Message, queue_handler
from orchestrator.wiring import analysis


async def work(message: Message) -> None:
    """Do what the message asks for; doing it again changes nothing.

    Raises:
        ValueError, KeyError: the message is none of ours; it ends in the dead letters.
        OrchestratorError: the message must come again.
    """
    asked = json.loads(message.body)
    reference = Reference.of(asked)
    match asked["task"]:
        case "start":
            await analysis.workflow().start(reference)
        case "settle":
            await analysis.settling().settle(reference)
        case other:
            raise ValueError(f"no task of this queue: {other!r}")


handler = queue_handler(SPEC, work)
