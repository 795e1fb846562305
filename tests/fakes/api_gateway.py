"""Events as an HTTP API sends them (payload 2.0), and a caller of HTTP functions' handlers."""

import base64
import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def text(self) -> str:
        return self.content.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.content)


def event(
    route: str,
    *,
    body: str | bytes | None = None,
    headers: Mapping[str, str] | None = None,
    authorizer: Mapping[str, Any] | None = None,
    query: str = "",
) -> dict[str, Any]:
    """Build the event of a request; `route` is `METHOD /path`, the path as the caller writes it."""
    method, _, path = route.partition(" ")
    context: dict[str, Any] = {
        "http": {
            "method": method,
            "path": path,
            "protocol": "HTTP/1.1",
            "sourceIp": "203.0.113.7",
            "userAgent": "t",
        },
        "requestId": "UQ1nJhVvliAEMwg=",
        "routeKey": route,
        "stage": "$default",
    }
    if authorizer is not None:
        context["authorizer"] = {"lambda": dict(authorizer)}
    built: dict[str, Any] = {
        "version": "2.0",
        "routeKey": route,
        "rawPath": path,
        "rawQueryString": query,
        "headers": {"host": "api.example.com", "x-forwarded-proto": "https", **(headers or {})},
        "requestContext": context,
        "isBase64Encoded": isinstance(body, bytes),
    }
    if body is not None:
        built["headers"].setdefault("content-type", "application/json")
        built["body"] = base64.b64encode(body).decode() if isinstance(body, bytes) else body
    return built


def send(handler: Handler, sent: dict[str, Any]) -> Answer:
    """Call `handler` with an event and return its answer as a client would read it."""
    answer = handler(sent, None)
    body: str = answer.get("body", "")
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else body.encode()
    headers: dict[str, str] = answer["headers"]
    if headers.get("content-encoding") == "gzip":
        content = gzip.decompress(content)
    return Answer(answer["statusCode"], headers, content)
