"""The Lambda Runtime API for one worker, on a loopback port of its own.

One port per worker, because awslambdaric ignores a path prefix in `AWS_LAMBDA_RUNTIME_API` for init errors.
Protocol: "Using the Lambda runtime API" in the AWS Lambda developer guide.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

from infra.local.shared import Invocation
from infra.local.visitors import from_page

_ACCEPTED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n"
_OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 0\r\n\r\n"


@dataclass(slots=True)
class Task:
    """One invocation on its way through a worker. `deadline` is wall time in milliseconds."""

    request_id: str
    payload: bytes
    deadline: int
    trace_id: str
    answer: asyncio.Future[Invocation] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )


class RuntimeApi:
    """Serves one worker. `ready` resolves to None at the first poll, or to the init error's JSON."""

    def __init__(self, function_arn: str) -> None:
        self.function_arn = function_arn
        self.ready: asyncio.Future[bytes | None] = asyncio.get_running_loop().create_future()
        self.current: Task | None = None
        self._tasks: asyncio.Queue[Task] = asyncio.Queue()
        self._connections: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> str:
        """Listen on a free loopback port; return `host:port`."""
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=2**24)
        return f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"

    def submit(self, task: Task) -> None:
        """Hand the worker its next invocation."""
        self._tasks.put_nowait(task)

    def fail(self, error: bytes) -> None:
        """Answer whatever is under way with an error object: the worker is gone."""
        if not self.ready.done():
            self.ready.set_result(error)
        if self.current and not self.current.answer.done():
            self.current.answer.set_result(Invocation(error, True))

    def close(self) -> None:
        """Stop listening and drop the worker's connections."""
        if self._server:
            self._server.close()
        for connection in self._connections:
            connection.cancel()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        assert connection  # noqa: S101 - a stream callback always runs in a task
        self._connections.add(connection)
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                target, headers = _parse(head)
                if from_page(headers):
                    break  # a web page guesses ports: it would take the invocation, or answer it
                length = int(headers.get("content-length", 0))
                body = await reader.readexactly(length) if length else b""
                writer.write(await self._answer(target, body))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the worker hung up, or `close` was called
        finally:
            self._connections.discard(connection)
            writer.close()

    async def _answer(self, target: str, body: bytes) -> bytes:
        if target.endswith("/invocation/next"):
            return await self._next()
        if target.endswith("/restore/next"):
            return _OK
        if target.endswith(("/init/error", "/restore/error")):
            if not self.ready.done():
                self.ready.set_result(body)
        elif self.current and not self.current.answer.done():
            self.current.answer.set_result(Invocation(body, target.endswith("/error")))
        return _ACCEPTED

    async def _next(self) -> bytes:
        if not self.ready.done():
            self.ready.set_result(None)
        self.current = task = await self._tasks.get()
        # Without a Content-Type awslambdaric's native client crashes.
        head = (
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            f"Lambda-Runtime-Aws-Request-Id: {task.request_id}\r\n"
            f"Lambda-Runtime-Deadline-Ms: {task.deadline}\r\n"
            f"Lambda-Runtime-Invoked-Function-Arn: {self.function_arn}\r\n"
            f"Lambda-Runtime-Trace-Id: {task.trace_id}\r\n"
            f"Content-Length: {len(task.payload)}\r\n\r\n"
        )
        return head.encode() + task.payload


def _parse(head: bytes) -> tuple[str, Mapping[str, str]]:
    """Return the path and the headers by their names in lower case."""
    request, *lines = head.decode("latin-1").rstrip().split("\r\n")
    pairs = (line.partition(":") for line in lines)
    return request.split(" ")[1], {name.lower(): value.strip() for name, _, value in pairs}
