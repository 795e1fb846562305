"""Work that belongs into a SnapStart snapshot: done once at publish time instead of at every cold start.

https://docs.aws.amazon.com/lambda/latest/dg/snapstart-runtime-hooks-python.html
"""

from __future__ import annotations

from collections.abc import Callable


def before_snapshot(prepare: Callable[[], object]) -> None:
    """Run `prepare` before the snapshot is taken; without SnapStart it is never run."""
    try:
        from snapshot_restore_py import register_before_snapshot  # pyright: ignore[reportMissingImports]
    except ImportError:  # part of Lambda's own runtime, absent elsewhere
        return
    register_before_snapshot(prepare)
