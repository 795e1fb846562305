"""How an agent's attempt ended, as its record says it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from orchestrator.analysis.errors import GaveUp, InternalError
from orchestrator.analysis.models import AgentRun
from orchestrator.analysis.words import clip
from orchestrator.errors import OrchestratorError
from orchestrator.llm.spent import Spent

MOST_ATTEMPTS = 5
LONGEST_WAIT = 300
"""Seconds a vendor may ask us to wait for the next attempt."""
_LONGEST_MESSAGE = 1_000
_UNFORESEEN = InternalError(
    "The agent failed unexpectedly", hint="The log holds the details under the request's correlation id."
)


def completed(run: AgentRun, result: dict[str, Any], spent: Spent, now: float) -> AgentRun:
    """Return `run` with its result."""
    return replace(
        _paid(run, spent),
        status="completed",
        completed_at=now,
        result=result,
        error=None,
        error_type=None,
        hint=None,
    )


def failed(run: AgentRun, error: Exception, spent: Spent | None, now: float) -> AgentRun:
    """Return `run` with what went wrong: `waiting` when another attempt may follow, else `failed`."""
    known = error if isinstance(error, OrchestratorError) else _UNFORESEEN
    return replace(
        _paid(run, spent) if spent else run,
        status="waiting" if known.retryable else "failed",
        completed_at=None if known.retryable else now,
        error=clip(known.message, _LONGEST_MESSAGE),
        error_type=known.error_type,
        hint=known.hint,
    )


def exhausted(run: AgentRun) -> GaveUp | None:
    """Return why this attempt is one too many, `None` when it is not."""
    if run.attempts <= MOST_ATTEMPTS:
        return None
    last = run.error or "none of them came to an end"
    return GaveUp(f"Given up after {MOST_ATTEMPTS} attempts: {last}", hint=run.hint)


def verdict(error: Exception, attempts: int) -> Exception:
    """Return `error`, or `GaveUp` with its words when it may pass but there is no further attempt for it."""
    if not isinstance(error, OrchestratorError) or not error.retryable:
        return error
    wait: float | None = getattr(error, "retry_after", None)
    if wait is not None and wait > LONGEST_WAIT:
        return GaveUp(f"Given up, since the vendor asks to wait {wait:g} s: {error.message}", hint=error.hint)
    if attempts >= MOST_ATTEMPTS:
        return GaveUp(f"Given up after {MOST_ATTEMPTS} attempts: {error.message}", hint=error.hint)
    return error


def _paid(run: AgentRun, spent: Spent) -> AgentRun:
    """Return `run` with what this attempt has used added to what earlier ones had."""
    return replace(
        run,
        model=spent.model or run.model,
        input_tokens=run.input_tokens + spent.usage.input_tokens,
        output_tokens=run.output_tokens + spent.usage.output_tokens,
        cost_usd=_sum(run, spent.cost),
    )


def _sum(run: AgentRun, cost: Decimal | None) -> str | None:
    unknown_before = run.cost_usd is None and run.input_tokens + run.output_tokens > 0
    if cost is None or unknown_before:
        return None
    return format((Decimal(run.cost_usd or 0) + cost).normalize(), "f")
