"""Errors of a vendor that pass, waited out while a caller waits for the answer."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from orchestrator.errors import VendorBusy

T = TypeVar("T")
TRIES = 3
LONGEST_JITTER = 0.5
"""Seconds before the second try; twice as many before the third."""
WORTH_ASKING = 2.0
"""Seconds: in less than these a model seldom answers."""


async def patiently(call: Callable[[], Awaitable[T]], deadline: float, chance: Callable[[], float]) -> T:
    """Return what `call` gives, tried again with backoff and full jitter while its error can pass.

    No sooner than the vendor allows (`retry_after`), and only if some time is left then until `deadline`, an
    instant of the running loop's clock. `chance` returns a number of [0, 1).

    Raises:
        VendorBusy: the last try's, when there is no more time, or it was one of `TRIES`.
        Exception: any other that `call` raises, at once.
    """
    clock = asyncio.get_running_loop().time
    for attempt in range(TRIES - 1):
        try:
            return await call()
        except VendorBusy as busy:
            wait = (busy.retry_after or 0) + chance() * LONGEST_JITTER * 2**attempt
            if clock() + wait + WORTH_ASKING > deadline:
                raise
        await asyncio.sleep(wait)
    return await call()
