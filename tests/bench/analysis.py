"""Texts through the agents: time against the vendor's own, acceptance, deliveries, AWS calls, transitions."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from typing import Any

from tests.bench import costs
from tests.bench.report import Figure, median, p99
from tests.local.running import Running, until

PART = "analysis (stand-in of 200 ms a call)"
CALLS = "AWS calls and state transitions of one analysis"
VENDOR_MS = 200
ROUNDS = 20
ACCEPTED, CLIENTS = 200, 4
DELIVERIES = 200
IDEAL = {"parallel": (VENDOR_MS, 1.25), "sequential": (3 * VENDOR_MS, 1.12)}
FAULTS = "/_local/sandbox/openai/faults"

_numbers = count()


def _text() -> str:
    return (
        f"Maria Keller of Nordwind GmbH opened warehouse {next(_numbers)} in Hamburg on 3 March 2026. "
        "It cost $2 million and everybody is delighted with it; only the parking lot is terrible."
    )


def measure(running: Running) -> Iterator[Figure]:
    """Measure latency against a vendor of fixed speed, then what one laptop accepts and delivers."""
    with _vendor_takes(running, VENDOR_MS):
        for mode, (ideal, target) in IDEAL.items():
            found = [_timed(running, mode) for _ in range(ROUNDS + 1)][1:]
            detail = f"p50 {median(found):.0f} ms, p99 {p99(found):.0f}, best {min(found):.0f}, of {ROUNDS}"
            yield Figure(
                PART, f"{mode}: result / ideal {ideal} ms", median(found) / ideal, "×", target, detail
            )
    yield _accepted(running)
    yield _delivered(running)


@contextmanager
def _vendor_takes(running: Running, milliseconds: int) -> Iterator[None]:
    running.post(FAULTS, json={"kind": "slow", "delay_ms": milliseconds}).raise_for_status()
    try:
        yield
    finally:
        running.delete(FAULTS)


def _process(running: Running, http: Any, expected: int, headers: dict[str, str], **body: Any) -> Any:
    answer = http.post("/api/v1/process", json={"text": _text(), **body}, headers=headers)
    assert answer.status_code == expected, answer.text
    return answer.json()


def _timed(running: Running, mode: str) -> float:
    with running.http() as http:
        http.get("/_local/workers")  # connected before the clock starts
        started = time.perf_counter()
        result = _process(running, http, 200, {"prefer": "wait=27"}, orchestration_mode=mode)
        elapsed = (time.perf_counter() - started) * 1000
    assert result["status"] == "completed", result
    return elapsed


def _accepted(running: Running) -> Figure:
    def client(found: list[str]) -> None:
        with running.http() as http:
            for _ in range(ACCEPTED // CLIENTS):
                found.append(_process(running, http, 202, {}, orchestration_mode="parallel")["request_id"])

    identifiers: list[str] = []
    threads = [threading.Thread(target=client, args=(identifiers,)) for _ in range(CLIENTS)]
    started = time.perf_counter()
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    accepted = time.perf_counter() - started
    assert len(set(identifiers)) == ACCEPTED, len(identifiers)
    until(lambda: all(_ended(running, identifier) for identifier in reversed(identifiers)), 180)
    finished = time.perf_counter() - started
    detail = f"{ACCEPTED} from {CLIENTS} clients while the agents work; all finished after {finished:.1f} s"
    return Figure(PART, "requests accepted", ACCEPTED / accepted, "req/s", None, detail)


def _ended(running: Running, identifier: str) -> bool:
    return running.get(f"/api/v1/results/{identifier}").json()["status"] == "completed"


class _Receiver(ThreadingHTTPServer):
    """Answers every POST with `status`, and remembers the `webhook-id`s it saw."""

    request_queue_size = 256

    def __init__(self) -> None:
        self.status = 410
        self.seen: Counter[str] = Counter()
        super().__init__(("127.0.0.1", 0), _Receive)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hook"


class _Receive(BaseHTTPRequestHandler):
    server: _Receiver

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"]))
        self.server.seen[self.headers["webhook-id"]] += 1
        self.send_response(self.server.status)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def _delivered(running: Running) -> Figure:
    """Let every delivery fail once, then ask for all of them again: only the engine is at work."""
    with _Receiver() as receiver:
        threading.Thread(target=receiver.serve_forever, daemon=True).start()
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 2))
        with running.http() as http:
            for _ in range(DELIVERIES):
                _process(running, http, 202, {}, webhook_url=receiver.url, webhook_secret="bench-secret")
        until(lambda: len(receiver.seen) == DELIVERIES, 180)
        until(lambda: _all_failed(running), 30)
        receiver.status = 200
        receiver.seen.clear()
        started = time.perf_counter()
        _replay(running, since)
        until(lambda: len(receiver.seen) == DELIVERIES, 120)
        elapsed = time.perf_counter() - started
        twice = sum(receiver.seen.values()) - DELIVERIES
        receiver.shutdown()
    detail = f"{DELIVERIES} signed, replayed after a failure, to a loopback receiver; {twice} came twice"
    return Figure(PART, "deliveries", DELIVERIES / elapsed, "/s", None, detail)


def _all_failed(running: Running) -> bool:
    records = _scan(running, "webhooks")
    return sum("failed_in" in item for item in records) >= DELIVERIES


def _scan(running: Running, table: str) -> list[dict[str, Any]]:
    pages = running.boto("dynamodb").get_paginator("scan")
    name = running.environment[f"TABLE_{table.upper()}"]
    return [item for page in pages.paginate(TableName=name) for item in page["Items"]]


def _replay(running: Running, since: str) -> None:
    more = True
    while more:  # what is asked for again is no longer among the failed
        answer = running.post("/api/v1/webhook/retry", params={"since": since, "limit": 500})
        assert answer.status_code == 202, answer.text
        more = answer.json()["has_more"]


def calls(running: Running) -> Iterator[Figure]:
    """Count what one analysis asks of AWS, and the transitions Step Functions bills; print what it costs."""
    for mode in IDEAL:
        counted = _counted(running, mode)
        detail = ", ".join(f"{action} {number}" for action, number in sorted(counted.calls.items()))
        yield Figure(CALLS, f"{mode}, calls", sum(counted.calls.values()), "calls", None, detail)
        yield Figure(CALLS, f"{mode}, state transitions", counted.transitions, "", None)
        dollars = costs.of_thousand(counted)
        detail = ", ".join(f"{service} {price:.4f}" for service, price in dollars.items())
        yield Figure(CALLS, f"{mode}, list price of 1,000", sum(dollars.values()), "USD", None, detail)


def _counted(running: Running, mode: str) -> costs.Counted:
    running.delete("/_local/calls")
    with running.http() as http:
        identifier = _process(running, http, 202, {}, orchestration_mode=mode)["request_id"]
    machine = running.environment["WORKFLOW_ANALYSIS"]
    execution = machine.replace(":stateMachine:", ":execution:") + f":{identifier}"
    states = running.boto("stepfunctions")
    until(lambda: states.describe_execution(executionArn=execution)["status"] == "SUCCEEDED", 30)
    events = states.get_execution_history(executionArn=execution, maxResults=1000)["events"]
    entered = sum(event["type"].endswith("StateEntered") for event in events)
    functions = running.get("/_local/calls").json()
    by_action: Counter[str] = Counter()
    for found in functions.values():
        by_action.update(found)
    lambdas = sum(not name.startswith("states:") for name in functions)
    return costs.Counted(dict(by_action), entered, lambdas)
