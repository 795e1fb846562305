"""Sentences into events: latency beside the bare echo's, and phrases the rules resolve in a second."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Iterator
from itertools import count

from orchestrator.calendar.resolve import resolve
from tests.bench.report import Figure, median, p99
from tests.bench.warm import Case, Connection
from tests.local.running import Running
from tests.unit.calendar.golden import rows

PART = "calendar (model and table are stand-ins that answer at once)"
BLOCKS, REQUESTS = 4, 40
SECONDS = 2.0

_numbers = count()


def sentence() -> dict[str, object]:
    number = next(_numbers)
    return {
        "content": f"Schedule a meeting called 'Review {number}' for tomorrow at 9 AM UTC for 30 minutes.",
        # Each user has an empty calendar: no request pays for the ones before it.
        "user_id": f"bench-{number}",
        "user_name": "John Doe",
        "user_email": "john@example.com",
        "user_mentions": [],
        "timestamp": "2026-11-23T18:30:00+00:00",
        "location": "Virtual",
    }


def _note() -> dict[str, object]:
    return {"text": f"Note {next(_numbers)}", "tags": ["bench"]}


ECHO = Case("echo POST", "POST", "/bench/echo", _note)
BOOKING = Case("a sentence booked", "POST", "/api/v1/orchestrate/", sentence)


def measure(running: Running) -> Iterator[Figure]:
    """Measure a booking in blocks between the echo's, then the resolver alone."""
    samples: defaultdict[str, list[float]] = defaultdict(list)
    connection = Connection(running)
    for block in range(BLOCKS + 1):
        for case in (ECHO, BOOKING):
            found = [connection.send(case) for _ in range(REQUESTS)]
            if block:  # the first one warms up
                samples[case.name] += found
    for case in (ECHO, BOOKING):
        found = samples[case.name]
        detail = f"p99 {p99(found):.1f}, best {min(found):.1f}, of {len(found)}"
        yield Figure(PART, f"{case.name}, p50", median(found), "ms", None, detail)
    ratio = median(samples[BOOKING.name]) / median(samples[ECHO.name])
    yield Figure(PART, f"{BOOKING.name} / {ECHO.name}", ratio, "×", None, "ratio of p50; three calls inside")
    yield _resolved()


def _resolved() -> Figure:
    table = [(row.extraction, row.request) for row in rows() if not row.text_only]
    [resolve(*row) for row in table]  # patterns are compiled on first use
    done, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < SECONDS:
        [resolve(*row) for row in table]
        done += len(table)
    detail = f"the {len(table)} sentences of the golden table with their words, over and over"
    return Figure(PART, "resolver alone", done / elapsed, "/s", None, detail)
