"""Every change to moto 5.2.5, in one place: one module per service, each with a test.

`install` must run before the first call and may run again. Each module says what it changes and why.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable

MOTO = "5.2.5"
"""The release these changes were written against."""

_MODULES = {
    "dynamodb": "dynamodb",
    "kms": "kms",
    "s3vectors": "s3vectors",
    "secretsmanager": "secretsmanager",
    "sqs": "sqs",
}


def install(services: Iterable[str], endpoint: str) -> None:
    """Change moto for the named services; `endpoint` is where moto's own SDK calls shall go."""
    for service in services:
        if service in _MODULES:
            importlib.import_module(f"{__name__}.{_MODULES[service]}").install(endpoint)
