"""Each HTTP function answers exactly the routes its spec declares."""

import inspect
import json
from pathlib import Path

import pytest

from orchestrator.entry.openapi.collect import App, apps

ROOT = Path(__file__).parents[2]
APPS = apps(ROOT)


def test_there_are_functions_to_look_at() -> None:
    assert {"api/health", "api/docs", "api/orchestrate"} <= {app.folder for app in APPS}


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.folder)
def test_the_app_answers_the_routes_of_its_spec_and_no_other(app: App) -> None:
    assert app.route_keys() == sorted(route.key for route in app.spec.routes)


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.folder)
def test_no_route_ends_with_a_slash_because_the_api_adds_that_one_itself(app: App) -> None:
    assert [route.path for route in app.spec.routes if route.path != "/" and route.path.endswith("/")] == []


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.folder)
def test_every_endpoint_runs_on_the_event_loop(app: App) -> None:
    blocking = [route.path for route in app.routes if not inspect.iscoroutinefunction(route.endpoint)]
    assert blocking == []


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.folder)
def test_the_events_of_a_function_use_its_routes(app: App) -> None:
    keys = {json.loads(file.read_text())["routeKey"].rstrip("/") for file in _events(app)}
    assert keys <= {route.key.rstrip("/") for route in app.spec.routes}


def _events(app: App) -> list[Path]:
    files = (ROOT / "events" / app.folder).glob("*.json")
    return [file for file in files if not file.name.endswith(".response.json")]
