"""Which tool a job runs, and for how long."""

import asyncio
from typing import Any

import pytest

from orchestrator.errors import BudgetExceeded
from orchestrator.intents.job_runner import JobRunner
from orchestrator.intents.registry import Registry, Tool
from orchestrator.intents.tool import Call, Options
from orchestrator.jobs.models import Job


def test_the_runner_stops_a_tool_that_overruns_the_worker_and_says_where_the_limit_is() -> None:
    async def endless_tool(call: Call) -> dict[str, Any]:
        assert call.job_id == "job_1"
        assert call.user_id == "u"
        await asyncio.Event().wait()
        return {}

    tool = Tool("long", endless_tool, Options(long=True), {"call": Call})
    runner = JobRunner(Registry({"long": tool}), {}, budget=0.02)
    job = Job("acme", "job_1", "long", {}, "agent", 0, context={"user_id": "u"})

    async def go() -> None:
        async def report(done: int, total: int, note: str) -> None: ...

        with pytest.raises(BudgetExceeded, match=r"functions/workers/jobs/spec\.py|0\.02 s"):
            await runner(job, report)

    asyncio.run(go())


def test_an_intent_nobody_knows_any_more_is_not_repeated() -> None:
    runner = JobRunner(Registry({}), {}, budget=1)
    assert not runner.retry_safe("gone.away")
