"""The middleware every HTTP function wears: ids, body limit, one log line, one metrics line, no leaked fault.

Plain ASGI, since a `BaseHTTPMiddleware` costs a task and two streams for every request.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from time import perf_counter
from typing import Any, cast

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from orchestrator.entry import correlation, envelopes, identity, logs
from orchestrator.spec import Function


class Edge:
    """Wraps the app of one function. `max_body` in bytes."""

    def __init__(self, app: ASGIApp, spec: Function, auth_mode: str, max_body: int) -> None:
        self.app = app
        self.spec = spec
        self.auth_mode = auth_mode
        self.max_body = max_body

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        # The API has a second route for each path with a slash at its end; the app needs only one.
        scope["path"] = scope["path"].rstrip("/") or "/"
        event = cast("Mapping[str, Any]", scope.get("aws.event") or {})
        trace = correlation.of_request(scope["headers"], event)
        caller = identity.from_event(event, self.auth_mode)
        state = cast("MutableMapping[str, Any]", scope.setdefault("state", {}))
        state.update(trace=trace, caller=caller)
        correlation.enter(trace)
        logs.bind(trace, tenant=caller.tenant if caller else None)
        await self._answer(scope, _limited(receive, self.max_body), _Answer(send, trace))

    async def _answer(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        started = perf_counter()
        try:
            await self.app(scope, receive, answer.send)
        except Exception:
            logs.log.exception("unhandled error")
            if answer.status:  # headers are out: nothing can be said any more
                raise
            body = envelopes.render(self.spec.errors, envelopes.internal(answer.trace), answer.trace)
            await JSONResponse(body, 500)(scope, receive, answer.send)
        finally:
            _report(scope, answer, (perf_counter() - started) * 1000)


class _Answer:
    """Sends the response with the ids added; remembers its status (0: not begun) and where it leads."""

    def __init__(self, send: Send, trace: correlation.Trace) -> None:
        self._send = send
        self.trace = trace
        self.status = 0
        self.location = ""

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = list(message.get("headers", ()))
            self.location = dict(headers).get(b"location", b"").decode("latin-1")
            message["headers"] = [*headers, *self.trace.headers()]
        await self._send(message)


class BodyTooLarge(HTTPException):
    """An `HTTPException`, because FastAPI lets only that one through while it reads a body."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"The body is larger than the {limit} bytes this function accepts.")


def _limited(receive: Receive, limit: int) -> Receive:
    seen = 0

    async def receive_some() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise BodyTooLarge(limit)
        return message

    return receive_some


def _report(scope: Scope, answer: _Answer, milliseconds: float) -> None:
    route, status = getattr(scope.get("route"), "path", None), answer.status or 500
    # What was asked for by its id, or begun: its id is all that its caller may have kept.
    begun = {"subject": answer.location.rpartition("/")[2]} if status == 202 else {}
    logs.log.info(
        "request",
        route=f"{scope['method']} {route}" if route else None,
        status=status,
        subject=logs.subject_of({**begun, **scope.get("path_params", {})}),
        duration_ms=round(milliseconds, 3),
        cold_start=logs.was_cold(),
    )
    logs.record(requests=1, errors=int(status >= 500), milliseconds=milliseconds)
