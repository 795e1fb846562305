from __future__ import annotations

import json
from pathlib import Path

import pytest

from infra.deployment import ROOT
from infra.discovery import Found, discover

FOUND = discover(ROOT)
TESTS = {
    file: file.read_text(encoding="utf-8")
    for file in (ROOT / "tests").rglob("test_*.py")
    if file.resolve() != Path(__file__).resolve()
}
each_function = pytest.mark.parametrize("one", FOUND, ids=lambda one: one.id)


def test_every_folder_under_functions_with_a_handler_has_a_spec() -> None:
    handlers = {file.parent for file in (ROOT / "functions").glob("*/*/handler.py")}
    assert handlers == {ROOT / one.folder for one in FOUND}


@each_function
def test_a_function_has_a_handler_and_an_init_so_that_it_can_be_imported(one: Found) -> None:
    folder = ROOT / one.folder
    for file in (folder / "handler.py", folder / "__init__.py", folder.parent / "__init__.py"):
        assert file.is_file(), file


@each_function
def test_a_function_has_an_event_that_is_json(one: Found) -> None:
    events = sorted((ROOT / "events" / one.group / one.name).glob("*.json"))
    assert events, f"no event under events/{one.group}/{one.name}"
    for event in events:
        assert isinstance(json.loads(event.read_text()), dict), event


@each_function
def test_a_function_is_named_by_a_test(one: Found) -> None:
    names = (f"functions.{one.group}.{one.name}", f"{one.group}/{one.name}", f"{one.group}-{one.id}")
    routes = tuple(f'"{route.path}' for route in one.spec.routes)
    assert any(name in text for text in TESTS.values() for name in (*names, *routes))
