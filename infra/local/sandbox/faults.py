"""How a stand-in is told to misbehave: one mechanism for all of them.

`POST /<vendor>/faults` `{"kind": "rate_limit", "count": 2}` makes the next two requests fail that way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, cast, get_args

Kind = Literal["slow", "rate_limit", "error", "broken_json", "refuse", "hang_up"]
KINDS: tuple[str, ...] = get_args(Kind)
_SLOW_BY_DEFAULT = 10_000


@dataclass(slots=True)
class Fault:
    """One fault: it hits `count` requests (`None`: until deleted) that contain `match`, after `delay_ms`."""

    kind: Kind
    count: int | None = None
    delay_ms: int = 0
    match: bytes = b""

    def view(self) -> dict[str, Any]:
        """Return the fault as JSON shows it."""
        return {
            "kind": self.kind,
            "count": self.count,
            "delay_ms": self.delay_ms,
            "match": self.match.decode(),
        }


class Faults:
    """The faults of one stand-in, oldest first; the first that matches a request is used."""

    def __init__(self) -> None:
        """Start without a fault."""
        self._faults: list[Fault] = []

    def add(self, fault: Fault) -> None:
        """Put `fault` behind those already set."""
        self._faults.append(fault)

    def clear(self) -> None:
        """Behave again."""
        self._faults.clear()

    def next(self, body: bytes) -> Fault | None:
        """Return the fault that hits a request of `body`, counting it down."""
        for fault in self._faults:
            if fault.match in body:
                if fault.count is not None:
                    fault.count -= 1
                    if fault.count <= 0:
                        self._faults.remove(fault)
                return fault
        return None

    def view(self) -> list[dict[str, Any]]:
        """Return the faults still set."""
        return [fault.view() for fault in self._faults]


def parse(value: object) -> Fault:
    """Read a fault from the JSON of a request.

    Raises:
        ValueError: saying which field is wrong.
    """
    if not isinstance(value, dict):
        raise ValueError('the body must be an object such as {"kind": "rate_limit", "count": 2}')
    fields = cast("dict[str, Any]", value)
    kind, count, match = fields.get("kind"), fields.get("count"), fields.get("match", "")
    delay = fields.get("delay_ms", _SLOW_BY_DEFAULT if kind == "slow" else 0)
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    if count is not None and (type(count) is not int or count < 1):
        raise ValueError("count must be a whole number of at least 1, or null for every request")
    if type(delay) is not int or not 0 <= delay <= 600_000:
        raise ValueError("delay_ms must be a whole number of milliseconds up to 600000")
    if not isinstance(match, str):
        raise ValueError("match must be a text that the request's body contains")
    return Fault(cast("Kind", kind), count, delay, match.encode())
