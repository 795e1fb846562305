"""The ids that follow one piece of work from the caller's system through ours.

`X-Correlation-Id` is the caller's, kept when it is sane; `X-Request-Id` is API Gateway's; `traceparent` is
W3C Trace Context (https://www.w3.org/TR/trace-context/#traceparent-header), continued with a span of our own.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, cast
from uuid import uuid4

_SANE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/+=@-]{0,127}")
_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")


@dataclass(frozen=True, slots=True)
class Trace:
    """The ids of one invocation."""

    correlation_id: str
    request_id: str
    traceparent: str

    def headers(self) -> list[tuple[bytes, bytes]]:
        """Return the response headers that hand the ids back."""
        return [
            (b"x-correlation-id", self.correlation_id.encode("ascii")),
            (b"x-request-id", self.request_id.encode("ascii")),
            (b"traceparent", self.traceparent.encode("ascii")),
        ]


_current: ContextVar[Trace | None] = ContextVar("orchestrator_trace", default=None)


def enter(trace: Trace) -> None:
    """Make `trace` the ids of the work that runs in this context."""
    _current.set(trace)


def current() -> Trace:
    """Return the ids of the work that runs now; outside an invocation, new ones."""
    return _current.get() or begin()


def begin(correlation_id: object = None, request_id: object = None, traceparent: object = None) -> Trace:
    """Return the ids of one invocation: those that are given and sane, new ones for the rest."""
    return Trace(
        sane(correlation_id) or uuid4().hex, sane(request_id) or uuid4().hex, continue_trace(traceparent)
    )


def of_request(headers: Iterable[tuple[bytes, bytes]], event: Mapping[str, Any]) -> Trace:
    """Return the ids of one HTTP request: ASGI `headers` and the API Gateway `event` it came in."""
    named = {name: value.decode("latin-1") for name, value in headers if name in _HEADERS}
    context = cast("Mapping[str, Any]", event.get("requestContext") or {})
    return begin(named.get(b"x-correlation-id"), context.get("requestId"), named.get(b"traceparent"))


_HEADERS = frozenset((b"x-correlation-id", b"traceparent"))


def sane(value: object) -> str | None:
    """Return `value` when it may stand in a header and a log line: 1-128 harmless ASCII characters."""
    return value if isinstance(value, str) and _SANE.fullmatch(value) else None


def continue_trace(traceparent: object) -> str:
    """Return a `traceparent` with a span of ours: in the caller's trace if it is valid, else in a new one."""
    match = _TRACEPARENT.fullmatch(traceparent) if isinstance(traceparent, str) else None
    span = os.urandom(8).hex()
    if match is None or not _valid(*match.groups()):
        return f"00-{os.urandom(16).hex()}-{span}-00"
    return f"00-{match[2]}-{span}-{match[4]}"


def _valid(version: str, trace: str, parent: str, _flags: str, rest: str | None) -> bool:
    known_length = rest is None or version != "00"  # later versions may add fields
    return version != "ff" and trace.strip("0") != "" and parent.strip("0") != "" and known_length
