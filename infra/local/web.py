"""The one HTTP port: the API, the vendors' stand-ins and the runner's own paths.

A WebSocket API gets its place in `Web.__call__`, beside the HTTP API; until the template has one, nothing
answers such a connection.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeAlias

import uvicorn

from infra.local.errors import RunnerError
from infra.local.gateway.app import Receive, Scope, Send, write
from infra.local.gateway.event import message
from infra.local.http_protocol import HttpProtocol
from infra.local.standins import DELIVERIES, MOUNT, is_under
from infra.local.visitors import Visitors

App: TypeAlias = Callable[[Scope, Receive, Send], Awaitable[None]]


class Web:
    """Sends each request to the part it is for; `api` and `visitors` are replaced at a re-deployment."""

    def __init__(self, control: App, standins: App) -> None:
        self.api: App | None = None
        self.visitors = Visitors()
        self._control = control
        self._standins = standins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one ASGI connection."""
        path: str = scope["path"]
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008})
        elif refusal := self.visitors.refusal(path, scope["headers"]):
            await write(send, message(403, refusal))
        elif is_under(MOUNT, path) or is_under(DELIVERIES, path):
            await self._standins(scope, receive, send)
        elif path.startswith("/_local/"):
            await self._control(scope, receive, send)
        elif self.api:
            await self.api(scope, receive, send)
        else:
            await write(send, message(404, "Not Found"))


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the runner decides when to stop."""

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        """Leave the process's signals alone."""
        yield


def listen(port: int) -> socket.socket:
    """Take the HTTP port on loopback; 0 takes a free one.

    Raises:
        RunnerError: somebody else has the port.
    """
    # With the protocol named, asyncio switches Nagle's delay (40 ms on kept connections) off.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError as error:
        listener.close()
        raise RunnerError(
            f"port {port} is taken: stop what uses it, or take another with PORT={port + 1} make run"
        ) from error
    listener.listen(512)
    return listener


async def start(app: App, listener: socket.socket) -> tuple[uvicorn.Server, asyncio.Task[None]]:
    """Serve `app` on the port; return once it accepts connections."""
    arguments: dict[str, Any] = {
        "log_config": None,
        "access_log": False,
        "lifespan": "off",
        "ws": "none",
        "http": HttpProtocol,
    }
    server = _Server(uvicorn.Config(app, timeout_graceful_shutdown=2, server_header=False, **arguments))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0.005)
    return server, task
