"""Whole functions on moto and the vendors' stand-ins, called with the events in `events/`."""

import importlib
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from orchestrator.integrations.dns import SystemResolver
from tests.fakes.api_gateway import Answer, Handler, send
from tests.fakes.dns import MemoryResolver
from tests.fakes.stack import Stack, stack

CALLER = {
    "tenant": "acme",
    "key_id": "ExampLeKey23",
    "scopes": "intents:run intents:read jobs:read jobs:cancel analysis:run analysis:read analysis:delete"
    " webhooks:read webhooks:retry calendar:write",
}
EVENTS = Path(__file__).parents[2] / "events"


def load(folder: str, case: str) -> dict[str, Any]:
    return json.loads((EVENTS / folder / f"{case}.json").read_text("utf-8"))


@dataclass
class Deployed:
    """A stack of which any function can be called."""

    stack: Stack

    def handler(self, folder: str) -> Handler:
        if folder not in _handlers:
            _handlers[folder] = _imported(f"functions.{folder.replace('/', '.')}.handler")
        return _handlers[folder]

    def send(self, folder: str, case: str, **changes: Any) -> Answer:
        """Send the event of a case; `body` (text or JSON) and `headers` replace its own."""
        event = load(folder, case)
        body = changes.pop("body", event.get("body"))
        event["body"] = body if isinstance(body, str) or body is None else json.dumps(body)
        event["headers"] |= changes.pop("headers", {})
        event["requestContext"]["authorizer"] = {"lambda": CALLER | changes.pop("caller", {})}
        return send(self.handler(folder), event | changes)

    def invoke(self, folder: str, event: dict[str, Any]) -> dict[str, Any]:
        return self.handler(folder)(event, None)


@contextmanager
def deployed(openai: str, **environment: str) -> Iterator[Deployed]:
    """Deploy to moto; OpenAI is at the address `openai`, and `environment` is every function's.

    No name is resolved in earnest: each has a public address.
    """
    with stack() as made, pytest.MonkeyPatch.context() as patch:
        settings = {"AUTH_MODE": "key", "OPENAI_BASE_URL": openai, **environment}
        for name, value in {**made.environment, **settings}.items():
            patch.setenv(name, value)
        resolver = MemoryResolver()
        patch.setattr(SystemResolver, "addresses", lambda _, host: resolver.addresses(host))
        yield Deployed(made)


_handlers: dict[str, Handler] = {}


def _imported(name: str) -> Handler:
    # A handler reads part of its environment while it is imported, so it is shared with nobody else.
    known = sys.modules.pop(name, None)
    handler: Handler = importlib.import_module(name).handler
    del sys.modules[name]
    if known:
        sys.modules[name] = known
    return handler
