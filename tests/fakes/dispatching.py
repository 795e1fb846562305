"""A dispatcher on ports in memory, for tests of what it does with a request."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from orchestrator.idempotency.admission import Admission
from orchestrator.intents.dispatch import Answer, Dispatcher, Preferences
from orchestrator.intents.job_runner import JobRunner
from orchestrator.intents.models import OrchestrateAccepted, OrchestrateRequest, OrchestrateResult
from orchestrator.intents.registry import Registry, Tool
from orchestrator.intents.tool import Call, options_of, tool
from orchestrator.jobs.models import Ending, Job
from orchestrator.jobs.service import Jobs
from orchestrator.jobs.worker import Worker
from orchestrator.tenancy import Identity
from orchestrator.webhooks.guard import AddressGuard
from tests.fakes.dns import MemoryResolver
from tests.fakes.idempotency import MemoryIdempotency
from tests.fakes.jobs import MemoryDelivery, MemoryJobs, MemoryQueue


class World:
    """A dispatcher on ports in memory; `runs` counts what the tools were asked for."""

    def __init__(self, *, sync_timeout: float = 5) -> None:
        self.runs: list[Any] = []
        self.act: Callable[[Call], Awaitable[dict[str, Any]]] = self._answer
        self.store, self.queue, self.records = MemoryJobs(), MemoryQueue(), MemoryIdempotency()
        self.jobs = Jobs(self.store, self.queue, max_receives=4)
        self.registry = Registry({made.intent: made for made in self._tools()})
        self.admission = Admission(self.records, self._unchanged, self.jobs.ending_of)
        self.resolver = MemoryResolver()
        self.dispatcher = Dispatcher(
            self.registry,
            {},
            self.admission,
            self.jobs,
            guard=lambda: AddressGuard(self.resolver, local=False),
            sync_timeout=sync_timeout,
        )

    async def ask(
        self,
        intent: str = "quick",
        tenant: str = "acme",
        *,
        wanted: Preferences | None = None,
        scopes: frozenset[str] = frozenset(),
        **fields: Any,
    ) -> Answer:
        request = OrchestrateRequest.model_validate({"intent": intent, "inputs": {"n": 1}, **fields})
        caller = Identity(tenant, "key", scopes)
        return await self.dispatcher.dispatch(request, caller, wanted or Preferences())

    async def work_off(self) -> None:
        """Do what a worker does with every message that was sent."""
        runner = JobRunner(self.registry, {}, budget=5)
        worker = Worker(
            self.store, runner, self._nobody_asked, retry_safe=runner.retry_safe, lease=30, max_receives=4
        )
        for tenant, job_id, _ in self.queue.sent:
            await worker.work(tenant, job_id, MemoryDelivery())

    async def _answer(self, call: Call) -> dict[str, Any]:
        return {"runs": len(self.runs), "tenant": call.tenant}

    @staticmethod
    async def _nobody_asked(job: Job) -> None:
        raise AssertionError(f"{job.job_id} has no callback_url")

    @staticmethod
    async def _open(*_: object) -> Ending:
        return "open"

    @staticmethod
    async def _unchanged(*_: Any) -> bool:
        return False

    def _tools(self) -> list[Tool]:
        async def safe(n: int, call: Call) -> dict[str, Any]:
            self.runs.append((n, call))
            return await self.act(call)

        async def effect(n: int, call: Call) -> dict[str, Any]:
            return await safe(n, call)

        async def slow(n: int, call: Call) -> dict[str, Any]:
            return await safe(n, call)

        def dry(arguments: Any) -> dict[str, Any] | None:
            return {"dry_run": True} if arguments["n"] == 0 else None

        async def guarded(n: int, call: Call) -> dict[str, Any]:
            return await safe(n, call)

        guarded = tool(intent="guarded", scope="vault:open")(guarded)
        safe = tool(intent="quick", retry_safe=True)(safe)
        effect = tool(intent="effect")(effect)
        slow = tool(intent="long", long=True, preview=dry)(slow)
        functions = [safe, effect, slow, guarded]
        return [
            Tool(options_of(made).intent or "", made, options_of(made), {"call": Call}) for made in functions
        ]


def play(scene: Callable[[World], Awaitable[None]], **settings: Any) -> None:
    async def go() -> None:
        await scene(World(**settings))

    asyncio.run(go())


def result(answer: Answer) -> OrchestrateResult:
    assert isinstance(answer.body, OrchestrateResult)
    return answer.body


def accepted(answer: Answer) -> OrchestrateAccepted:
    assert isinstance(answer.body, OrchestrateAccepted)
    return answer.body
