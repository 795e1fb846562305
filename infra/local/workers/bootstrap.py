"""The first code a worker process runs; started by path, so it imports only the standard library.

`python bootstrap.py <handler>`: ties the process's life to the runner's, hides what the function's layers do
not bring, then hands over to `awslambdaric` (or, where that has no wheel, to `runtime_loop`).
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import json
import os
import signal
import sys
import threading
from collections.abc import Sequence
from types import ModuleType
from typing import NoReturn


def die_with_parent() -> None:
    """Make this process end when the runner does, however the runner ends.

    Linux kills it at once (prctl(2), PR_SET_PDEATHSIG); everywhere the closing of standard input, whose other
    end only the runner holds, does the same.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(1, signal.SIGKILL, 0, 0, 0)
    threading.Thread(target=_exit_at_end_of_input, daemon=True).start()


def _exit_at_end_of_input() -> NoReturn:
    with contextlib.suppress(OSError):
        while os.read(0, 1):
            pass
    os._exit(1)


class LayerHints(importlib.abc.MetaPathFinder):
    """Asked last, for a module that nothing has: names the layer that would bring it."""

    def __init__(self, groups: dict[str, str]) -> None:
        self.groups = groups

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Return None for a module nobody knows, and to `importlib.util.find_spec`, which only asks.

        Raises:
            ModuleNotFoundError: as on Lambda, and naming the layer.
        """
        group = self.groups.get(fullname)
        frame = sys._getframe(2)  # pyright: ignore[reportPrivateUsage] - the documented way costs an import
        if group is None or frame.f_globals.get("__name__") == "importlib.util":
            return None
        mend = (
            f"add layer {group!r} to its spec.py"
            if group
            else "add it to a dependency group of pyproject.toml"
        )
        raise ModuleNotFoundError(
            f"No module named {fullname!r} in this function's layers: {mend}", name=fullname
        )


def see_only_layers() -> None:
    """Leave the virtual environment's packages out; the folder of the function's layers is on the path."""
    site = os.environ.pop("ORCHESTRATOR_LOCAL_SITE", "")
    if site:
        sys.path[:] = [
            folder for folder in sys.path if not folder.endswith(("site-packages", "dist-packages"))
        ]
        with open(os.path.join(site, "layers.json"), encoding="utf-8") as file:
            sys.meta_path.append(LayerHints(json.load(file)))


def main() -> None:
    """Run the handler named on the command line until the runner ends this process."""
    die_with_parent()
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # Ctrl-C reaches the whole terminal group; the runner decides
    sys.path[:] = [folder for folder in sys.path if folder != os.path.dirname(os.path.abspath(__file__))]
    see_only_layers()
    try:
        from awslambdaric.__main__ import main as run  # pyright: ignore[reportUnknownVariableType]
    except ImportError:
        sys.path.append(os.path.dirname(os.path.abspath(__file__)))
        from runtime_loop import run  # pyright: ignore[reportImplicitRelativeImport]
    run(sys.argv)


if __name__ == "__main__":
    main()
