"""One runner for one data folder: two would overwrite each other's tables."""

from __future__ import annotations

import os
from pathlib import Path

from infra.local.errors import RunnerError

_held: list[int] = []
"""The open lock files; the kernel lets go of them when the process ends, however it ends."""


def hold(folder: Path) -> None:
    """Keep `folder` for this process.

    Raises:
        RunnerError: another runner has it.
    """
    try:
        import fcntl
    except ImportError:  # Windows has no flock; there the second runner is not noticed
        return
    folder.mkdir(parents=True, exist_ok=True)
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        os.close(lock)
        raise RunnerError(
            f"another runner uses {folder}: stop it, or give this one ORCHESTRATOR_LOCAL_DIR=<another folder>"
        ) from error
    _held.append(lock)
