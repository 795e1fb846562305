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


class LayerGuard(importlib.abc.MetaPathFinder):
    """Refuses modules that none of the function's layers contains. `hidden` maps a module to its group."""

    def __init__(self, hidden: dict[str, str]) -> None:
        self.hidden = hidden

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Leave an allowed module to the ordinary finders.

        Raises:
            ModuleNotFoundError: as on Lambda, and naming the layer that would bring the module.
        """
        group = self.hidden.get(fullname.partition(".")[0])
        if group is None:
            return None
        mend = f"add layer {group!r} to its spec.py" if group else "add it to a dependency group in pyproject.toml"
        raise ModuleNotFoundError(f"No module named {fullname!r} in this function's layers: {mend}", name=fullname)


def hide_foreign_modules() -> None:
    """Install the guard with the map the runner wrote; without one, everything stays visible."""
    path = os.environ.pop("ORCHESTRATOR_LOCAL_HIDDEN", "")
    if path:
        with open(path, encoding="utf-8") as file:
            sys.meta_path.insert(0, LayerGuard(json.load(file)))


def main() -> None:
    """Run the handler named on the command line until the runner ends this process."""
    die_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole terminal group; the runner decides
    sys.path[:] = [folder for folder in sys.path if folder != os.path.dirname(os.path.abspath(__file__))]
    hide_foreign_modules()
    try:
        from awslambdaric.__main__ import main as run
    except ImportError:
        sys.path.append(os.path.dirname(os.path.abspath(__file__)))
        from runtime_loop import run  # pyright: ignore[reportImplicitRelativeImport]
    run(sys.argv)


if __name__ == "__main__":
    main()
