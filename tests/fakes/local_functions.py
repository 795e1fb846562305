"""A function as the runner knows it."""

from pathlib import Path
from typing import Any

from infra.local.workers.function import LocalFunction


def local_function(**more: Any) -> LocalFunction:
    fields: dict[str, Any] = {
        "name": "stack-api-health",
        "role": "role",
        "handler": "h",
        "code": Path("/code"),
        "layers": (),
        "environment": {"AUTH_MODE": "open"},
        "timeout": 3,
        "memory": 128,
        "snap_start": False,
        "json_logs": True,
        "folder": "functions/api/health",
        "settings": (),
        "secrets": (),
        "groups": (),
        **more,
    }
    return LocalFunction(**fields)
