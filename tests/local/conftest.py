"""One real runner for all tests here, whatever the number of test processes.

The first test process that needs it starts it; each one that uses it counts; the last one stops it. If all
of them die, the runner notices that its parent is gone and stops by itself.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.local.receiving import CALLBACK_SECRETS, Receiver, receiving
from tests.local.running import Running, launch, until, wait_ready
from tests.local.sample import stack


@pytest.fixture(scope="session")
def runner(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Running]:
    """The product's stack, open to everyone, empty at the start. Data is shared: use names of your own."""
    folder = _shared_folder(tmp_path_factory, worker_id)
    with _counted(folder / "runner.json", folder / "runner", {}) as running:
        yield running


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Running]:
    """The sample stack (`tests/local/sample`): what the product's stack does not exercise."""
    base = tmp_path_factory.getbasetemp()
    folder = base if worker_id == "master" else base.parent
    notes = folder / "sample" / "notes"
    with _locked(folder / "sample.lock"):
        assembly = folder / "sample-assembly"
        if not assembly.exists():
            stack.write(assembly, stack.http_api(notes), stack.queues(notes), stack.data(notes))
    settings = {
        "ORCHESTRATOR_LOCAL_ASSEMBLY": str(assembly),
        "SAMPLE_SETTING": "set",
        "OTHER_SETTING": "unseen",
    }
    with _counted(folder / "sample.json", folder / "sample", settings) as running:
        yield running


@pytest.fixture(scope="session")
def keyed_runner(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Running]:
    """The product's stack with `AUTH_MODE=key`, whose authorizer remembers a key for one second."""
    folder = _shared_folder(tmp_path_factory, worker_id)
    settings = {"AUTH_MODE": "key", "AUTH_KEY_CACHE_SECONDS": "1"}
    with _counted(folder / "keyed_runner.json", folder / "keyed_runner", settings) as running:
        yield running


@pytest.fixture(scope="session")
def impatient_runner(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Iterator[Running]:
    """The product's stack with short waits and secrets of its own; here and there a test kills its agents."""
    folder = _shared_folder(tmp_path_factory, worker_id)
    settings = {
        "OPENAI_TIMEOUT": "3",
        "WEBHOOK_TIMEOUT": "3",
        "WEBHOOK_MAX_RETRIES": "2",
        "WEBHOOK_RETRY_SCHEDULE": "1,1",
        **CALLBACK_SECRETS,
    }
    with _counted(folder / "impatient_runner.json", folder / "impatient_runner", settings) as running:
        yield running


@pytest.fixture(scope="session")
def receiver() -> Iterator[Receiver]:
    """A receiver of webhooks for all tests of the process: use paths of your own."""
    with receiving() as made:
        yield made


def _shared_folder(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    base = tmp_path_factory.getbasetemp()
    return base if worker_id == "master" else base.parent


@contextmanager
def _counted(state: Path, data: Path, settings: Mapping[str, str] = {}) -> Iterator[Running]:
    with _locked(state) as shared:
        if not shared:
            parent = os.getppid() if "PYTEST_XDIST_WORKER" in os.environ else os.getpid()
            process = launch(data, {"FRESH": "1", "ORCHESTRATOR_LOCAL_PARENT": str(parent), **settings})
            running = wait_ready(process, data)
            shared.update(url=running.url, pid=running.pid, users=0)
        shared["users"] += 1
    try:
        yield Running(shared["url"], shared["pid"], data, data / "output")
    finally:
        with _locked(state) as shared:
            shared["users"] -= 1
            if not shared["users"]:
                os.kill(shared["pid"], signal.SIGINT)
                until(lambda: "env" not in {p.name for p in data.iterdir()})
                shared.clear()


@contextmanager
def _locked(file: Path) -> Iterator[dict[str, Any]]:
    with file.open("a+") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        stream.seek(0)
        shared: dict[str, Any] = json.loads(stream.read() or "{}")
        yield shared
        stream.truncate(0)
        stream.write(json.dumps(shared))


@pytest.fixture(scope="session")
def worker_id(request: pytest.FixtureRequest) -> str:
    """xdist's own fixture, also where xdist is switched off."""
    workerinput = getattr(request.config, "workerinput", None)
    return workerinput["workerid"] if workerinput else "master"
