"""The queue `jobs`: one message is one delivery of one job."""

import json

from functions.workers.jobs.spec import SPEC
from orchestrator import wiring
from orchestrator.entry.queue import Message, queue_handler


async def work(message: Message) -> None:
    """Work on the job the message names.

    Raises:
        ValueError, KeyError: the message is none of ours; it ends in the dead letters.
        OrchestratorError: the message must come again.
    """
    reference = json.loads(message.body)
    delivery = wiring.job_delivery(message.queue_url, message.receipt_handle, message.receive_count)
    await wiring.job_worker(SPEC.timeout).work(reference["tenant"], reference["job_id"], delivery)


handler = queue_handler(SPEC, work)
