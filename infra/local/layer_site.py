"""What a function can import on a laptop: exactly what its layers bring on Lambda.

For each set of dependency groups a folder of links into the virtual environment is made once: the packages of
those groups' closure and what the runtime itself needs, nothing else. A worker gets this folder instead of
`site-packages`, so a missing layer fails here as it would fail when deployed.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from infra.local.options import ROOT

if TYPE_CHECKING:  # only needed when a folder is made: not worth their import at every start
    from importlib.metadata import Distribution

    from packaging.requirements import Requirement

RUNTIME = "awslambdaric"
"""The distribution every worker runs on."""
HINTS = "layers.json"
"""File in the folder: which dependency group would bring a module that is not there."""
_TOOLS = frozenset({"infra", "local", "dev"})
"""Dependency groups that are no layers."""


class LayerSites:
    """The folders of links, one per set of dependency groups, below `base`."""

    def __init__(self, base: Path = ROOT / ".build" / "local-site", root: Path = ROOT) -> None:
        self._project = (root / "pyproject.toml").read_bytes()
        lock = (root / "uv.lock").read_bytes()
        self._base = base / hashlib.sha256(lock + self._project).hexdigest()[:16]

    def folder(self, groups: Iterable[str]) -> Path:
        """Return the folder for a function with these groups; makes it the first time (half a second)."""
        wanted = sorted(set(groups))
        folder = self._base / "+".join(wanted)
        if not folder.is_dir():
            self._make(folder, [group for group in wanted if group in self._groups])
        return folder

    def _make(self, folder: Path, groups: list[str]) -> None:
        building = folder.with_name(f"{folder.name}.{os.getpid()}")
        shutil.rmtree(building, ignore_errors=True)
        building.mkdir(parents=True)
        visible = self._closure([*groups], [RUNTIME])
        for name in visible:
            for entry in self._entries[name]:
                (building / entry.name).symlink_to(entry)
        (building / HINTS).write_text(json.dumps(self._hints(visible)))
        try:
            building.rename(folder)
        except OSError:  # another runner was faster
            shutil.rmtree(building)

    def _hints(self, visible: set[str]) -> dict[str, str]:
        layers = {group: self._closure([group], []) for group in self._groups if group not in _TOOLS}
        seen = {_module(entry) for name in visible for entry in self._entries[name]}
        return {
            module: next((group for group, names in layers.items() if name in names), "")
            for name in self._installed.keys() - visible
            for module in map(_module, self._entries[name])
            if module and module not in seen
        }

    @cached_property
    def _groups(self) -> dict[str, list[Any]]:
        import tomllib

        return tomllib.loads(self._project.decode())["dependency-groups"]

    @cached_property
    def _installed(self) -> dict[str, Distribution]:
        from importlib.metadata import distributions

        return {_canonical(found.metadata["Name"]): found for found in distributions()}

    @cached_property
    def _entries(self) -> dict[str, list[Path]]:
        """The files and folders of each distribution that lie directly in `site-packages`."""
        return {name: _top_level(found) for name, found in self._installed.items()}

    def _closure(self, groups: Iterable[str], names: Iterable[str]) -> set[str]:
        """Return the installed distributions that groups and names need, directly or not."""
        from packaging.requirements import Requirement

        found: set[tuple[str, str]] = set()
        open_ends = [
            Requirement(text) for group in groups for text in self._groups[group] if isinstance(text, str)
        ]
        open_ends += [Requirement(name) for name in names]
        while open_ends:
            requirement = open_ends.pop()
            name = _canonical(requirement.name)
            for extra in ("", *requirement.extras):
                if name in self._installed and (name, extra) not in found:
                    found.add((name, extra))
                    open_ends += self._needs(name, extra)
        return {name for name, _ in found}

    def _needs(self, name: str, extra: str) -> list[Requirement]:
        from packaging.requirements import Requirement

        needed = [Requirement(text) for text in self._installed[name].requires or ()]
        return [need for need in needed if need.marker is None or need.marker.evaluate({"extra": extra})]


def _canonical(name: str) -> str:
    """Normalize a distribution's name (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _top_level(found: Distribution) -> list[Path]:
    names = {file.parts[0] for file in found.files or () if file.parts[0] not in ("..", "__pycache__")}
    site = Path(str(found.locate_file("")))
    return [site / name for name in sorted(names) if (site / name).exists()]


def _module(entry: Path) -> str:
    """Return the module an entry of `site-packages` is imported as; empty when it is none."""
    if entry.suffix in (".dist-info", ".data", ".pth"):
        return ""
    return entry.name.partition(".")[0]
