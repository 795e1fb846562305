"""What a route may answer besides success, and the shapes of those answers."""

from __future__ import annotations

from typing import Any

from fastapi.routing import APIRoute

from orchestrator.entry.openapi.collect import methods
from orchestrator.entry.signed import SignedRoute
from orchestrator.spec import Function

_DETAIL = {
    "type": "object",
    "required": ["field", "message"],
    "properties": {"field": {"type": "string"}, "message": {"type": "string"}, "hint": {"type": "string"}},
}
_EXTRAS: dict[str, Any] = {
    "hint": {"type": "string", "description": "What to do about it."},
    "field": {"type": "string", "description": "JSON path of the wrong value."},
    "details": {"type": "array", "items": _DETAIL, "description": "Each wrong value."},
    "correlation_id": {"type": "string", "description": "Quote it when you report a fault of ours."},
}
SCHEMAS: dict[str, Any] = {
    "IntentsError": {
        "title": "IntentsError",
        "type": "object",
        "required": ["error", "status", "error_type"],
        "properties": {
            "error": {"type": "string", "description": "The sentence."},
            "status": {"const": "error", "type": "string"},
            "error_type": {"type": "string", "examples": ["NotFound"]},
            **_EXTRAS,
        },
    },
    "CalendarError": {
        "title": "CalendarError",
        "type": "object",
        "description": "The documented answer, with nothing booked.",
        "required": ["response_text", "events", "supabase_results", "status", "error", "error_type"],
        "properties": {
            "response_text": {"type": "string"},
            "events": {"type": "array", "items": {}, "maxItems": 0},
            "supabase_results": {"type": "object"},
            "status": {"const": "error", "type": "string"},
            "error": {"type": "string", "description": "The sentence, and what to do about it."},
            "error_type": {"type": "string", "examples": ["VendorBusy"]},
            **_EXTRAS,
        },
    },
    "PlatformError": {
        "title": "PlatformError",
        "type": "object",
        "required": ["error", "message", "request_id"],
        "properties": {
            "error": {"type": "string", "description": "The type.", "examples": ["NotFound"]},
            "message": {"type": "string", "description": "The sentence."},
            "request_id": {"type": "string"},
            **_EXTRAS,
        },
    },
    "GatewayError": {
        "title": "GatewayError",
        "type": "object",
        "description": "API Gateway's own body.",
        "required": ["message"],
        "properties": {"message": {"type": "string"}},
    },
}
_WORDS = {
    "400": "The body is not JSON; the answer says at which character.",
    "401": "No API key was sent.",
    "403": "The key is refused, or lacks the scope.",
    "404": "There is no such thing here, or it belongs to another tenant.",
    "409": "The same request is still being worked on, or the state does not allow this.",
    "413": "The body is too large.",
    "422": "A value is wrong; the answer names it and the mend.",
    "429": "Too many requests for the moment.",
    "500": "A fault of ours; quote the correlation id.",
    "502": "A vendor failed.",
    "503": "Switched off, throttled or down for the moment; `Retry-After` says when to try again.",
    "504": "A time limit ended the work; the answer names its setting.",
}
_FROM_GATEWAY = frozenset({"401", "403", "429", "500", "503", "504"})
_WITH_RETRY = frozenset({"409", "503"})


def of_route(route: APIRoute, spec: Function) -> dict[str, Any]:
    """Return the error responses of one route, by status."""
    family = f"{spec.errors.capitalize()}Error"
    answers = {status: _response(status, family) for status in sorted(_statuses(route, spec))}
    if isinstance(route, SignedRoute):
        answers["401"]["description"] = "It is not signed as it should be; the answer says what is wrong."
    return answers


def _statuses(route: APIRoute, spec: Function) -> set[str]:
    method = methods(route)[0]
    found = {"429", "500"}
    found |= {"401", "403"} if spec.scope_of(method, route.path) else set()
    found |= {"400", "404", "409", "413", "422"} if route.body_field else set()
    found |= {"413"} if "requestBody" in (route.openapi_extra or {}) else set()
    found |= {"401"} if isinstance(route, SignedRoute) else set()
    found |= {"404", "422"} if route.dependant.path_params else set()
    found |= {"422"} if route.dependant.query_params or route.dependant.header_params else set()
    found |= {"409"} if method not in {"GET"} else set()
    found |= {"503", "504"} if spec.grants else set()
    return found | ({"502"} if spec.secrets and route.body_field else set())


def _response(status: str, family: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"$ref": f"#/components/schemas/{family}"}
    if status in _FROM_GATEWAY:
        schema = {"anyOf": [schema, {"$ref": "#/components/schemas/GatewayError"}]}
    response: dict[str, Any] = {
        "description": _WORDS[status],
        "content": {"application/json": {"schema": schema}},
    }
    if status in _WITH_RETRY:
        response["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds."}}
    return response
