"""The `Prefer` header (RFC 7240): how long a caller wants to wait for a result."""

from __future__ import annotations

import re

MAX_WAIT = 25
"""Seconds: what is left of API Gateway's 30 after the rest of a request."""


def seconds_to_wait(prefer: str, longest: float = MAX_WAIT) -> float | None:
    """Return the seconds of `wait=n` (at most `longest`), 0 for `respond-async`, else `None`.

    As RFC 7240 asks, what cannot be understood is ignored. `wait` says more than `respond-async` and wins.
    """
    wishes = [wish.strip().lower() for wish in prefer.split(",")]
    for wish in wishes:
        if found := re.fullmatch(r"wait\s*=\s*\"?([0-9]{1,6})\"?", wish):
            return min(int(found[1]), longest)
    return 0 if "respond-async" in wishes else None
