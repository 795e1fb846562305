"""What the tools that tests write may ask for, and how they are run."""

import asyncio
from collections.abc import Callable
from typing import Any

from orchestrator.intents.registry import Registry, Tool
from orchestrator.intents.tool import Call

Make = Callable[..., Registry]
"""Writes modules into a package and returns the tools found in it."""


class Store:
    """Something a tool may ask for."""

    def __init__(self, call: Call) -> None:
        self.owner = call.tenant


def run(tool: Tool, inputs: dict[str, Any], tenant: str = "acme") -> dict[str, Any]:
    return asyncio.run(tool.run(tool.checked(inputs), Call(tenant), {Store: Store}))
