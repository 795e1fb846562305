"""The route table of an HTTP API.

Precedence, from "Create routes for HTTP APIs" in the API Gateway developer guide: a full match before a route
with path variables, those before a greedy one (`{proxy+}`), `$default` last; a method before `ANY`. The path
is decoded before it is matched, so `%2F` separates segments as API Gateway has it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from infra.local.shared import Json, function_name
from infra.local.template import Template

_VARIABLE = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True, slots=True)
class Authorizer:
    """A Lambda authorizer with simple responses. `ttl` in seconds; 0 means no caching."""

    id: str
    function: str
    identity_sources: tuple[str, ...]
    ttl: float


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `timeout` in seconds is the integration's."""

    key: str
    function: str
    authorizer: Authorizer | None
    timeout: float
    method: str = "ANY"
    pattern: re.Pattern[str] | None = None
    rank: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cors:
    """The API's CORS configuration."""

    origins: frozenset[str]
    methods: str
    headers: str
    expose: str
    max_age: int | None
    credentials: bool


@dataclass(frozen=True, slots=True)
class HttpApi:
    """One HTTP API with its routes in order of precedence."""

    id: str
    stage: str
    routes: tuple[Route, ...]
    cors: Cors | None
    exact: dict[tuple[str, str], Route] = field(default_factory=lambda: {})

    def match(self, method: str, path: str) -> tuple[Route, dict[str, str]] | None:
        """Return the route for a decoded path and its path parameters."""
        exact = self.exact.get((method, path))
        if exact:
            return exact, {}
        for route in self.routes:
            if route.method not in (method, "ANY"):
                continue
            if route.pattern is None:
                return route, {}
            found = route.pattern.fullmatch(path)
            if found:
                return route, found.groupdict()
        return None


def http_api_of(template: Template) -> HttpApi | None:
    """Return the template's HTTP API, or None when it has none."""
    for api in template.of("AWS::ApiGatewayV2::Api"):
        if api.properties.get("ProtocolType") == "HTTP":
            return _http_api(template, api.id, api.properties)
    return None


def _http_api(template: Template, api_id: str, properties: Json) -> HttpApi:
    authorizers = {k: _authorizer(k, p) for k, p in _parts(template, "Authorizer", api_id).items()}
    integrations = _parts(template, "Integration", api_id)
    routes = [_route(p, integrations, authorizers) for p in _parts(template, "Route", api_id).values()]
    routes.sort(key=lambda route: route.rank)
    stages = [p["StageName"] for p in _parts(template, "Stage", api_id).values()]
    exact = {
        (route.method, route.key.split(" ", 1)[1]): route
        for route in reversed(routes)
        if route.pattern and "{" not in route.key and route.method != "ANY"
    }
    return HttpApi(
        api_id,
        stages[0] if stages else "$default",
        tuple(routes),
        _cors(properties.get("CorsConfiguration")),
        exact,
    )


def _parts(template: Template, kind: str, api_id: str) -> dict[str, Json]:
    return {
        r.id: r.properties
        for r in template.of(f"AWS::ApiGatewayV2::{kind}")
        if r.properties["ApiId"] == api_id
    }


def _authorizer(logical_id: str, properties: Json) -> Authorizer:
    sources = tuple(properties.get("IdentitySource", ()))
    ttl = float(properties.get("AuthorizerResultTtlInSeconds", 300 if sources else 0))
    return Authorizer(logical_id, function_name(properties["AuthorizerUri"]), sources, ttl)


def _route(properties: Json, integrations: dict[str, Json], authorizers: dict[str, Authorizer]) -> Route:
    key: str = properties["RouteKey"]
    integration = integrations[properties["Target"].split("/")[1]]
    secured = properties.get("AuthorizationType", "NONE") != "NONE"
    common: dict[str, Any] = {
        "key": key,
        "function": function_name(integration["IntegrationUri"]),
        "authorizer": authorizers.get(properties.get("AuthorizerId", "")) if secured else None,
        "timeout": integration.get("TimeoutInMillis", 30_000) / 1000,
    }
    if " " not in key:
        return Route(**common, rank=(9,))
    method, path = key.split(" ", 1)
    variables = _VARIABLE.findall(path)
    greedy = any(plus for _, plus in variables)
    rank = (int(greedy), len(variables), -len(path), int(method == "ANY"))
    return Route(**common, method=method, pattern=_pattern(path), rank=rank)


def _pattern(path: str) -> re.Pattern[str]:
    parts: list[str] = []
    end = 0
    for variable in _VARIABLE.finditer(path):
        parts.append(re.escape(path[end : variable.start()]))
        # A greedy variable takes the empty rest too: `/x/` is `/x/{more+}`.
        parts.append(f"(?P<{variable[1]}>{'.*' if variable[2] else '[^/]+'})")
        end = variable.end()
    return re.compile("".join(parts) + re.escape(path[end:]))


def _cors(configuration: Json | None) -> Cors | None:
    if not configuration:
        return None
    return Cors(
        origins=frozenset(configuration.get("AllowOrigins", ())),
        methods=",".join(configuration.get("AllowMethods", ())),
        headers=",".join(configuration.get("AllowHeaders", ())),
        expose=",".join(configuration.get("ExposeHeaders", ())),
        max_age=configuration.get("MaxAge"),
        credentials=bool(configuration.get("AllowCredentials")),
    )
