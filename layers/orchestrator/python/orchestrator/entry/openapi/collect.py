"""Finds the apps of all HTTP functions. Nothing lists them: a folder with a `handler.py` is a function."""

from __future__ import annotations

import importlib
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from fastapi import FastAPI
from fastapi.routing import APIRoute

from orchestrator.spec import Function


@dataclass(frozen=True, slots=True)
class App:
    """One HTTP function: its folder as `<group>/<name>`, its spec and its app."""

    folder: str
    spec: Function
    app: FastAPI

    @property
    def routes(self) -> list[APIRoute]:
        """The routes the app answers."""
        return [route for route in self.app.routes if isinstance(route, APIRoute)]

    def route_keys(self) -> list[str]:
        """Return API Gateway's key of every route the app answers, sorted."""
        return sorted(f"{method} {route.path}" for route in self.routes for method in methods(route))


def methods(route: APIRoute) -> list[str]:
    """Return the methods of a route, sorted."""
    return sorted(route.methods or ())


def apps(root: Path) -> list[App]:
    """Import and return the app of every function with routes under `root`, in the order of their folders."""
    found: list[App] = []
    for handler in sorted(root.glob("functions/*/*/handler.py")):
        folder = handler.parent.relative_to(root / "functions").as_posix()
        package = f"functions.{folder.replace('/', '.')}"
        spec: Function = importlib.import_module(f"{package}.spec").SPEC
        if spec.routes:
            found.append(App(folder, spec, _app(f"{package}.handler", spec)))
    return found


def _app(module: str, spec: Function) -> FastAPI:
    # A handler may look its resources up while it is imported; here only its routes matter. Neither the names
    # nor the module stay: whoever imports the handler next does so with an environment of its own.
    names = {f"{grant.kind.upper()}_{grant.name.upper().replace('-', '_')}" for grant in spec.grants}
    unset = [name for name in {*names, "AWS_DEFAULT_REGION"} if name not in os.environ]
    known = module in sys.modules
    os.environ.update(dict.fromkeys(unset, "us-east-1"))
    try:
        return importlib.import_module(module).app
    finally:
        for name in unset:
            del os.environ[name]
        if not known:
            sys.modules.pop(module, None)
