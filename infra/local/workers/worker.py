"""One worker process of one function."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from pathlib import Path

from infra.local.shared import Invocation
from infra.local.workers.function import LocalFunction
from infra.local.workers.runtime_api import RuntimeApi, Task

BOOTSTRAP = Path(__file__).with_name("bootstrap.py")
INIT_SECONDS = 30.0
"""How long a handler may take to import on a busy laptop before the worker is given up."""

LogLine = Callable[[LocalFunction, str], None]


class Worker:
    """A process running the function's handler, and the Runtime API it talks to."""

    def __init__(self, function: LocalFunction, environment: Mapping[str, str], log: LogLine) -> None:
        self.function = function
        self.environment = environment
        self.log = log
        self.dead = False
        self.idle_since = time.monotonic()
        self._api = RuntimeApi(function.arn)
        self._process: asyncio.subprocess.Process | None = None
        self._watchers: list[asyncio.Task[None]] = []

    @property
    def pid(self) -> int:
        """The process id; 0 before the start."""
        return self._process.pid if self._process else 0

    async def start(self) -> bytes | None:
        """Start the process and wait until it polls; return the error object when the handler cannot load."""
        address = await self._api.start()
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-P",
            str(BOOTSTRAP),
            self.function.handler,
            cwd=self.function.code,
            env={**self.environment, "AWS_LAMBDA_RUNTIME_API": address},
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            limit=2**22,
        )
        self._watchers = [asyncio.create_task(self._read_log()), asyncio.create_task(self._watch())]
        try:
            error = await asyncio.wait_for(asyncio.shield(self._api.ready), INIT_SECONDS)
        except TimeoutError:
            error = error_object("Sandbox.Timedout", f"Init took longer than {INIT_SECONDS:.0f} seconds")
        if error is not None:
            self.kill()
        return error

    async def invoke(self, payload: bytes, request_id: str) -> Invocation:
        """Run one invocation; past the function's time-out the process is killed."""
        deadline = int((time.time() + self.function.timeout) * 1000)
        task = Task(request_id, payload, deadline, _trace_id())
        self._api.submit(task)
        done, _ = await asyncio.wait([task.answer], timeout=self.function.timeout)
        self.idle_since = time.monotonic()
        if done:
            return task.answer.result()
        self.kill()
        seconds = f"{self.function.timeout:.2f} seconds"
        self.log(self.function, f"Task timed out after {seconds}")
        return Invocation(
            error_object(
                "Sandbox.Timedout", f"RequestId: {request_id} Error: Task timed out after {seconds}"
            ),
            True,
        )

    def kill(self) -> None:
        """End the process now."""
        self.dead = True
        if self._process and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.kill()

    async def stopped(self) -> None:
        """Wait until the process is gone and its last log line is written."""
        await asyncio.gather(*self._watchers)

    async def _watch(self) -> None:
        assert self._process  # noqa: S101 - set before this task starts
        status = await self._process.wait()
        self.dead = True
        self._api.fail(error_object("Runtime.ExitError", f"Runtime exited with error: {_cause(status)}"))
        self._api.close()

    async def _read_log(self) -> None:
        assert self._process  # noqa: S101 - set before this task starts
        assert self._process.stdout  # noqa: S101 - a pipe
        lines = self._process.stdout
        while True:
            try:
                line = await lines.readline()
            except ValueError:  # longer than the stream's limit: show what fits
                line = await lines.read(2**16)
            if not line:
                return
            self.log(self.function, line.decode("utf-8", "replace").rstrip("\n"))


def error_object(kind: str, message: str) -> bytes:
    """Return Lambda's error payload."""
    return json.dumps({"errorType": kind, "errorMessage": message}).encode()


def _cause(status: int) -> str:
    return f"signal: {-status}" if status < 0 else f"exit status {status}"


def _trace_id() -> str:
    """A sampled X-Ray trace header (AWS X-Ray developer guide, "Tracing header")."""
    return f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]};Parent={uuid.uuid4().hex[:16]};Sampled=1"
