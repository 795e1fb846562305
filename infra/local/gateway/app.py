"""The HTTP API as an ASGI application."""

from __future__ import annotations

import asyncio
import json
import uuid
from collections.abc import Awaitable, Callable
from typing import Any, TypeAlias

from infra.local.gateway.authorizer import Authorizers
from infra.local.gateway.event import (
    Headers,
    Request,
    Response,
    add_body,
    build_event,
    decode_path,
    message,
    read_result,
)
from infra.local.gateway.routes import Cors, HttpApi
from infra.local.shared import Invocation, Invoke, Json

Scope: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[dict[str, Any]]]
Send: TypeAlias = Callable[[dict[str, Any]], Awaitable[None]]

MAX_BODY = 10 * 1024 * 1024
"""API Gateway's payload limit, in bytes ("Quotas for configuring and running an HTTP API")."""


class Gateway:
    """Routes HTTP requests to functions."""

    def __init__(self, api: HttpApi, invoke: Invoke) -> None:
        self.api = api
        self._invoke = invoke
        self._authorizers = Authorizers(invoke)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        body = await read_body(receive, MAX_BODY)
        if body is None:
            response = message(413, "Request Entity Too Large")
        else:
            response = await self.answer(request_of(scope, body))
        origin = next((v for k, v in scope["headers"] if k == b"origin"), None)
        await write(send, self._dress(response, origin))

    async def answer(self, request: Request) -> Response:
        """Route one request; CORS headers are not part of the result."""
        if (
            request.method == "OPTIONS"
            and self.api.cors
            and _header(request, b"access-control-request-method")
        ):
            return _preflight(self.api.cors, _header(request, b"origin"))
        found = self.api.match(request.method, request.path)
        if found is None:
            return message(404, "Not Found")
        route, parameters = found
        event = build_event(self.api, route, parameters, request)
        refusal = await self._authorizers.check(self.api, route, event)
        if refusal:
            return refusal
        add_body(event, request.body)
        return await self._call(route.function, event, route.timeout)

    async def _call(self, function: str, event: Json, seconds: float) -> Response:
        # The function goes on after the gateway gave up or the caller went away, as on AWS.
        work: asyncio.Future[Invocation] = asyncio.ensure_future(
            self._invoke(function, json.dumps(event).encode())
        )
        try:
            return read_result(await asyncio.wait_for(asyncio.shield(work), seconds))
        except TimeoutError:
            return message(503, "Service Unavailable")

    def _dress(self, response: Response, origin: bytes | None) -> Response:
        headers = [*response.headers, (b"apigw-requestid", uuid.uuid4().hex[:16].encode())]
        cors = self.api.cors
        if cors and origin and (cors.origins & {"*", origin.decode("latin-1")}):
            headers = [h for h in headers if h[0] not in (b"access-control-allow-origin",)]
            headers += _cors_headers(cors, origin)
        return Response(response.status, headers, response.body)


def _preflight(cors: Cors, origin: bytes | None) -> Response:
    """Answer a preflight request: 204, with what is allowed when the origin is."""
    if not origin or not cors.origins & {"*", origin.decode("latin-1")}:
        return Response(204, [], b"")
    headers = [
        (b"access-control-allow-methods", cors.methods.encode()),
        (b"access-control-allow-headers", cors.headers.encode()),
    ]
    if cors.max_age is not None:
        headers.append((b"access-control-max-age", str(cors.max_age).encode()))
    return Response(204, headers, b"")


def _cors_headers(cors: Cors, origin: bytes) -> Headers:
    headers = [(b"access-control-allow-origin", b"*" if "*" in cors.origins else origin)]
    if cors.credentials:
        headers.append((b"access-control-allow-credentials", b"true"))
    if cors.expose:
        headers.append((b"access-control-expose-headers", cors.expose.encode()))
    return headers


def _header(request: Request, name: bytes) -> bytes | None:
    return next((value for key, value in request.headers if key == name), None)


def request_of(scope: Scope, body: bytes) -> Request:
    """Return the request an ASGI scope describes."""
    raw_path = scope.get("raw_path") or scope["path"].encode()
    client = scope.get("client") or ("127.0.0.1", 0)
    query = scope["query_string"].decode("latin-1")
    return Request(scope["method"], decode_path(raw_path), query, scope["headers"], client[0], body)


async def read_body(receive: Receive, limit: int) -> bytes | None:
    """Read the request's body; None when it is longer than `limit` bytes."""
    first = await receive()
    body = first.get("body", b"")
    if not first.get("more_body"):
        return body if len(body) <= limit else None
    chunks, size, more = [body], len(body), True
    while more and size <= limit:
        part = await receive()
        chunks.append(part.get("body", b""))
        size += len(chunks[-1])
        more = part.get("more_body", False)
    return b"".join(chunks) if size <= limit else None


async def write(send: Send, response: Response) -> None:
    """Send one response."""
    headers = [*response.headers, (b"content-length", str(len(response.body)).encode())]
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})
