"""A small HTTP/1.1 server: only what AWS SDKs send (kept-alive, Content-Length or chunked bodies)."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TypeAlias

from infra.local.aws.message import AwsRequest, AwsResponse

Handler: TypeAlias = Callable[[AwsRequest], "AwsResponse | Awaitable[AwsResponse]"]

_REASONS = {status.value: status.phrase for status in HTTPStatus}


class AwsProtocol(asyncio.Protocol):
    """One connection. A handler that answers at once is written at once, without a task."""

    def __init__(self, handler: Handler) -> None:
        self._handler = handler
        self._buffer = bytearray()
        self._busy = False
        self._transport: asyncio.Transport | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - always a stream transport here
        self._transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Nobody waits for what is under way any more."""
        self._transport = None
        for task in self._tasks:
            task.cancel()

    def data_received(self, data: bytes) -> None:
        """Collect bytes and answer each complete request, one at a time."""
        self._buffer += data
        while not self._busy and (request := self._next()):
            answer = self._handler(request)
            if isinstance(answer, AwsResponse):
                self._write(request, answer)
            else:
                self._busy = True
                task = asyncio.ensure_future(self._finish(request, answer))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _finish(self, request: AwsRequest, answer: Awaitable[AwsResponse]) -> None:
        self._write(request, await answer)
        self._busy = False
        self.data_received(b"")

    def _next(self) -> AwsRequest | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return None
        lines = self._buffer[:end].decode("latin-1").split("\r\n")
        method, path, _ = lines[0].split(" ", 2)
        headers = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])
        }
        taken = self._body(end + 4, headers)
        if taken is None:
            if headers.pop("expect", "") and self._transport:
                self._transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
                del self._buffer[
                    : end + 4
                ]  # the head is kept below, without `Expect`, until the body is here
                self._buffer[:0] = _head(lines)
            return None
        body, stop = taken
        del self._buffer[:stop]
        return AwsRequest(method, path, headers, body)

    def _body(self, start: int, headers: dict[str, str]) -> tuple[bytes, int] | None:
        """Return the body and where it ends, or None while it is incomplete."""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return _dechunk(self._buffer, start)
        stop = start + int(headers.get("content-length", 0))
        return (bytes(self._buffer[start:stop]), stop) if len(self._buffer) >= stop else None

    def _write(self, request: AwsRequest, response: AwsResponse) -> None:
        if self._transport is None:
            return
        head = [f"HTTP/1.1 {response.status} {_REASONS.get(response.status, '')}"]
        head += [f"{name}: {value}" for name, value in response.headers.items()]
        head.append(f"content-length: {len(response.body)}\r\n\r\n")
        body = b"" if request.method == "HEAD" else response.body
        self._transport.write("\r\n".join(head).encode("latin-1") + body)


def _head(lines: list[str]) -> bytes:
    kept = [line for line in lines if not line.lower().startswith("expect:")]
    return ("\r\n".join(kept) + "\r\n\r\n").encode("latin-1")


def _dechunk(buffer: bytearray, start: int) -> tuple[bytes, int] | None:
    """Undo chunked transfer coding (RFC 9112, section 7.1); trailers are skipped."""
    body = bytearray()
    while (line_end := buffer.find(b"\r\n", start)) >= 0:
        size = int(bytes(buffer[start:line_end]).partition(b";")[0], 16)
        start = line_end + 2
        if size == 0:
            end = buffer.find(b"\r\n\r\n", start - 2)
            return (bytes(body), end + 4) if end >= 0 else None
        if len(buffer) < start + size + 2:
            return None
        body += buffer[start : start + size]
        start += size + 2
    return None


async def serve(handler: Handler, port: int = 0) -> tuple[asyncio.Server, int]:
    """Listen on loopback; return the server and its port."""
    # With the protocol named, asyncio switches Nagle's delay (40 ms on kept connections) off.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    server = await asyncio.get_running_loop().create_server(lambda: AwsProtocol(handler), sock=listener)
    return server, int(listener.getsockname()[1])
