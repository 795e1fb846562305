"""The messages of webhook deliveries in SQS."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from orchestrator.aws.clients import call, sqs
from orchestrator.errors import Unavailable
from orchestrator.webhooks.ports import Due

LONGEST_DELAY = 900
"""Seconds for which SQS can hold a message back; whoever receives it too early sends it on."""
_BATCH = 10
"""Messages SQS changes in one call."""


class SqsDeliveries:
    """`DeliveryQueue` on the queue at `url`."""

    def __init__(self, url: str) -> None:
        """Use the queue at `url`."""
        self._url = url

    async def send(self, due: Due, now: float) -> None:
        """Send the message, held back until it is due or for as long as SQS can."""
        # Rounded up: what arrives a moment too early would only have to be sent on.
        delay = min(max(ceil(due.due_at - now), 0), LONGEST_DELAY)
        await call(sqs().send_message, QueueUrl=self._url, MessageBody=due.text(), DelaySeconds=delay)


@dataclass(frozen=True, slots=True)
class _Wish:
    """A message to hide for whole `seconds`; `done` when that has happened."""

    receipt_handle: str
    seconds: int
    done: asyncio.Future[None]


class SqsVisibility:
    """Hides messages of the queue at `url`: those of one turn of the event loop in one call."""

    def __init__(self, url: str) -> None:
        """Use the queue at `url`."""
        self._url = url
        self._wishes: list[_Wish] = []
        self._hiding: set[asyncio.Task[None]] = set()

    async def hide(self, receipt_handle: str, seconds: float) -> None:
        """Hide a received message for `seconds` from now.

        Raises:
            Unavailable: it could not be hidden; it comes again after the queue's own time.
        """
        loop = asyncio.get_running_loop()
        wish = _Wish(receipt_handle, ceil(seconds), loop.create_future())
        self._wishes.append(wish)
        if len(self._wishes) == 1:
            # The messages of a batch are begun one after the other: all have wished before this task runs.
            task = loop.create_task(self._hide_all())
            self._hiding.add(task)
            task.add_done_callback(self._hiding.discard)
        await wish.done

    async def _hide_all(self) -> None:
        wishes, self._wishes = self._wishes, []
        for start in range(0, len(wishes), _BATCH):
            few = wishes[start : start + _BATCH]
            try:
                failures = await self._hide(few)
            except Exception as error:  # whoever wished is told
                failures = [error] * len(few)
            for wish, failure in zip(few, failures, strict=True):
                _tell(wish.done, failure)

    async def _hide(self, wishes: Sequence[_Wish]) -> list[Exception | None]:
        reply = await call(
            sqs().change_message_visibility_batch,
            QueueUrl=self._url,
            Entries=[
                {"Id": str(n), "ReceiptHandle": wish.receipt_handle, "VisibilityTimeout": wish.seconds}
                for n, wish in enumerate(wishes)
            ],
        )
        codes = {failure["Id"]: failure["Code"] for failure in reply.get("Failed", ())}
        return [_refusal(codes.get(str(n))) for n in range(len(wishes))]


class SqsReceived:
    """`Received`: one receive of a delivery's message."""

    def __init__(self, visibility: SqsVisibility, receipt_handle: str, receive_count: int) -> None:
        """Keep what SQS said when it delivered the message."""
        self._visibility = visibility
        self._receipt_handle = receipt_handle
        self.receive_count = receive_count

    async def keep(self, seconds: float) -> None:
        """Set the message's visibility time-out."""
        await self._visibility.hide(self._receipt_handle, seconds)


def _refusal(code: str | None) -> Exception | None:
    return Unavailable(f"SQS did not hide a message ({code})") if code else None


def _tell(done: asyncio.Future[None], failure: Exception | None) -> None:
    if done.cancelled():
        return
    if failure:
        done.set_exception(failure)
    else:
        done.set_result(None)
