"""The Lambda authorizer of an HTTP API (request type, payload format 2.0, simple responses).

Source: "Control access to HTTP APIs with AWS Lambda authorizers" in the API Gateway developer guide.
"""

from __future__ import annotations

import json
import time
from typing import Any

from infra.local.gateway.event import Response, message
from infra.local.gateway.routes import Authorizer, HttpApi, Route
from infra.local.shared import ACCOUNT, REGION, Invocation, Invoke, Json, as_object


class Authorizers:
    """Asks a route's authorizer and remembers its answers for its TTL, per identity-source values."""

    def __init__(self, invoke: Invoke) -> None:
        self._invoke = invoke
        self._cache: dict[tuple[str, ...], tuple[float, Json]] = {}

    async def check(self, api: HttpApi, route: Route, event: Json) -> Response | None:
        """Return API Gateway's refusal, or None after adding the authorizer's context to the event."""
        authorizer = route.authorizer
        if authorizer is None:
            return None
        identity = [_source(source, event) for source in authorizer.identity_sources]
        if not all(identity):
            return message(401, "Unauthorized")
        answer = await self._answer(api, authorizer, event, [value or "" for value in identity])
        if isinstance(answer, Response):
            return answer
        if answer["isAuthorized"] is not True:
            return message(403, "Forbidden")
        event["requestContext"]["authorizer"] = {"lambda": answer.get("context") or {}}
        return None

    async def _answer(
        self, api: HttpApi, authorizer: Authorizer, event: Json, identity: list[str]
    ) -> Json | Response:
        key = (authorizer.id, *identity)
        kept = self._cache.get(key)
        if kept and kept[0] > time.monotonic():
            return kept[1]
        request = _request(api, event, identity)
        result = _read(await self._invoke(authorizer.function, json.dumps(request).encode()))
        if not isinstance(result, Response) and authorizer.ttl and identity:
            self._cache[key] = (time.monotonic() + authorizer.ttl, result)
        return result


def _request(api: HttpApi, event: Json, identity: list[str]) -> Json:
    http = event["requestContext"]["http"]
    resource = f"{api.id}/{api.stage}/{http['method']}{http['path']}"
    request = {
        **event,
        "type": "REQUEST",
        "routeArn": f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{resource}",
        "identitySource": identity or None,
    }
    request.pop("isBase64Encoded", None)
    return request


def _read(invocation: Invocation) -> Json | Response:
    try:
        result = as_object(json.loads(invocation.payload)) or {}
    except ValueError:
        result = {}
    if invocation.failed and result.get("errorMessage") == "Unauthorized":
        return message(401, "Unauthorized")
    if invocation.failed or "isAuthorized" not in result:
        return message(500, "Internal Server Error")
    return result


def _source(expression: str, event: Json) -> str | None:
    """Evaluate an identity source such as `$request.header.Authorization`."""
    scope, _, name = expression.removeprefix("$").partition(".")
    if scope == "context":
        value: Any = event["requestContext"]
        for part in name.split("."):
            value = (as_object(value) or {}).get(part)
        return str(value) if value else None
    kind, _, field = name.partition(".")
    if kind == "header":
        return event["headers"].get(field.lower())
    return event.get("queryStringParameters", {}).get(field)
