"""The two stores of analysis requests that must behave alike, and what to put into them."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any

from orchestrator.analysis.models import AgentRun, Analysis, Receiver
from orchestrator.analysis.ports import AnalysisStore
from orchestrator.aws.analysis import DynamoAnalysis
from tests.fakes.analysis import MemoryAnalysis
from tests.fakes.stack import stack

NOW = 1_795_174_154.123_456
DAY = 24 * 3600
RETENTION = 30 * DAY
TEXT = "Naïve ☃ text, kept as it was sent.\n"
KINDS = ("table", "dict")


@contextmanager
def analysis_store(kind: str, clock: Callable[[], float] = lambda: NOW) -> Iterator[AnalysisStore]:
    """The table on moto, or the dict."""
    if kind == "dict":
        yield MemoryAnalysis(clock=clock)
        return
    with stack() as made:
        yield DynamoAnalysis(made.environment["TABLE_ANALYSIS"], RETENTION, clock=clock)


def an_analysis(**changes: Any) -> Analysis:
    fields: dict[str, Any] = {
        "tenant": "acme",
        "request_id": "req_1",
        "mode": "sequential",
        "text_length": len(TEXT),
        "created_at": NOW,
        "expires_at": int(NOW) + RETENTION,
        "correlation_id": "order-4711",
        "batch_id": None,
        "receiver": Receiver("https://example.com/hook", ("sealed☃", "older")),
    }
    return Analysis(**fields | changes)


def a_run(**changes: Any) -> AgentRun:
    fields: dict[str, Any] = {
        "agent": "summarizer",
        "status": "completed",
        "attempts": 1,
        "started_at": NOW + 0.25,
        "completed_at": NOW + 1.5,
        "prompt_version": "3",
        "requested_model": "gpt-4o-mini",
        "model": "gpt-6-luna",
        "input_tokens": 120,
        "output_tokens": 40,
        "cost_usd": "0.000123",
        "result": {"summary": "naïve ☃", "key_points": ["a"], "words": 2},
    }
    return AgentRun(**fields | changes)


def a_failure(**changes: Any) -> AgentRun:
    failed: dict[str, Any] = {
        "status": "failed",
        "result": None,
        "error": "openai: no",
        "error_type": "VendorError",
        "hint": "Check the key.",
    }
    return a_run(**failed | changes)


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())
