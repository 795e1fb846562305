"""The use case with a scripted model, a list for a table, and keys in a dict."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from orchestrator.calendar.answers import Answer
from orchestrator.calendar.asking import Reader
from orchestrator.calendar.models import CalendarResponse
from orchestrator.calendar.once import Once
from orchestrator.calendar.ports import StoredEvent
from orchestrator.calendar.service import Asked, Calendar
from orchestrator.calendar.spans import EventSpans, Extraction
from orchestrator.errors import NotConfigured
from orchestrator.idempotency.admission import Admission, never_again, never_stale
from orchestrator.llm.instructions import Instructions
from orchestrator.llm.ports import Prompt, Schema, Structured
from tests.fakes.event_store import MemoryEvents
from tests.fakes.idempotency import MemoryIdempotency
from tests.fakes.text_model import ScriptedModel
from tests.unit.calendar.world import request

INSTRUCTIONS = Instructions("test-1", "Find the words.")
TENANT = "acme"


def spans(*events: dict[str, Any]) -> Extraction:
    return Extraction(events=[EventSpans(**fields) for fields in events])


class NoModel:
    """A model for which there is no key."""

    async def generate_structured(self, prompt: Prompt, schema: type[Schema]) -> Structured[Schema]:
        raise NotConfigured("OPENAI_API_KEY is not set")


class SlowModel:
    """A model that does not answer as long as anybody waits."""

    async def generate_structured(self, prompt: Prompt, schema: type[Schema]) -> Structured[Schema]:
        await asyncio.Event().wait()
        raise AssertionError


@dataclass
class Desk:
    """Sends texts; without answers in `model` the grammar reads them."""

    model: Any = field(default_factory=NoModel)
    store: Any = field(default_factory=lambda: MemoryEvents(tenant=TENANT))
    keys: MemoryIdempotency = field(default_factory=MemoryIdempotency)

    def answer(
        self,
        content: str,
        *,
        key: str | None = None,
        tenant: str = TENANT,
        seconds: float = 27,
        **more: Any,
    ) -> Answer:
        calendar = Calendar(self._rows_of, Reader(self.model, INSTRUCTIONS, chance=lambda: 0))
        once = Once(calendar, lambda: Admission(self.keys, never_stale, never_again))
        return asyncio.run(once.orchestrate(Asked(request(content, **more), tenant, key), seconds))

    def _rows_of(self, tenant: str) -> Any:
        return self.store if tenant == TENANT else self.store.of(tenant)

    def send(self, content: str, **more: Any) -> CalendarResponse:
        return self.answer(content, **more).response

    @property
    def rows(self) -> list[StoredEvent]:
        return [row for _, row in self.store.rows]


def asking(*answers: Any) -> Desk:
    return Desk(ScriptedModel(*answers))
