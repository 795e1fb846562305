"""What happened in one execution, as GetExecutionHistory tells it."""

from __future__ import annotations

import time
from typing import Any

from infra.local.shared import Json
from infra.local.workflows.failures import RUNTIME, Failure
from infra.local.workflows.intrinsics import to_text

LONGEST = 25_000
"""Events of one execution; AWS fails it beyond."""


class History:
    """Collects events; `entered` counts state transitions. Data is turned into text when it is asked for."""

    def __init__(self) -> None:
        self.entered = 0
        self._events: list[tuple[float, str, Json]] = []

    def add(self, kind: str, **details: Any) -> None:
        """Note one event of the type `kind`.

        Raises:
            Failure: there are too many.
        """
        if len(self._events) >= LONGEST:
            raise Failure(RUNTIME, f"The execution reached the maximum number of history events ({LONGEST}).")
        self.end(kind, **details)

    def end(self, kind: str, **details: Any) -> None:
        """Note the last event; there is always room for it."""
        self.entered += kind.endswith("StateEntered")
        self._events.append((time.time(), kind, details))

    def view(self) -> list[Json]:
        """Return the events in the API's shape, oldest first."""
        return [
            {"id": number, "previousEventId": number - 1, "timestamp": moment, "type": kind}
            | ({_details(kind): _texts(details)} if details else {})
            for number, (moment, kind, details) in enumerate(self._events, 1)
        ]


def _details(kind: str) -> str:
    """Return the member that holds an event's details; all kinds of states share two of them."""
    for shared in ("StateEntered", "StateExited"):
        if kind.endswith(shared):
            kind = shared
    return f"{kind[0].lower()}{kind[1:]}EventDetails"


def _texts(details: Json) -> Json:
    return {
        name: to_text(value) if name in ("input", "output", "parameters") else value
        for name, value in details.items()
    }
