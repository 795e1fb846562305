"""A copy of the project with the yardstick in it, and a runner on that copy."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.local.running import Running, wait_ready

ROOT = Path(__file__).resolve().parents[2]
WORK = ROOT / ".build" / "bench"
TREE = WORK / "tree"
PARTS = ("functions", "infra", "layers", "cdk.json", "pyproject.toml", "uv.lock")


def plant() -> None:
    """Make the copy: no bytecode, no synth, no data, and the yardstick as one more folder.

    So the yardstick is discovered, synthesized, routed and run exactly as every function of the product is.
    """
    shutil.rmtree(WORK, ignore_errors=True)
    ignore = shutil.ignore_patterns("__pycache__", "*.pyc")
    TREE.mkdir(parents=True)
    for part in PARTS:
        source = ROOT / part
        if source.is_dir():
            shutil.copytree(source, TREE / part, ignore=ignore)
        else:
            shutil.copy(source, TREE / part)
    (TREE / "functions/bench").mkdir()
    (TREE / "functions/bench/__init__.py").write_text('"""Only here."""\n')
    shutil.copytree(ROOT / "tests/bench/echo", TREE / "functions/bench/echo", ignore=ignore)


def _environment() -> dict[str, str]:
    passed = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **passed,
        "PYTHONPATH": f"{TREE}:{TREE / 'layers/orchestrator/python'}",
        "PORT": "0",
        "ORCHESTRATOR_LOCAL_DIR": str(WORK / "data"),
        "ORCHESTRATOR_LOCAL_ENV_FILE": os.devnull,
        "ORCHESTRATOR_LOCAL_PARENT": str(os.getpid()),
    }


@contextmanager
def runner(**environment: str) -> Iterator[tuple[Running, float]]:
    """Start the copy's runner; yields it and the seconds from process start to its ready line."""
    (WORK / "data").mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    with (WORK / "data/output").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local"],
            cwd=TREE,
            env={**_environment(), **environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        running = wait_ready(process, WORK / "data")
        yield running, time.perf_counter() - started
    finally:
        process.terminate()
        process.wait(30)
