"""The analysis service with everything around it in memory, and agents that do as they are told."""

from dataclasses import dataclass, field
from typing import Any

from orchestrator.analysis.listing import Listing
from orchestrator.analysis.models import AGENTS, AgentName, Analysis
from orchestrator.analysis.ports import Reference
from orchestrator.analysis.reading import Erasing, Results
from orchestrator.analysis.service import Analyses, Limits, Receivers, Ways
from orchestrator.analysis.settling import Settling
from orchestrator.analysis.submission import Submission, Submitted
from orchestrator.errors import InvalidInput
from orchestrator.idempotency.admission import Admission, never_stale
from orchestrator.webhooks.models import Announcement, Target
from tests.contracts.analysis_stores import a_failure, a_run
from tests.fakes.analysis import MemoryAnalysis, MemoryBacklog, MemoryWorkflow
from tests.fakes.idempotency import MemoryIdempotency

NOW = 1_795_174_154.5
DEAD_AFTER = 3600.0
TEXT = "A text that is long enough."
DAY = 24 * 3600


class Doorman:
    """A guard who lets everything pass but what leads inside."""

    async def admit(self, url: str, *, field: str = "webhook_url") -> None:
        if "internal" in url:
            raise InvalidInput(f"{field} leads inside.", field=field)

    async def locate(self, url: str, *, field: str = "webhook_url") -> Target:
        raise AssertionError("nobody connects when a URL is accepted")


class Envelope:
    """A vault that writes on each secret whose it is."""

    async def seal(self, secrets: Any, tenant: str, subject: str) -> tuple[str, ...]:
        return tuple(f"{tenant}/{subject}/{secret[::-1]}" for secret in secrets)

    async def open(self, sealed: Any, tenant: str, subject: str) -> tuple[str, ...]:
        raise AssertionError("nobody opens a secret here")


@dataclass
class MemoryDeliveries:
    """What was announced, by subject; `error` is raised instead."""

    announced: dict[str, Announcement] = field(default_factory=dict)
    error: Exception | None = None

    async def announce(self, announcement: Announcement) -> None:
        if self.error:
            raise self.error
        self.announced.setdefault(announcement.subject, announcement)

    async def forget(self, tenant: str, subject: str) -> bool:
        del tenant
        return self.announced.pop(subject, None) is not None


class World:
    """Everything, at a time that only the test moves."""

    def __init__(self) -> None:
        self.now = NOW
        self.store = MemoryAnalysis(clock=self.clock)
        self.keys = MemoryIdempotency()
        self.workflow = MemoryWorkflow()
        self.backlog = MemoryBacklog()
        self.deliveries = MemoryDeliveries()
        self.results = Results(self.store, dead_after=DEAD_AFTER, clock=self.clock)
        self.listing = Listing(self.store, self.results)
        self.erasing = Erasing(self.store, lambda: self.deliveries)
        self.settling = Settling(self.store, lambda: self.deliveries, clock=self.clock)
        admission = Admission(self.keys, never_stale, self.results.ending_of, clock=self.clock)
        self.analyses = Analyses(
            self.store,
            Ways(self.workflow, self.backlog),
            Receivers(Doorman, Envelope),
            lambda: admission,
            Limits(100, 30),
            clock=self.clock,
        )

    def clock(self) -> float:
        return self.now

    async def submit(self, *texts: str, tenant: str = "acme", **changes: Any) -> Submitted:
        return await self.analyses.submit(Submission(texts or (TEXT,), **changes), tenant)

    async def accepted(self, **changes: Any) -> Analysis:
        return (await self.submit(**changes)).accepted[0]

    async def work(self, request: Analysis, **endings: str) -> None:
        """Let each agent end as it is told: `completed` (all, when nothing is said), `failed`, `running`."""
        for name in AGENTS:
            ending = endings.get(name, "none") if endings else "completed"
            if ending != "none":
                await self._work(request, name, ending)

    async def _work(self, request: Analysis, name: AgentName, ending: str) -> None:
        place = request.tenant, request.request_id
        begun = await self.store.begin(*place, name, self.now)
        assert begun is not None
        times = {
            "agent": name,
            "started_at": self.now,
            "completed_at": self.now + 1,
            "attempts": begun.attempts,
        }
        if ending == "completed":
            await self.store.record(*place, a_run(**times, result=FOUND[name]))
        elif ending == "failed":
            await self.store.record(*place, a_failure(**times))

    async def settle(self, request: Analysis, *, stopped: bool = False) -> str | None:
        reference = Reference(request.tenant, request.request_id, request.mode, request.correlation_id)
        return await self.settling.settle(reference, stopped=stopped)


FOUND: dict[AgentName, dict[str, Any]] = {
    "summarizer": {"summary": "In short.", "key_points": ["One"], "words": 2, "word_budget": 20},
    "sentiment": {"label": "neutral", "score": 0.0, "entities": [], "dropped": 0},
    "entity_extractor": {
        "entities": [{"type": "person", "text": "Ada", "start": 0, "end": 3}],
        "dropped": 1,
    },
}
