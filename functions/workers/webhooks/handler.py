"""The queue `webhooks`: one message is one try of one delivery."""

from functions.workers.webhooks.spec import SPEC
from orchestrator.entry.queue import Message, queue_handler
from orchestrator.webhooks.ports import Due
from orchestrator.wiring import webhooks


async def work(message: Message) -> None:
    """Make the try the message asks for, if it is due.

    Raises:
        ValueError, KeyError, TypeError: the message is none of ours; it ends in the dead letters.
        OrchestratorError: the message must come again.
    """
    received = webhooks.received(message.queue_url, message.receipt_handle, message.receive_count)
    await webhooks.deliverer().deliver(Due.read(message.body), received)


handler = queue_handler(SPEC, work)
