"""The one door to moto's untyped insides."""

from __future__ import annotations

import importlib
from typing import Any


def moto(module: str) -> Any:
    """Import `moto.<module>` as untyped: we replace its members and reach into its objects."""
    return importlib.import_module(f"moto.{module}")
