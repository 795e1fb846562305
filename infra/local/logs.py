"""Turns what functions print into readable lines, and keeps the JSON in a file."""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import time
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TextIO

from infra.local.shared import Json
from infra.local.workers.function import LocalFunction

MAX_BYTES = 20_000_000
"""A log file larger than this is set aside at the next start."""
_LEVELS = {"DEBUG": 10, "INFO": 20, "WARNING": 30, "WARN": 30, "ERROR": 40, "CRITICAL": 50}
_COLOURS = (32, 33, 34, 35, 36, 92, 93, 94, 95, 96)
_LEVEL_COLOURS = {"WARNING": 33, "ERROR": 31, "CRITICAL": 31}
_KNOWN = frozenset(
    re.findall(
        r"\w+",
        "level message timestamp service location correlation_id exception exception_name stack_trace "
        "cold_start function_name function_arn function_memory_size function_request_id xray_trace_id "
        "requestId errorMessage errorType stackTrace logger sampling_rate",
    )
)
"""Keys that are shown elsewhere in the line, or are the same in every line."""


class Logs:
    """Writes one readable line per record to `stream`, and one JSON object per record to `file`."""

    def __init__(
        self, file: Path, level: str = "", stream: TextIO | None = None, colour: bool | None = None
    ) -> None:
        self._stream = stream or sys.stdout
        self._colour = self._stream.isatty() and "NO_COLOR" not in os.environ if colour is None else colour
        self._level = _LEVELS.get(level.upper() or "INFO", 20)
        self._lock = threading.Lock()
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and file.stat().st_size > MAX_BYTES:
            file.replace(file.with_suffix(".log.1"))
        self._file = _private(file)

    def function(self, function: LocalFunction, line: str) -> None:
        """Take one line a function printed."""
        record = _parse(line)
        if record is None:
            record = {"level": "INFO", "message": line}
        elif "_aws" in record:  # an embedded metric: for CloudWatch, not for people
            self._keep({"function": function.name, **record})
            return
        self._keep({"function": function.name, **record})
        self._show(function.short_name, record)

    def say(self, message: str, level: str = "INFO") -> None:
        """Write a line of the runner's own."""
        self._keep({"function": "runner", "level": level, "message": message})
        self._show("runner", {"level": level, "message": message})

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _keep(self, record: Json) -> None:
        with self._lock:
            if not self._file.closed:
                self._file.write(json.dumps({"time": time.time(), **record}, default=str) + "\n")

    def _show(self, name: str, record: Json) -> None:
        level = str(record.get("level", "INFO")).upper()
        if _LEVELS.get(level, 20) < self._level:
            return
        text = render(name, level, record, self._paint)
        with self._lock:
            self._stream.write(text + "\n")
            self._stream.flush()

    def _paint(self, text: str, code: int) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colour else text


def render(name: str, level: str, record: Mapping[str, Any], paint: Any) -> str:
    """Return one record as a line (a traceback adds lines): time, function, level, message, extra keys."""
    clock = time.strftime("%H:%M:%S")
    colour = _COLOURS[zlib.crc32(name.encode()) % len(_COLOURS)]
    message, trace = _message(record)
    extras = [f"{key}={_short(value)}" for key, value in record.items() if key not in _KNOWN]
    correlation = record.get("correlation_id")
    if correlation:
        extras.append(f"correlation_id={correlation}")
    shown = paint(f"{level:<7}", _LEVEL_COLOURS.get(level, 0))
    head = f"{clock} {paint(f'{name:<18}', colour)} {shown} {message}"
    tail = paint("  " + " ".join(extras), 90) if extras else ""
    return head + tail + "".join(f"\n    {line}" for line in trace)


def _message(record: Mapping[str, Any]) -> tuple[str, list[str]]:
    message: Any = record.get("message", "")
    if "errorMessage" in record:  # the runtime's own report of an unhandled exception
        message = f"{record.get('errorType', 'Error')}: {record['errorMessage']}"
    trace: Any = record.get("exception") or record.get("stackTrace") or ()
    lines = trace.splitlines() if isinstance(trace, str) else "".join(map(str, trace)).splitlines()
    return (message if isinstance(message, str) else _short(message)), lines


def _short(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str, ensure_ascii=False)


def _private(file: Path) -> TextIO:
    """Open a file to append to that only its owner reads: functions print what they are given."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    file.chmod(0o600)  # also one that was there before
    return os.fdopen(descriptor, "a", encoding="utf-8", buffering=1)


def _parse(line: str) -> Json | None:
    if not line.startswith("{"):
        return None
    try:
        return json.loads(line)
    except ValueError:
        return None
