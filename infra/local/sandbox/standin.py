"""What every stand-in shares: reading a request, faults, the outbox."""

from __future__ import annotations

import asyncio
import json
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import Receive, Scope, Send

from infra.local.sandbox.faults import Fault, Faults, parse
from infra.local.sandbox.outbox import Outbox

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to a stand-in. `query` is still encoded; `fault` is set when the answer has to be wrong."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes
    fault: str | None = None
    query: str = ""


Handler = Callable[[Ask], Awaitable[Response]]


class StandIn(ABC):
    """One vendor's protocol. A subclass names the vendor, its routes, and how the vendor words its errors."""

    name: str

    def __init__(self, outbox: Outbox) -> None:
        """Write what arrives into `outbox`."""
        self._outbox = outbox
        self._faults = Faults()
        self._handlers = self.handlers()

    @abstractmethod
    def handlers(self) -> dict[tuple[str, str], Handler]:
        """Return the handlers by method and path, the path as it follows the vendor's name."""

    @abstractmethod
    def problem(self, status: int, message: str) -> Response:
        """Return the vendor's own way of saying that `status` happened."""

    def routes(self) -> list[BaseRoute]:
        """Return the routes to mount: the vendor's API, and the switch for its faults."""
        return [
            Route(f"/{self.name}/faults", self._switch, methods=["GET", "POST", "DELETE"]),
            Route(f"/{self.name}{{path:path}}", self._serve, methods=METHODS),
        ]

    async def _switch(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._faults.clear()
        elif request.method == "POST":
            try:
                self._faults.add(parse(await request.json()))
            except ValueError as error:
                return json_response({"error": str(error)}, 400)
        return json_response({"faults": self._faults.view()})

    async def _serve(self, request: Request) -> Response:
        body = await request.body()
        path, query = request.path_params["path"], request.url.query
        ask = Ask(request.method, path, request.headers, body, query=query)
        fault = self._faults.next(body)
        due = time.monotonic() + (fault.delay_ms / 1000 if fault else 0)
        response = await self._answer(ask, fault)
        # What the stand-in needs for its answer is part of the delay: a vendor of 200 ms takes 200 ms.
        if fault and await _client_left(request, due - time.monotonic()):
            response = HangUp()
        self.record(ask, response.status_code)
        return response

    def record(self, ask: Ask, status: int) -> None:
        """Note a request and how it was answered (0: not at all)."""
        self._outbox.record(self.name, ask.method, ask.path, ask.body, status)

    def handler(self, ask: Ask) -> Handler | None:
        """Return what answers a request; None when the vendor has no such endpoint."""
        return self._handlers.get((ask.method, ask.path))

    async def _answer(self, ask: Ask, fault: Fault | None) -> Response:
        if fault is not None:
            if fault.kind == "hang_up":
                return HangUp()
            if fault.kind == "rate_limit":
                return self._rate_limited()
            if fault.kind == "error":
                return self.problem(500, "The server had an error while processing your request.")
            if fault.status is not None:
                return self._as_told(fault.status, fault.headers)
            if fault.kind in ("broken_json", "refuse"):
                ask = replace(ask, fault=fault.kind)
        handler = self.handler(ask)
        if handler is None:
            return self.problem(404, f"Unknown request URL: {ask.method} {ask.path}.")
        return await handler(ask)

    def _as_told(self, status: int, headers: Mapping[str, str]) -> Response:
        bare = status in (204, 304)  # these have no body (RFC 9110, sections 15.3.5 and 15.4.5)
        response = Response(status_code=status) if bare else self.problem(status, f"Told to answer {status}.")
        response.headers.update(headers)
        return response

    def _rate_limited(self) -> Response:
        response = self.problem(429, "Rate limit reached; try again in 1s.")
        response.headers["retry-after"] = "1"
        return response


class HangUp(Response):
    """Breaks the connection in the middle of an answer; counted in the outbox as status 0."""

    def __init__(self) -> None:
        super().__init__()
        self.status_code = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Promise 1,000 bytes, send one, and return: the server has to close the connection."""
        headers = [(b"content-type", b"application/json"), (b"content-length", b"1000")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})


async def _client_left(request: Request, seconds: float) -> bool:
    """Wait `seconds`, or until the client gives up waiting; return whether it did."""
    try:
        async with asyncio.timeout(seconds):
            while (await request.receive())["type"] != "http.disconnect":
                pass
    except TimeoutError:
        return False
    return True


def json_response(value: Any, status: int = 200) -> Response:
    """Return `value` as JSON."""
    content = json.dumps(value, separators=(",", ":")).encode()
    return Response(content, status, media_type="application/json")


def cut_off(response: Response) -> Response:
    """Return the first half of a JSON answer, as a proxy that gave up half-way would."""
    return Response(bytes(response.body)[: len(response.body) // 2], 200, media_type="application/json")
