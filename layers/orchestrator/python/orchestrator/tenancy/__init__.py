"""Who is calling. The tenant comes from the credential only, never from a body or a query."""

from __future__ import annotations

from dataclasses import dataclass

ALL_SCOPES = "*"
"""The scope that stands for every other."""
DEFAULT_TENANT = "default"
"""Whose everything is that no key was shown for."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The caller of one request: tenant, id of the key it showed (`None` in open mode), scopes."""

    tenant: str
    key_id: str | None
    scopes: frozenset[str]

    def allows(self, scope: str | None) -> bool:
        """Return whether the caller may use a route that asks for `scope` (`None`: a public route)."""
        return scope is None or scope in self.scopes or ALL_SCOPES in self.scopes
