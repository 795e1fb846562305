"""Merges the apps' schemas into one OpenAPI 3.1 document and adds what the apps cannot know themselves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from orchestrator import __version__
from orchestrator.entry.openapi import answers
from orchestrator.entry.openapi.collect import App, methods
from orchestrator.entry.openapi.examples import Example, read

TITLE = "orchestrator"
DESCRIPTION = """\
Plain language, intents and webhooks in; actions out. One API, each endpoint its own function.

**Ids.** Send `X-Correlation-Id` (1-128 of `A-Za-z0-9._:/+=@-`) and find it in the answer and in every log \
line; without one you get a new one. `X-Request-Id` is ours. A W3C `traceparent` is continued.

**Credentials.** An API key as `x-api-key: <key>` or `Authorization: Bearer <key>`; an empty Bearer is no \
credential. On a laptop (`AUTH_MODE=open`) none is needed.

**Errors.** Every error has a sentence, its type and, where there is one, a `hint` and the `field`. Three \
answers come from API Gateway before a function sees the request, and keep its own body \
`{"message": "…"}`: 401 (no key), 403 (key refused) and 404 for an unknown path or method.
"""
TAGS = {
    "calendar": "A sentence becomes calendar events.",
    "intents": "An intent with inputs becomes a result now, or a job.",
    "analysis": "A text becomes summary, sentiment and entities.",
    "webhooks": "What was delivered, delivered again; signed webhooks taken and checked.",
    "productivity": "Timers, messages and the morning briefing.",
    "chat": "A conversation becomes one reviewed answer.",
    "platform": "Health and documentation.",
}


def build(apps: list[App], events: Path) -> dict[str, Any]:
    """Return the document of `apps`, with examples from the folder `events`."""
    whole = get_openapi(
        title=TITLE,
        version=__version__,
        openapi_version="3.1.0",
        description=DESCRIPTION,
        routes=[route for app in apps for route in app.app.routes],
        servers=[{"url": "/", "description": "where this document came from"}],
    )
    for app in apps:
        examples = list(read(events / app.folder))
        for route, operation in _operations(whole, app):
            _complete(operation, route, app)
            _illustrate(operation, route, [one for one in examples if _belongs(one, route)])
    used = {
        tag for path in whole["paths"].values() for operation in path.values() for tag in operation["tags"]
    }
    whole["tags"] = [{"name": name, "description": text} for name, text in TAGS.items() if name in used]
    _share(whole)
    return whole


def _operations(whole: dict[str, Any], app: App) -> Iterator[tuple[APIRoute, dict[str, Any]]]:
    for route in app.routes:
        for method in methods(route) if route.include_in_schema else ():
            yield route, whole["paths"][route.path_format][method.lower()]


def _belongs(example: Example, route: APIRoute) -> bool:
    method, _, path = example.route_key.partition(" ")
    return method in methods(route) and path.rstrip("/") == route.path.rstrip("/")


def _complete(operation: dict[str, Any], route: APIRoute, app: App) -> None:
    operation.setdefault("tags", [_tag(route, app)])
    operation["summary"] = (route.description or route.summary or route.name).split("\n")[0].rstrip(".")
    scope = app.spec.scope_of(methods(route)[0], route.path)
    operation["security"] = [{"apiKey": []}, {"bearer": []}] if scope else []
    if scope:
        operation["x-required-scope"] = scope
    responses: dict[str, Any] = operation["responses"]
    if "HTTPValidationError" in str(responses.get("422")):
        del responses["422"]
    for status, response in answers.of_route(route, app.spec).items():
        responses.setdefault(status, response)
    operation["responses"] = dict(sorted(responses.items()))


def _tag(route: APIRoute, app: App) -> str:
    """Return the wing a route belongs to: told by its scope, by its folder, or by its family of errors."""
    scope = app.spec.scope_of(methods(route)[0], route.path) or ""
    wings = (scope.partition(":")[0], app.folder.partition("/")[0], app.spec.errors)
    return next(wing for wing in wings if wing in TAGS)


def _illustrate(operation: dict[str, Any], route: APIRoute, examples: list[Example]) -> None:
    for parameter in operation.get("parameters", ()):
        for example in examples:
            if example.shows_success and parameter["in"] == "path":
                parameter["example"] = example.path_parameters.get(parameter["name"])
    for example in examples:
        answer = operation["responses"].get(str(example.status), {})
        if example.shows_success and _accepts(route, example.request):
            _show(operation["requestBody"], example.case, example.request)
        if example.response is not None:
            _show(answer, example.case, example.response)


def _show(body: dict[str, Any], case: str, value: Any) -> None:
    if content := body.get("content", {}).get("application/json"):
        named = {"summary": case.replace("_", " "), "value": value}
        content.setdefault("examples", {})[case] = named


def _accepts(route: APIRoute, body: Any) -> bool:
    if route.body_field is None or body is None:
        return False
    _, errors = route.body_field.validate(body, {}, loc=("body",))
    return not errors


def _share(whole: dict[str, Any]) -> None:
    components = whole.setdefault("components", {})
    schemas: dict[str, Any] = components.setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas.update(answers.SCHEMAS)
    components["schemas"] = dict(sorted(schemas.items()))
    components["securitySchemes"] = {
        "apiKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
        "bearer": {"type": "http", "scheme": "bearer"},
    }
