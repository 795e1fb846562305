"""SQS: when the next hidden or delayed message shows up, which moto knows but does not tell."""

from __future__ import annotations

from infra.local.moto_patches.seam import moto
from infra.local.shared import ACCOUNT, REGION


def next_visible(queue: str) -> float | None:
    """Return the Unix time at which a message of the queue becomes visible; None when it holds none."""
    found = moto("sqs.models").sqs_backends[ACCOUNT][REGION].queues.get(queue)
    if found is None:
        return None
    times: list[float] = [max(message.visible_at, message.delayed_until) for message in found._messages]
    # moto calls a message visible only after the millisecond has passed.
    return (min(times) + 2) / 1000 if times else None
