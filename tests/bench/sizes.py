"""How large each function is with its layers, unzipped."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distribution

from packaging.requirements import Requirement

from infra import layers
from infra.deployment import ROOT, DeploymentError
from infra.discovery import discover
from tests.bench.report import Figure

BUILT = "package size, unzipped, of the built layers in .build/layers (arm64, with bytecode)"
INSTALLED = (
    "package size, unzipped, of the wheels installed here (without bytecode; `make layers` builds the real)"
)


def measure() -> Iterator[Figure]:
    """Weigh every function against Lambda's limit."""
    found = discover(ROOT)
    groups = {name for one in found for name in one.spec.layers}
    built = ROOT / ".build/layers"
    is_built = all((built / group / "python").is_dir() for group in groups)
    weigh = (lambda group: layers.size_of(built / group)) if is_built else _installed
    try:
        sizes = {group: weigh(group) for group in groups}
    except DeploymentError as error:
        print(f"package sizes left out: {error}", file=sys.stderr)
        return
    sizes[layers.PACKAGE] = layers.size_of(ROOT / "layers" / layers.PACKAGE)
    for one in found:
        total, detail = layers.total_size(one, sizes), " + ".join((layers.PACKAGE, *one.spec.layers))
        part = BUILT if is_built else INSTALLED
        yield Figure(part, one.id, total / 1e6, "MB", layers.LIMIT / 1e6, detail)


def _installed(group: str) -> int:
    base = set() if group == "base" else _names("base")
    return sum(_distribution(name) for name in _names(group) - base)


@cache
def _names(group: str) -> set[str]:
    return {name for name, block in layers.requirements(group).items() if _is_for_this_system(block)}


def _is_for_this_system(block: str) -> bool:
    """Tell whether a locked requirement's marker holds here: httpx2-jsfetch is for browsers alone."""
    marker = Requirement(block.split("\\", 1)[0].strip()).marker
    return marker is None or marker.evaluate()


def _distribution(name: str) -> int:
    files = distribution(name).files or []
    return sum(file.size or 0 for file in files if file.suffix != ".pyc" and ".." not in file.parts)
