"""HTTP request → Lambda event, and Lambda result → HTTP response, in payload format 2.0.

Source: "Create AWS Lambda proxy integrations for HTTP APIs" in the API Gateway developer guide.
"""

from __future__ import annotations

import base64
import json
import re
import time
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from infra.local.gateway.routes import HttpApi, Route
from infra.local.shared import ACCOUNT, Invocation, Json, as_object

Headers = list[tuple[bytes, bytes]]

_TEXT = re.compile(r"text/|application/(json|javascript|xml|x-www-form-urlencoded|[^;]*\+(json|xml))")
MAX_RESULT = 6 * 1024 * 1024
"""Lambda's limit on a synchronous result, in bytes."""


@dataclass(frozen=True, slots=True)
class Request:
    """One HTTP request as the server read it; `path` is decoded once."""

    method: str
    path: str
    query: str
    headers: Headers
    client: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """One HTTP response."""

    status: int
    headers: Headers
    body: bytes


def message(status: int, text: str) -> Response:
    """Return one of API Gateway's own answers, `{"message": …}`."""
    body = json.dumps({"message": text}, separators=(",", ":")).encode()
    return Response(status, [(b"content-type", b"application/json")], body)


def build_event(api: HttpApi, route: Route, parameters: dict[str, str], request: Request) -> Json:
    """Return the event a route's function is invoked with; the body is added by `add_body`."""
    headers, cookies = _headers(request)
    now = time.time()
    context: Json = {
        "accountId": ACCOUNT,
        "apiId": api.id,
        "domainName": headers.get("host", "").split(":")[0],
        "domainPrefix": api.id,
        "http": {
            "method": request.method,
            "path": request.path,
            "protocol": "HTTP/1.1",
            "sourceIp": request.client,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": uuid.uuid4().hex[:15] + "=",
        "routeKey": route.key,
        "stage": api.stage,
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }
    event: Json = {
        "version": "2.0",
        "routeKey": route.key,
        "rawPath": request.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": context,
        "isBase64Encoded": False,
    }
    if cookies:
        event["cookies"] = cookies
    if request.query:
        event["queryStringParameters"] = _joined(parse_qsl(request.query, keep_blank_values=True))
    if parameters:
        event["pathParameters"] = parameters
    return event


def add_body(event: Json, body: bytes) -> None:
    """Put the body into the event: text as it is, anything else in base64."""
    if not body:
        return
    if _TEXT.match(event["headers"].get("content-type", "text/plain")):
        try:
            event["body"] = body.decode()
            return
        except UnicodeDecodeError:
            pass  # announced as text but is not: base64 keeps every byte
    event["body"] = base64.b64encode(body).decode()
    event["isBase64Encoded"] = True


def read_result(invocation: Invocation) -> Response:
    """Return the HTTP response a function's result stands for; a failed invocation is a plain 500."""
    if invocation.failed or len(invocation.payload) > MAX_RESULT:
        return message(500, "Internal Server Error")
    try:
        result = json.loads(invocation.payload)
    except ValueError:
        return message(500, "Internal Server Error")
    structured = as_object(result)
    if structured is None or "statusCode" not in structured:
        text = result if isinstance(result, str) else invocation.payload.decode()
        return Response(200, [(b"content-type", b"application/json")], text.encode())
    try:
        return _structured(structured)
    except (TypeError, ValueError, AttributeError):
        return message(500, "Internal Server Error")


def _structured(result: Json) -> Response:
    content: Any = result.get("body") or ""
    if not isinstance(content, str):
        content = json.dumps(content)
    body = base64.b64decode(content) if result.get("isBase64Encoded") else content.encode()
    given: Json = result.get("headers") or {}
    fields = {name.lower(): str(value) for name, value in given.items()}
    fields.setdefault("content-type", "text/plain;charset=UTF-8")
    fields.pop("content-length", None)
    headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in fields.items()]
    headers += [(b"set-cookie", str(cookie).encode("latin-1")) for cookie in result.get("cookies") or ()]
    return Response(int(result["statusCode"]), headers, body)


def _headers(request: Request) -> tuple[dict[str, str], list[str]]:
    headers: dict[str, str] = {}
    cookies: list[str] = []
    for raw_name, raw_value in request.headers:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        if name == "cookie":
            cookies += [cookie.strip() for cookie in value.split(";")]
        else:
            headers[name] = f"{headers[name]},{value}" if name in headers else value
    forwarded = headers.get("x-forwarded-for")
    headers["x-forwarded-for"] = f"{forwarded}, {request.client}" if forwarded else request.client
    headers.setdefault("x-forwarded-proto", "http")
    headers.setdefault("x-forwarded-port", headers.get("host", "").partition(":")[2] or "80")
    headers.setdefault("x-amzn-trace-id", f"Root=1-{int(time.time()):08x}-{uuid.uuid4().hex[:24]}")
    return headers, cookies


def _joined(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    joined: dict[str, str] = {}
    for name, value in pairs:
        joined[name] = f"{joined[name]},{value}" if name in joined else value
    return joined


def decode_path(raw_path: bytes) -> str:
    """Decode a request target's path once, as API Gateway does before it matches routes."""
    return unquote(raw_path.partition(b"?")[0].decode("latin-1"))
