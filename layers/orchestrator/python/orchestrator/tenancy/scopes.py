"""Which scopes mean something: those that some route of the function folders asks for."""

from __future__ import annotations

import runpy
from collections.abc import Iterable
from pathlib import Path

from orchestrator.errors import InvalidInput
from orchestrator.spec import Function
from orchestrator.tenancy import ALL_SCOPES


def declared(root: Path) -> frozenset[str]:
    """Return the scopes in `functions/*/*/spec.py` under `root`; empty away from the project's folder."""
    specs = [runpy.run_path(str(file)).get("SPEC") for file in root.glob("functions/*/*/spec.py")]
    routes = [route for spec in specs if isinstance(spec, Function) for route in spec.routes]
    return frozenset(route.scope for route in routes if route.scope)


def check(wanted: Iterable[str], known: frozenset[str]) -> None:
    """Refuse a scope that opens nothing, most likely misspelt.

    Raises:
        InvalidInput: `wanted` holds a scope that is not in `known` (when anything is known at all).
    """
    unknown = sorted(set(wanted) - known - {ALL_SCOPES})
    if known and unknown:
        raise InvalidInput(
            f"no route asks for the scope {', '.join(unknown)}",
            hint=f"Known scopes: {', '.join(sorted(known))}, or * for all.",
            field="scopes",
        )
