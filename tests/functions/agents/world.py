"""The three agents on moto and the OpenAI stand-in, and a request for them to work on."""

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from orchestrator.analysis.models import AgentName, AgentRun, Analysis, Mode
from orchestrator.aws.analysis import DynamoAnalysis
from tests.fakes.functions import Deployed, load
from tests.fakes.sandbox import Sandbox

NAMES: tuple[AgentName, ...] = ("summarizer", "sentiment", "entity_extractor")
REQUEST = load("agents/summarizer", "parallel")["request_id"]
TEXT = "Ada Lovelace loved London. The fog there was awful! She wrote to Charles Babbage on 5 June 1833."


@dataclass
class Agents:
    """`api` holds the request with the given text."""

    api: Deployed
    vendors: Sandbox

    def put(self, text: str = TEXT, mode: Mode = "parallel") -> None:
        now = time.time()
        analysis = Analysis("acme", REQUEST, mode, len(text), now, int(now) + 3600)
        asyncio.run(self._store.create([(analysis, text)]))
        self.api.stack.calls.clear()

    def run(self, name: str, mode: Mode = "parallel") -> dict[str, Any]:
        return self.api.invoke(f"agents/{name}", load(f"agents/{name}", mode))

    @property
    def runs(self) -> Mapping[AgentName, AgentRun]:
        found = asyncio.run(self._store.get("acme", REQUEST))
        assert found is not None
        return found[1]

    @property
    def asked(self) -> list[dict[str, Any]]:
        """What has reached the model, oldest first."""
        return [entry["body"] for entry in self.vendors.outbox.entries("openai")]

    @property
    def _store(self) -> DynamoAnalysis:
        return DynamoAnalysis(self.api.stack.environment["TABLE_ANALYSIS"], 3600)
