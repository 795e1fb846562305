"""What a caller would rather have: how long to wait for a result (RFC 7240), and in which form to get it."""

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
        if found := re.fullmatch(r"wait\s*=\s*\"?([0-9]+)\"?", wish):
            return min(float(found[1]), longest)  # a float, since no number of digits is too much for it
    return 0 if "respond-async" in wishes else None


def accepts_calendar(accept: str) -> bool:
    """Return whether an `Accept` header (RFC 9110, 12.5.1) names iCalendar, and not as the worse choice."""
    weights = dict(_weighed(entry) for entry in accept.lower().split(","))
    wanted = weights.get("text/calendar", 0.0)
    return wanted > 0 and wanted >= weights.get("application/json", 0.0)


def _weighed(entry: str) -> tuple[str, float]:
    kind, *parameters = (part.strip() for part in entry.split(";"))
    weight = next((part[2:] for part in parameters if part.startswith("q=")), "1")
    try:
        return kind, float(weight)
    except ValueError:
        return kind, 0.0
