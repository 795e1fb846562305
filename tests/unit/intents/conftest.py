"""A package of tools that a test fills."""

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from orchestrator.intents.registry import Providers, Registry, discover
from tests.unit.intents.tool_packages import Make, Store


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Make]:
    name = f"tools_{tmp_path.name}"
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)

    def make(providers: Providers | None = None, **modules: str) -> Registry:
        for module, source in modules.items():
            (folder / f"{module}.py").write_text(dedent(source))
        importlib.invalidate_caches()
        return discover(importlib.import_module(name), providers or {Store: Store})

    yield make
    for module in [module for module in sys.modules if module.partition(".")[0] == name]:
        del sys.modules[module]
