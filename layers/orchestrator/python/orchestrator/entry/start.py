"""What every kind of function does once, before its first invocation."""

from __future__ import annotations

from orchestrator.config.groups import GROUPS, Platform
from orchestrator.entry import logs
from orchestrator.spec import Function


def check(spec: Function) -> Platform:
    """Check the environment of the function, set up its logs and return the platform settings.

    Raises:
        SettingsError: a variable of the function's settings groups is wrong; the init fails with it.
    """
    platform = Platform.load()
    for group in spec.settings:
        GROUPS[group].load()
    logs.configure(platform)
    return platform
