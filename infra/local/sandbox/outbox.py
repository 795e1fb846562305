"""What the stand-ins received, newest last: the laptop's answer to "did it really send that?"."""

from __future__ import annotations

import json
import re
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, cast

_SECRET_NAME = re.compile(r"secret|token$|password|passwd|api_?key|authorization|private_?key", re.IGNORECASE)
_SECRET_VALUE = re.compile(r"\b(sk|xox[abp]|whsec|Bearer|Basic)([-_ ])[\w+/=.-]{6,}")
_MASK = "***"
_LONGEST = 16_384


@dataclass(frozen=True, slots=True)
class Entry:
    """One request as it arrived; `time` in Unix seconds, `body` cut to 16 KiB."""

    time: float
    vendor: str
    method: str
    path: str
    body: bytes
    status: int

    def view(self) -> dict[str, Any]:
        """Return the entry as JSON shows it: body parsed where it is JSON, secrets masked."""
        return {
            "time": datetime.fromtimestamp(self.time, UTC).isoformat(timespec="milliseconds"),
            "vendor": self.vendor,
            "method": self.method,
            "path": self.path,
            "body": _readable(self.body),
            "status": self.status,
        }


class Outbox:
    """A bounded list of entries. Writing costs a tuple; parsing and masking wait until somebody looks."""

    def __init__(self, limit: int = 500) -> None:
        """Keep the newest `limit` entries."""
        self._entries: deque[Entry] = deque(maxlen=limit)

    def record(self, vendor: str, method: str, path: str, body: bytes, status: int) -> None:
        """Note one request and the status it was answered with (0: the stand-in hung up)."""
        self._entries.append(Entry(time.time(), vendor, method, path, body[:_LONGEST], status))

    def entries(self, vendor: str | None = None) -> list[dict[str, Any]]:
        """Return what was received, newest last, of one vendor or of all."""
        return [entry.view() for entry in self._entries if vendor in (None, entry.vendor)]

    def clear(self) -> None:
        """Forget everything."""
        self._entries.clear()


def _readable(body: bytes) -> Any:
    text = body.decode("utf-8", "replace")
    try:
        return _masked(json.loads(text)) if text else None
    except (ValueError, RecursionError):
        return _SECRET_VALUE.sub(rf"\1\2{_MASK}", text)


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        named = cast("dict[str, Any]", value)
        return {key: _MASK if _is_secret(key, item) else _masked(item) for key, item in named.items()}
    if isinstance(value, list):
        return [_masked(item) for item in cast("list[Any]", value)]
    return _SECRET_VALUE.sub(rf"\1\2{_MASK}", value) if isinstance(value, str) else value


def _is_secret(name: str, value: object) -> bool:
    return isinstance(value, str) and bool(value) and bool(_SECRET_NAME.search(name))
