"""Hot reload: what a saved file means for the running stack."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from infra.local.options import ROOT
from infra.local.synth import is_input
from infra.local.workers.function import LocalFunction

_FOLDERS = ("functions", "layers", "infra")


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do after files changed. `folders` are function folders; `every` means all functions."""

    synth: bool = False
    settings: bool = False
    runner: bool = False
    every: bool = False
    folders: frozenset[str] = frozenset()

    def affects(self, function: LocalFunction) -> bool:
        """Return whether the function needs fresh workers."""
        return self.every or self.settings or function.folder in self.folders


def plan(paths: Iterable[Path], root: Path = ROOT) -> Plan:
    """Decide from the paths that changed."""
    names = [path.relative_to(root).as_posix() for path in paths]
    return Plan(
        synth=any(is_input(name) for name in names),
        settings=".env" in names,
        runner=any(name.startswith("infra/local/") for name in names),
        every=any(name.startswith("layers/") or _is_shared(name) for name in names),
        folders=frozenset("/".join(name.split("/")[:3]) for name in names if name.startswith("functions/")),
    )


def _is_shared(name: str) -> bool:
    """A file of `functions/` that belongs to no single function, such as `functions/__init__.py`."""
    return name.startswith("functions/") and name.count("/") < 3


async def watch(act: Callable[[Plan], Awaitable[None]], root: Path = ROOT) -> None:
    """Watch the sources until cancelled and act on each burst of changes."""
    stop = asyncio.Event()

    async def follow(changes: AsyncIterator[list[Path]]) -> None:
        async for paths in changes:
            await act(plan(paths, root))

    try:
        await asyncio.gather(follow(_sources(root, stop)), follow(_settings(root, stop)))
    finally:
        stop.set()


async def _sources(root: Path, stop: asyncio.Event) -> AsyncIterator[list[Path]]:
    from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType]

    folders = [root / name for name in _FOLDERS if (root / name).is_dir()]
    async for changes in awatch(*folders, debounce=300, step=50, stop_event=stop, rust_timeout=500):
        yield [Path(path) for _, path in changes]


async def _settings(root: Path, stop: asyncio.Event) -> AsyncIterator[list[Path]]:
    """Follow the files in the root itself that matter: `.env` and what the synth reads."""
    from watchfiles import awatch  # pyright: ignore[reportUnknownVariableType]

    def matters(change: object, path: str) -> bool:
        name = Path(path).name
        return name == ".env" or is_input(name)

    async for changes in awatch(
        root, recursive=False, watch_filter=matters, debounce=300, step=50, stop_event=stop, rust_timeout=500
    ):
        yield [Path(path) for _, path in changes]
