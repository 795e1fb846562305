"""SQS: a cheap clock, and when the next hidden or delayed message shows up.

moto asks each message of a queue whether it is visible at every call, 13 µs a message (its clock goes through
`datetime` so that tests can freeze it): a backlog of 500 makes SendMessage take 6 ms.
"""

from __future__ import annotations

import time
from typing import Any

from infra.local.moto_patches.seam import moto
from infra.local.shared import ACCOUNT, REGION


def install(endpoint: str) -> None:
    """Replace the two questions every call asks of every message; a second call changes nothing."""
    message = moto("sqs.models").Message
    message.visible = property(_visible)
    message.delayed = property(_delayed)


def _visible(self: Any) -> bool:
    return time.time() * 1000 > self.visible_at


def _delayed(self: Any) -> bool:
    return time.time() * 1000 < self.delayed_until


def next_visible(queue: str) -> float | None:
    """Return the Unix time at which a message of the queue becomes visible; None when it holds none."""
    found = moto("sqs.models").sqs_backends[ACCOUNT][REGION].queues.get(queue)
    if found is None:
        return None
    times: list[float] = [max(message.visible_at, message.delayed_until) for message in found._messages]
    # moto calls a message visible only after the millisecond has passed.
    return (min(times) + 2) / 1000 if times else None
