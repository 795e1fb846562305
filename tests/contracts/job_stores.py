"""The two job stores that must behave alike, and a job to put into them."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from orchestrator.aws.jobs import DynamoJobs
from orchestrator.jobs.models import Failure, Job
from orchestrator.jobs.ports import JobStore
from tests.fakes.jobs import MemoryJobs
from tests.fakes.stack import stack

NOW = 1_795_174_154.123_456_7
LEASE = NOW + 30
FAILURE = Failure("no answer", "VendorBusy", "Try again.")
KINDS = ("table", "dict")


@contextmanager
def job_store(kind: str) -> Iterator[JobStore]:
    """The table on moto, or the dict."""
    if kind == "dict":
        yield MemoryJobs()
        return
    with stack() as made:
        yield DynamoJobs(made.environment["TABLE_JOBS"])


def job(**changes: Any) -> Job:
    fields: dict[str, Any] = {
        "tenant": "acme",
        "job_id": "job_1",
        "intent": "memory.import",
        "inputs": {"texts": ["naïve ☃"], "n": 1.5, "none": None},
        "mode": "agent",
        "created_at": NOW - 1,
        "updated_at": NOW - 1,
        "context": {"user_id": "u#1"},
        "callback_url": "https://example.com/hook",
        "correlation_id": "order-4711",
    }
    return Job(**fields | changes)


async def begun(store: JobStore, now: float = NOW) -> Job:
    await store.create(job())
    running = await store.begin("acme", "job_1", now, now + 30)
    assert running is not None
    return running


def run(work: Any) -> None:
    asyncio.run(work)


async def stored(store: JobStore) -> Job:
    found = await store.get("acme", "job_1")
    assert found is not None
    return found
