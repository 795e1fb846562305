"""The queue `analysis`: one message starts one request's agents, or settles one request.

One kind comes from EventBridge, as the whole event: the request's execution failed, ran out of time or was
aborted. The execution's input stands in it as a text.
"""

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
    match json.loads(message.body):
        case {"task": "start", **asked}:
            await analysis.workflow().start(Reference.of(asked))
        case {"task": "settle", **asked}:
            await analysis.settling().settle(Reference.of(asked))
        case {"detail": {"status": "FAILED" | "TIMED_OUT" | "ABORTED", "input": state}}:
            await analysis.settling().settle(Reference.of(json.loads(state)), stopped=True)
        case _:
            raise ValueError("no task of this queue")


handler = queue_handler(SPEC, work)
