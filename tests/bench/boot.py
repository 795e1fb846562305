"""How long the runner takes to be ready, and what it holds in memory."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench import tree
from tests.bench.report import Figure, median, spread
from tests.local.running import Running, until

PART = "runner"
WORKERS = 10


def times() -> Iterator[Figure]:
    """Boot with nothing there at all (no synth, no bytecode, an empty jsii cache), then as it is left."""
    with tree.runner(JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(tree.WORK / "jsii")) as (_, seconds):
        yield Figure(
            PART, "ready, first time ever", seconds, "s", 25, "no cdk.out, no bytecode, no jsii cache"
        )
    again: list[float] = []
    for _ in range(3):
        with tree.runner() as (_, seconds):
            again.append(seconds)
    detail = f"median of 3, {min(again):.2f}-{max(again):.2f}"
    yield Figure(PART, "ready, synth up to date", median(again), "s", 3, detail)


def memory(running: Running) -> Iterator[Figure]:
    """Wake two workers of each function, and add up what the runner and ten workers hold."""
    if not Path("/proc/self/smaps_rollup").exists():  # no Linux
        return
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(running.get, [path for path in WAKE for _ in range(2)]))
    pids = until(lambda: _ten(running))
    for kind, name in (("Rss", "RSS"), ("Pss", "PSS")):
        own, workers = _kilobytes(running.pid, kind), [_kilobytes(pid, kind) for pid in pids]
        detail = f"runner {own / 1024:.0f}, a worker {spread([size / 1024 for size in workers])}"
        total = (own + sum(workers)) / 1024
        yield Figure(PART, f"memory with {WORKERS} workers, {name}", total, "MB", None, detail)


WAKE = ("/health", "/intents", "/openapi.json", "/jobs/job_none", "/bench/echo")


def _ten(running: Running) -> list[int]:
    workers = running.get("/_local/workers").json()
    pids = [pid for found in workers.values() for pid in found if Path(f"/proc/{pid}").exists()]
    return pids[:WORKERS] if len(pids) >= WORKERS else []


def _kilobytes(pid: int, kind: str) -> int:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(f"{kind}:"))
