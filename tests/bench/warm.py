"""Warm requests through the gateway: how long one takes, how many a second, how many AWS calls it makes."""

from __future__ import annotations

import http.client
import json
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import urlsplit
from uuid import uuid4

from tests.bench.report import Figure, median, p99
from tests.local.running import Running, until

WARM = "warm, through the gateway (one kept connection; then four of them for requests a second)"
CALLS = "AWS calls of one warm request"
BLOCKS, REQUESTS = 4, 50
CLIENTS, SECONDS = 4, 2.0

_RUN = uuid4().hex[:8]
_numbers = count()


@dataclass(frozen=True)
class Case:
    """One kind of request; `body` makes a new one each time, so that no answer is a replay."""

    name: str
    method: str
    path: str
    body: Callable[[], object] | None = None
    target: float | None = None


def _note() -> dict[str, object]:
    return {"text": f"Note {next(_numbers)} of run {_RUN}: the meeting is at noon", "tags": ["bench"]}


def _intent(intent: str, inputs: Callable[[], object]) -> Callable[[], object]:
    return lambda: {"intent": intent, "inputs": inputs()}


WRITE = Case("memory.write", "POST", "/orchestrate", _intent("memory.write", _note), 12)
SEARCH = Case(
    "memory.search",
    "POST",
    "/orchestrate",
    _intent("memory.search", lambda: {"query": f"when do we meet {next(_numbers)}"}),
)
HEALTH = Case("GET /health", "GET", "/health", None, 3)
CASES = (
    Case("echo GET", "GET", "/bench/echo"),
    HEALTH,
    Case("echo POST", "POST", "/bench/echo", _note),
    WRITE,
    SEARCH,
)


class Connection:
    """One kept connection of the plainest client there is."""

    def __init__(self, running: Running) -> None:
        address = urlsplit(running.url)
        self._http = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)

    def send(self, case: Case) -> float:
        """Send one request; return its milliseconds."""
        body = json.dumps(case.body()) if case.body else None
        started = time.perf_counter()
        self._http.request(case.method, case.path, body, {"content-type": "application/json"} if body else {})
        answer = self._http.getresponse()
        text = answer.read()
        elapsed = (time.perf_counter() - started) * 1000
        assert answer.status == 200, (case, answer.status, text)
        return elapsed


def measure(running: Running) -> Iterator[Figure]:
    """Measure latency in interleaved blocks, then throughput."""
    samples: defaultdict[str, list[float]] = defaultdict(list)
    connection = Connection(running)
    for block in range(BLOCKS + 1):
        for case in CASES:
            found = [connection.send(case) for _ in range(REQUESTS)]
            if block:  # the first one warms up
                samples[case.name] += found
    for case in CASES:
        found = samples[case.name]
        detail = f"p99 {p99(found):.1f}, best {min(found):.1f}, of {len(found)}"
        yield Figure(WARM, f"{case.name}, p50", median(found), "ms", case.target, detail)
    for case in CASES:
        yield Figure(WARM, case.name, _throughput(running, case), "req/s")


def _throughput(running: Running, case: Case) -> float:
    done: list[int] = []
    end = time.perf_counter() + SECONDS

    def client() -> None:
        connection, sent = Connection(running), 0
        while time.perf_counter() < end:
            connection.send(case)
            sent += 1
        done.append(sent)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(done) == CLIENTS, f"a client of {case.name} failed"
    return sum(done) / SECONDS


def calls(running: Running) -> Iterator[Figure]:
    """Count what the functions ask of AWS, by the runner's own books."""
    job = running.post("/orchestrate", json={"intent": "memory.import", "inputs": {"texts": [str(_note())]}})
    path = f"/jobs/{job.json()['job_id']}"
    until(lambda: running.get(path).json()["status"] == "success")
    for case, limit in (
        (HEALTH, 0),
        (Case("GET /jobs/{job_id}", "GET", path), 1),
        (WRITE, 5),
        (SEARCH, 3),
    ):
        yield _count(running, case, limit)


def _count(running: Running, case: Case, limit: int) -> Figure:
    connection, times = Connection(running), 10
    connection.send(case)
    running.delete("/_local/calls")
    for _ in range(times):
        connection.send(case)
    by_action: defaultdict[str, float] = defaultdict(float)
    for counts in running.get("/_local/calls").json().values():
        for action, number in counts.items():
            by_action[action.partition(":")[2]] += number / times
    detail = ", ".join(f"{action} {number:g}" for action, number in sorted(by_action.items()))
    return Figure(CALLS, case.name, sum(by_action.values()), "calls", limit, detail)
