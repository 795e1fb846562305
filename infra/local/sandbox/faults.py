"""How a stand-in is told to misbehave: one mechanism for all of them.

`POST /<vendor>/faults` `{"kind": "rate_limit", "count": 2}` makes the next two requests fail that way, and
`{"kind": "status", "status": 410, "headers": {"Retry-After": "1"}}` each with an answer of one's own.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Literal, cast, get_args

Kind = Literal["slow", "rate_limit", "error", "broken_json", "refuse", "hang_up", "status"]
KINDS: tuple[str, ...] = get_args(Kind)
_SLOW_BY_DEFAULT = 10_000
_LONGEST = 600_000
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_OURS = frozenset({"content-length", "transfer-encoding", "connection", "content-type"})
"""Headers that belong to how the answer is sent."""


@dataclass(slots=True)
class Fault:
    """One fault: it hits `count` requests (`None`: until deleted) that contain `match`, after `delay_ms`.

    `status` and `headers` are the answer of the kind `status`.
    """

    kind: Kind
    count: int | None = None
    delay_ms: int = 0
    match: bytes = b""
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=lambda: {})

    def view(self) -> dict[str, Any]:
        """Return the fault as JSON shows it."""
        shown: dict[str, Any] = {
            "kind": self.kind,
            "count": self.count,
            "delay_ms": self.delay_ms,
            "match": self.match.decode(),
        }
        return shown | ({"status": self.status, "headers": dict(self.headers)} if self.status else {})


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


_FIELDS = tuple(one.name for one in fields(Fault))


def parse(value: object) -> Fault:
    """Read a fault from the JSON of a request.

    Raises:
        ValueError: saying which field is wrong.
    """
    if not isinstance(value, dict):
        raise ValueError('the body must be an object such as {"kind": "rate_limit", "count": 2}')
    given = cast("dict[str, Any]", value)
    unknown = sorted(given.keys() - {*_FIELDS})
    if unknown:
        raise ValueError(f"there is no field {', '.join(unknown)}; the fields are {', '.join(_FIELDS)}")
    kind, count, match = given.get("kind"), given.get("count"), given.get("match", "")
    delay = given.get("delay_ms", _SLOW_BY_DEFAULT if kind == "slow" else 0)
    if kind not in KINDS:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    if count is not None and (type(count) is not int or count < 1):
        raise ValueError("count must be a whole number of at least 1, or null for every request")
    if type(delay) is not int or not 0 <= delay <= _LONGEST:
        raise ValueError(f"delay_ms must be a whole number of milliseconds up to {_LONGEST}")
    if not isinstance(match, str):
        raise ValueError("match must be a text that the request's body contains")
    status, headers = _answer(kind, given)
    return Fault(cast("Kind", kind), count, delay, match.encode(), status, headers)


def _answer(kind: object, given: dict[str, Any]) -> tuple[int | None, dict[str, str]]:
    """Read the answer of a fault of the kind `status`."""
    status, headers = given.get("status"), given.get("headers", {})
    if kind != "status":
        if {"status", "headers"} & given.keys():
            raise ValueError('status and headers go with "kind": "status" only')
        return None, {}
    if type(status) is not int or not 200 <= status <= 599:
        raise ValueError("status must be a whole number from 200 to 599")
    if not isinstance(headers, dict):
        raise ValueError('headers must be an object such as {"Retry-After": "1"}')
    named = cast("dict[str, Any]", headers)
    for name, text in named.items():
        _check_header(name, text)
    return status, named


def _check_header(name: str, text: object) -> None:
    if not _HEADER.fullmatch(name) or name.lower() in _OURS:
        raise ValueError(f"{name!r} is no header one can set here")
    if not isinstance(text, str) or not text.isascii() or not text.isprintable():
        raise ValueError(f"the header {name} must be a text of printable ASCII characters")
