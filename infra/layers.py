"""Build the dependency layers for Lambda (arm64, Python 3.13) from the lock, without Docker: `make layers`.

Each dependency group becomes `.build/layers/<group>/python`, without what `base` already holds. Bytecode is
shipped, because Lambda mounts layers read-only and would compile every module at every cold start; it is
marked `unchecked-hash` (PEP 552), because a zip loses the times that ordinary bytecode is checked by.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from infra.checks import checked
from infra.deployment import ROOT, DeploymentError, dependency_groups
from infra.discovery import Found, SpecError

PLATFORM = "aarch64-manylinux_2_28"
PYTHON = "3.13"
LIMIT = 262_144_000
"""Bytes of a function with all its layers, unzipped (Lambda developer guide, "Lambda quotas")."""
MAX_LAYERS = 5
NO_BYTECODE: frozenset[str] = frozenset()
"""Files of a layer, by their paths under `python/`, that are not for this Python and need not compile."""
PACKAGE = "orchestrator"


def main() -> int:
    """Build what changed and show every function's size; one line and exit code 1 when something is wrong."""
    try:
        found = checked(ROOT, dependency_groups())
        sizes = build_all(ROOT, ROOT / ".build" / "layers")
        report(found, sizes)
    except (DeploymentError, SpecError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def build_all(root: Path, target: Path) -> dict[str, int]:
    """Build every layer under `target` that its requirements changed; return each layer's bytes."""
    groups = sorted(dependency_groups(root))
    wanted = {group: requirements(group, root) for group in groups}
    target.mkdir(parents=True, exist_ok=True)
    for group, blocks in wanted.items():
        own = {name: block for name, block in blocks.items() if group == "base" or name not in wanted["base"]}
        _build(group, own, target)
    sizes = {group: size_of(target / group) for group in groups}
    return sizes | {PACKAGE: size_of(pack(root, target))}


def requirements(group: str, root: Path = ROOT) -> dict[str, str]:
    """Return the group's locked requirements, one block with its hashes for each distribution's name."""
    command = ["export", "--frozen", "--only-group", group, "--no-header", "--no-annotate", "--quiet"]
    return parse_requirements(_uv(command, root))


def parse_requirements(text: str) -> dict[str, str]:
    """Split what `uv export` prints into blocks: a requirement with the indented hash lines that follow it.

    Raises:
        DeploymentError: a requirement is not pinned, and so is not in the lock.
    """
    blocks: dict[str, str] = {}
    for block in re.split(r"\n(?=\S)", text.strip()):
        pinned = re.match(r"([A-Za-z0-9._-]+)(\[[^\]]*\])?==", block)
        if block and not pinned:
            raise DeploymentError(f"uv.lock: {block.splitlines()[0]!r} is not pinned; run: uv lock")
        if pinned:
            blocks[re.sub(r"[-_.]+", "-", pinned[1]).lower()] = block
    return blocks


def pack(root: Path, target: Path) -> Path:
    """Copy the shared package to `target/orchestrator` with its bytecode; return that folder.

    Cheap enough for every synth (no download), so that what is deployed is what lies in the working tree.
    """
    folder, fresh = target / PACKAGE, target / f"{PACKAGE}.{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    shutil.copytree(root / "layers" / PACKAGE, fresh, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    _compile(fresh)
    _swap(fresh, folder)
    return folder


def report(found: list[Found], sizes: Mapping[str, int]) -> None:
    """Print each function's size with all its layers.

    Raises:
        DeploymentError: a function is over Lambda's limit, or has more than five layers.
    """
    print(f"\n{'function':32} {'layers':32} {'MB':>7} {'of limit':>9}")
    for one in found:
        layers = (PACKAGE, *one.spec.layers)
        total = total_size(one, sizes)
        print(f"{one.id:32} {' '.join(one.spec.layers):32} {total / 1e6:7.1f} {total / LIMIT:9.0%}")
        if total > LIMIT:
            raise DeploymentError(f"{one.file}:1: {total} bytes with its layers, over {LIMIT}: drop a layer")
        if len(layers) > MAX_LAYERS:
            raise DeploymentError(f"{one.file}:1: {len(layers)} layers, over {MAX_LAYERS}: drop one")


def total_size(one: Found, sizes: Mapping[str, int]) -> int:
    """Return the bytes of a function's folder with all its layers, unzipped."""
    return size_of(one.root / one.folder) + sum(sizes[layer] for layer in (PACKAGE, *one.spec.layers))


def size_of(folder: Path) -> int:
    """Return the bytes of all files under `folder`."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())


def _build(group: str, blocks: Mapping[str, str], target: Path) -> None:
    text = "\n".join(blocks[name] for name in sorted(blocks)) + "\n"
    stamp = target / f"{group}.stamp"
    mark = hashlib.sha256(f"{PLATFORM} {PYTHON}\n{text}{Path(__file__).read_text()}".encode()).hexdigest()
    if stamp.exists() and stamp.read_text() == mark and (target / group / "python").is_dir():
        print(f"{group:8} up to date")
        return
    print(f"{group:8} building: {', '.join(sorted(blocks))}")
    stamp.unlink(missing_ok=True)
    fresh = target / f"{group}.{os.getpid()}"
    shutil.rmtree(fresh, ignore_errors=True)
    _install(text, fresh / "python")
    _strip(fresh / "python")
    _compile(fresh)
    _swap(fresh, target / group)
    stamp.write_text(mark)


def _install(requirements: str, folder: Path) -> None:
    folder.mkdir(parents=True)
    file = folder.parent.with_suffix(".txt")
    file.write_text(requirements)
    options = ["--python-platform", PLATFORM, "--python-version", PYTHON, "--only-binary", ":all:", "--quiet"]
    try:
        _uv(
            [
                "pip",
                "install",
                "--no-deps",
                "--require-hashes",
                *options,
                "--target",
                str(folder),
                "-r",
                str(file),
            ]
        )
    finally:
        file.unlink()


def _strip(folder: Path) -> None:
    # Command-line scripts have no shell to run in; RECORD lists files of an installer that never comes back.
    shutil.rmtree(folder / "bin", ignore_errors=True)
    for record in folder.glob("*.dist-info/RECORD"):
        record.unlink()
    for tests in [path for path in folder.rglob("tests") if path.is_dir() and path.parent != folder]:
        shutil.rmtree(tests)


def _compile(folder: Path) -> None:
    """Put bytecode beside every source file.

    Raises:
        DeploymentError: a file has none: Lambda cannot write it, so each cold start would compile the file.
    """
    # The path in tracebacks is Lambda's, so the bytecode does not depend on where it was built.
    options = ["-q", "-q", "--invalidation-mode", "unchecked-hash", "-s", str(folder), "-p", "/opt"]
    # Its exit code says no more than that some file failed; which of them matters is asked below.
    subprocess.run(  # noqa: S603 - an interpreter found by us
        [_matching_python(), "-m", "compileall", *options, str(folder)], check=False
    )
    bare = [file.relative_to(folder / "python").as_posix() for file in _without_bytecode(folder)]
    if missing := sorted(set(bare) - NO_BYTECODE):
        names = f"{missing[0]} and {len(missing) - 1} more" if len(missing) > 1 else missing[0]
        mend = "mend it, or name it in NO_BYTECODE (infra/layers.py)"
        raise DeploymentError(f"{names}: no bytecode of Python {PYTHON}; {mend}")


def _without_bytecode(folder: Path) -> Iterator[Path]:
    ending = f".cpython-{PYTHON.replace('.', '')}.pyc"
    for file in folder.rglob("*.py"):
        if not (file.parent / "__pycache__" / (file.stem + ending)).is_file():
            yield file


def _matching_python() -> str:
    if f"{sys.version_info.major}.{sys.version_info.minor}" == PYTHON:
        return sys.executable
    try:
        return _uv(["python", "find", "--no-project", PYTHON]).strip()
    except DeploymentError as error:
        line = f"bytecode needs Python {PYTHON}: run `uv python install {PYTHON}`, or make it the project's"
        raise DeploymentError(line) from error


def _swap(fresh: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    fresh.rename(folder)


def _uv(arguments: Iterable[str], cwd: Path = ROOT) -> str:
    """Run uv and return what it printed.

    Raises:
        DeploymentError: there is no uv, or it failed; with its last line.
    """
    own = cwd / ".tools" / "bin" / "uv"
    program = os.environ.get("UV") or (str(own) if own.exists() else shutil.which("uv"))
    if program is None:
        raise DeploymentError("no uv: run `make layers` (it brings uv into .tools) or put uv on the PATH")
    run = subprocess.run([program, *arguments], cwd=cwd, capture_output=True, text=True, check=False)  # noqa: S603
    if run.returncode:
        lines = [line.strip() for line in run.stderr.splitlines() if line.strip()] or ["no reason given"]
        raise DeploymentError(f"uv {next(iter(arguments))} failed: {lines[-1]}")
    return run.stdout


if __name__ == "__main__":
    sys.exit(main())
