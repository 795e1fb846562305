"""Cold start: from the start of a fresh awslambdaric process to its first answer, beside the yardstick's."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from infra.local.deployment import Deployment, read_deployment
from infra.local.environment import WorkerEnvironment
from infra.local.gateway.event import Request, add_body, build_event
from infra.local.standins import StandIns
from infra.local.template import Endpoints
from infra.local.workers.worker import Worker
from tests.bench import calendar, tree
from tests.bench.report import Figure, median, spread
from tests.local.running import Running

PART = "cold start (process start to first answer; no snapshot, so SnapStart is not counted)"
ROUNDS, FEW = 7, 3


@dataclass(frozen=True)
class Case:
    """One function's first answer: `event` builds what goes in, `expects` is the status that comes out."""

    name: str
    function: str
    event: Callable[[Deployment], dict[str, Any]]
    expects: int | None = 200
    target: float | None = None
    beside: str = "echo GET"


def http(method: str, path: str, body: object = None) -> Callable[[Deployment], dict[str, Any]]:
    def event(deployment: Deployment) -> dict[str, Any]:
        assert deployment.api
        found = deployment.api.match(method, path)
        assert found, path
        data = b"" if body is None else json.dumps(body).encode()
        headers = [(b"host", b"localhost"), (b"content-type", b"application/json")]
        request = Request(method, path, "", headers, "127.0.0.1", data)
        built = build_event(deployment.api, found[0], found[1], request)
        add_body(built, data)
        return built

    return event


def memory_write(deployment: Deployment) -> dict[str, Any]:
    inputs = {"text": f"Hello World {uuid4()}", "tags": ["test"]}
    body = {"intent": "memory.write", "inputs": inputs, "mode": "agent"}
    return http("POST", "/orchestrate", body)(deployment)


def message(deployment: Deployment) -> dict[str, Any]:
    record = {
        "messageId": "m1",
        "receiptHandle": "r1",
        "body": "no JSON",
        "attributes": {"ApproximateReceiveCount": "1"},
    }
    return {"Records": [record]}


def stranger(deployment: Deployment) -> dict[str, Any]:
    return {"headers": {"x-api-key": "no key of ours"}, "requestContext": {}}


NOTE = {"text": "Hello World", "tags": ["test"]}
ECHOES = (
    Case("echo GET", "bench-echo", http("GET", "/bench/echo")),
    Case("echo POST", "bench-echo", http("POST", "/bench/echo", NOTE)),
)
MEASURED = (
    Case("health: GET /health", "api-health", http("GET", "/health"), 200, 1.3),
    Case(
        "orchestrate: unknown intent (404, no AWS call)",
        "api-orchestrate",
        http("POST", "/orchestrate", {"intent": "nobody.knows", "inputs": {}}),
        404,
        1.8,
        "echo POST",
    ),
    Case(
        "orchestrate: memory.write (5 AWS calls, vendor)",
        "api-orchestrate",
        memory_write,
        200,
        1.8,
        "echo POST",
    ),
    Case(
        "calendar: a sentence booked (2 AWS calls, model, table)",
        "api-calendar",
        http("POST", "/api/v1/orchestrate/", calendar.sentence()),
        200,
        1.8,
        "echo POST",
    ),
)
OTHERS = (
    Case("docs: GET /docs", "api-docs", http("GET", "/docs")),
    Case("intents: GET /intents", "api-intents", http("GET", "/intents")),
    Case("jobs: unknown job (404, 1 AWS call)", "api-jobs", http("GET", "/jobs/job_none"), 404),
    Case("authorizer: malformed key (no AWS call)", "auth-authorizer", stranger, None),
    Case("workers/jobs: foreign message (no AWS call)", "workers-jobs", message, None),
)


def measure(running: Running) -> Iterator[Figure]:
    """Measure every case, each beside the yardstick: A B A B …."""
    samples = asyncio.run(_Cold(running).all())
    walls = {name: [run.wall for run in runs] for name, runs in samples.items()}
    cpus = {name: median([run.cpu for run in runs]) for name, runs in samples.items()}
    for case in (*ECHOES, *MEASURED, *OTHERS):
        found = walls[case.name]
        detail = f"{spread(found)}; CPU {cpus[case.name]:.0f}"
        yield Figure(PART, case.name, median(found), "ms", None, detail)
    for case in (*MEASURED, *OTHERS):
        ratio = median(walls[case.name]) / median(walls[case.beside])
        # On a busy machine the wall clock measures the neighbours as well; CPU time does not.
        detail = f"ratio of medians; of CPU time {cpus[case.name] / (cpus[case.beside] or 1):.2f}"
        yield Figure(PART, f"{case.name.partition(' (')[0]} / {case.beside}", ratio, "×", case.target, detail)


@dataclass(frozen=True)
class Run:
    """One cold start: milliseconds of wall time, and of CPU time in all threads of the process."""

    wall: float
    cpu: float


class _Cold:
    def __init__(self, running: Running) -> None:
        endpoints = Endpoints(running.endpoint, running.url)
        self.deployment = read_deployment(tree.TREE / "cdk.out/local-open", endpoints)
        vendors = StandIns(running.url).base_urls(self.deployment.vendors, {})
        self.environment = WorkerEnvironment(running.endpoint, {}, vendors)

    async def all(self) -> dict[str, list[Run]]:
        """Return every run by case; the first run of each, which compiles, is dropped."""
        samples: defaultdict[str, list[Run]] = defaultdict(list)
        for case in (*ECHOES, *MEASURED, *OTHERS):
            await self._once(case)
        yardstick = {case.name: case for case in ECHOES}
        for number in range(ROUNDS):
            for case in (*MEASURED, *(OTHERS if number < FEW else ())):
                if case in MEASURED:
                    samples[case.beside].append(await self._once(yardstick[case.beside]))
                samples[case.name].append(await self._once(case))
        return samples

    async def _once(self, case: Case) -> Run:
        function = self.deployment.functions[f"orchestrator-local-{case.function}"]
        payload = json.dumps(case.event(self.deployment)).encode()
        lines: list[str] = []
        started = time.perf_counter()
        worker = Worker(function, self.environment(function), lambda _, line: lines.append(line))
        error = await worker.start()
        assert error is None, (error, lines)
        answer = await worker.invoke(payload, str(uuid4()))
        run = Run((time.perf_counter() - started) * 1000, _cpu(worker.pid))
        worker.kill()
        await worker.stopped()
        assert not answer.failed, (answer.payload, lines)
        if case.expects:
            assert json.loads(answer.payload)["statusCode"] == case.expects, (answer.payload, lines)
        return run


def _cpu(pid: int) -> float:
    """Return the milliseconds the process's threads have run so far (0 where there is no Linux)."""
    tasks = Path(f"/proc/{pid}/task").glob("*/schedstat")
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e6
