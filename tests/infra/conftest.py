from __future__ import annotations

from pathlib import Path

import pytest

from infra.deployment import ROOT
from orchestrator.config.vendors import VENDORS
from tests.infra.synthesized import CANARY, Json, Stack, fake_layers, once, synth

SMALL_PROJECT = Path(__file__).parent / "small_project"


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all test processes of this run see."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "infra"
    folder.mkdir(exist_ok=True)
    return folder


def _stack(shared: Path, name: str, stage: str, root: Path = ROOT, **context: str) -> Stack:
    def make(folder: Path) -> None:
        layers = fake_layers(folder / "layers")
        all_context: Json = {"stage": stage, "layers_dir": str(layers), **context}
        secrets = {key: CANARY for vendor in VENDORS.values() for key in vendor.keys}
        run = synth(folder / "out", all_context, root, ORCHESTRATOR_SYNC_TIMEOUT="7", **secrets)
        assert run.returncode == 0, run.stderr or run.stdout

    return Stack(stage, once(shared, name, make) / "out")


@pytest.fixture(scope="session")
def dev(shared: Path) -> Stack:
    return _stack(shared, "dev", "dev", cors_origins="https://app.example.com, https://www.example.com")


@pytest.fixture(scope="session")
def prod(shared: Path) -> Stack:
    return _stack(shared, "prod", "prod", alarm_topic="arn:aws:sns:eu-central-1:123456789012:alarms")


@pytest.fixture(scope="session")
def local(shared: Path) -> Stack:
    return _stack(shared, "local", "local")


@pytest.fixture(scope="session")
def small(shared: Path) -> Stack:
    """The stack of a project with two function folders of its own and the tasks every stack needs."""
    return _stack(shared, "small", "local", SMALL_PROJECT)
