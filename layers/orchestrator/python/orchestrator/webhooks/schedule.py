"""When a delivery is tried again. Pure: the caller brings the time and the chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

JITTER = 0.2
"""A wait is up to this part longer or shorter, so that what failed together does not come back together."""
LONGEST_WISH = 24 * 3600.0
"""Seconds up to which a receiver's `Retry-After` is honoured."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """The waits (seconds) before the tries after the first; the last one repeats up to `max_retries`."""

    waits: tuple[float, ...]
    max_retries: int

    @classmethod
    def parse(cls, text: str, max_retries: int) -> Schedule:
        """Read `WEBHOOK_RETRY_SCHEDULE`: seconds with commas in between."""
        return cls(tuple(float(wait) for wait in text.split(",")), max_retries)

    def wait(self, tries: int, wish: float | None, chance: Callable[[], float]) -> float | None:
        """Return the seconds until the next try after `tries` tries; `None` when that was the last one.

        `wish` is what the receiver asked for: it is never tried earlier, and later only as far as jitter and
        the schedule have it. `chance` returns a number of [0, 1).
        """
        if tries > self.max_retries:
            return None
        spread = JITTER * (2 * chance() - 1)
        wait = self.waits[min(max(tries, 1), len(self.waits)) - 1] * (1 + spread)
        return max(wait, min(wish or 0, LONGEST_WISH) * (1 + abs(spread)))

    def longest(self) -> float:
        """Return the seconds a round may take at most, receivers' wishes left aside."""
        waits = [self.waits[min(index, len(self.waits) - 1)] for index in range(self.max_retries)]
        return sum(waits) * (1 + JITTER)
