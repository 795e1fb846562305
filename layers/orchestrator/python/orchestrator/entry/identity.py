"""Who is calling, and may they: read from what API Gateway's authorizer left in the event."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from orchestrator.errors import Forbidden, Unauthenticated
from orchestrator.spec import Function
from orchestrator.tenancy import ALL_SCOPES, DEFAULT_TENANT, Identity

OPEN = Identity(DEFAULT_TENANT, None, frozenset({ALL_SCOPES}))
ANONYMOUS = Identity("anonymous", None, frozenset())
"""The caller of a public route who showed nothing that was checked."""


def from_event(event: Mapping[str, Any], auth_mode: str) -> Identity | None:
    """Return the caller the authorizer named, everyone's identity in open mode, else `None`."""
    request_context = cast("Mapping[str, Any]", event.get("requestContext") or {})
    authorizer = cast("Mapping[str, Any]", request_context.get("authorizer") or {})
    context = cast("Mapping[str, Any]", authorizer.get("lambda") or {})
    if context.get("tenant"):
        scopes = frozenset(str(context.get("scopes") or "").split())
        return Identity(str(context["tenant"]), cast("str | None", context.get("key_id")), scopes)
    return OPEN if auth_mode == "open" else None


def admit(identity: Identity | None, spec: Function, method: str, path: str) -> Identity:
    """Return the caller of the route.

    Raises:
        Unauthenticated: the route is not public and nobody vouches for the caller.
        Forbidden: the caller's key lacks the route's scope.
    """
    scope = spec.scope_of(method, path)
    if identity is None:
        if scope is None:
            return ANONYMOUS
        raise Unauthenticated(
            "This route needs an API key.",
            hint="Send it as `x-api-key: <key>` or `Authorization: Bearer <key>`.",
        )
    require(identity, scope)
    return identity


def require(identity: Identity, scope: str | None) -> None:
    """Let pass whoever may use what asks for `scope`.

    Raises:
        Forbidden: the caller's key lacks it.
    """
    if not identity.allows(scope):
        raise Forbidden(f"This key lacks the scope {scope!r}.", hint="Ask for a key with that scope.")
