"""The calendar on moto, with stand-ins for the model and the table of events over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from infra.local.sandbox import Database
from tests.fakes.api_gateway import Answer
from tests.fakes.functions import Deployed, deployed
from tests.fakes.sandbox import Sandbox, sandbox

BODY = {
    "user_id": "user-123",
    "user_name": "John Doe",
    "user_email": "john@example.com",
    "timestamp": "2025-07-23T18:30:00+00:00",
}


@dataclass
class Desk:
    """Sends texts; `rows` are what the table holds."""

    api: Deployed
    vendors: Sandbox

    def send(
        self, content: str, *, headers: dict[str, str] | None = None, tenant: str = "acme", **more: Any
    ) -> Answer:
        body = {"content": content, **BODY, **more}
        caller = {"tenant": tenant}
        return self.api.send("api/calendar", "document", body=body, headers=headers or {}, caller=caller)

    @property
    def inserts(self) -> list[dict[str, Any]]:
        """What was sent to the table to be inserted."""
        entries = self.vendors.outbox.entries("supabase")
        return [entry["body"] for entry in entries if entry["method"] == "POST" and entry["status"] == 201]

    @property
    def asked(self) -> list[dict[str, Any]]:
        """What the model was asked."""
        return [entry["body"] for entry in self.vendors.outbox.entries("openai")]


@pytest.fixture
def desk() -> Iterator[Desk]:
    with sandbox(Database()) as vendors:
        table = f"{vendors.url}/supabase/rest/v1/events"
        with deployed(vendors.openai, SUPABASE_URL=table) as api:
            yield Desk(api, vendors)
