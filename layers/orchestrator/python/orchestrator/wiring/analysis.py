"""What joins text analysis to its adapters, each built on first use."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from orchestrator.config.groups import Analysis, OpenAI
from orchestrator.spec import WORKFLOWS
from orchestrator.wiring import webhooks

if TYPE_CHECKING:
    from orchestrator.analysis.agent import Agent
    from orchestrator.analysis.craft import Craft, Instructions
    from orchestrator.analysis.listing import Listing
    from orchestrator.analysis.models import AgentName
    from orchestrator.analysis.reading import Erasing, Results
    from orchestrator.analysis.service import Analyses
    from orchestrator.analysis.settling import Settling
    from orchestrator.analysis.sweeping import Sweeping
    from orchestrator.aws.analysis import DynamoAnalysis
    from orchestrator.aws.workflows import SqsBacklog, StepFunctionsWorkflow
    from orchestrator.idempotency.admission import Admission

_AGENT_MARGIN = 8
"""Seconds an agent keeps to record how its attempt ended."""
_DEAD_AFTER = 2 * next(workflow.timeout for workflow in WORKFLOWS if workflow.name == "analysis")
"""Seconds after which a request without an ending has lost its workflow, the time in a queue included."""


@cache
def store() -> DynamoAnalysis:
    """Where requests, texts and results live."""
    from orchestrator.aws.analysis import DynamoAnalysis

    return DynamoAnalysis(os.environ["TABLE_ANALYSIS"], Analysis.load().retention_days * 86_400)


@cache
def results() -> Results:
    """The requests and what was found, seen from the reading side."""
    from orchestrator.analysis.reading import Results

    return Results(store(), dead_after=_DEAD_AFTER)


@cache
def listing() -> Listing:
    """The list of a tenant's requests."""
    from orchestrator.analysis.listing import Listing

    return Listing(store(), results())


@cache
def erasing() -> Erasing:
    """What takes requests back."""
    from orchestrator.analysis.reading import Erasing

    return Erasing(store(), webhooks.webhooks)


@cache
def workflow() -> StepFunctionsWorkflow:
    """The state machine that runs the agents."""
    from orchestrator.aws.workflows import StepFunctionsWorkflow

    return StepFunctionsWorkflow(os.environ["WORKFLOW_ANALYSIS"])


@cache
def backlog() -> SqsBacklog:
    """The queue of what is to be started, or settled, as soon as it can be."""
    from orchestrator.aws.workflows import SqsBacklog

    return SqsBacklog(os.environ["QUEUE_ANALYSIS"])


@cache
def analysis() -> Analyses:
    """What accepts texts for analysis."""
    return _accepting(_admission)


@cache
def inbound() -> Analyses:
    """What accepts texts that arrive as webhooks: each delivery once, however its request ends."""
    return _accepting(_admission_of_deliveries)


def _accepting(admission: Callable[[], Admission]) -> Analyses:
    from orchestrator.analysis.service import Analyses, Limits, Receivers, Ways

    settings = Analysis.load()
    return Analyses(
        store(),
        Ways(workflow(), backlog()),
        Receivers(webhooks.guard, webhooks.vault),
        admission,
        Limits(settings.max_text_length, settings.retention_days),
    )


@cache
def _admission() -> Admission:
    from orchestrator.aws.idempotency import DynamoIdempotency
    from orchestrator.idempotency.admission import Admission, never_stale

    store = DynamoIdempotency(os.environ["TABLE_IDEMPOTENCY"])
    return Admission(store, never_stale, results().ending_of)


@cache
def _admission_of_deliveries() -> Admission:
    from orchestrator.aws.idempotency import DynamoIdempotency
    from orchestrator.idempotency.admission import Admission, never_again, never_stale

    return Admission(DynamoIdempotency(os.environ["TABLE_IDEMPOTENCY"]), never_stale, never_again)


@cache
def settling() -> Settling:
    """What settles requests whose agents have had their turn."""
    from orchestrator.analysis.settling import Settling

    return Settling(store(), webhooks.webhooks)


@cache
def sweeping() -> Sweeping:
    """What removes expired requests and deliveries."""
    from orchestrator.analysis.sweeping import Sweeping

    return Sweeping(store(), webhooks.webhooks())


def prepare_reading() -> None:
    """Build what the first reading would otherwise build: for a snapshot."""
    from orchestrator.aws import clients

    listing()
    clients.dynamodb()


def prepare() -> None:
    """Build what the first submission would otherwise build: for a snapshot."""
    _prepare(analysis)


def prepare_inbound() -> None:
    """Build what the first text from a webhook would otherwise build: for a snapshot."""
    _prepare(inbound)


def _prepare(accepting: Callable[[], Analyses]) -> None:
    from orchestrator.aws import clients

    accepting()
    results()
    for client in (clients.dynamodb, clients.stepfunctions):
        client()


@cache
def agent(name: AgentName, instructions: Instructions, timeout: float) -> Agent[Any]:
    """The agent of that name, in a function that may run for `timeout` seconds."""
    from orchestrator.analysis.agent import Agent, Asked
    from orchestrator.wiring.llm import text_model

    asked = Asked(text_model(), OpenAI.load().model, timeout - _AGENT_MARGIN)
    return Agent(_crafts()[name], instructions, asked, store())


def prepare_agent(name: AgentName, instructions: Instructions, timeout: float) -> None:
    """Build while the function starts what its first call would otherwise build."""
    from orchestrator.aws import clients

    agent(name, instructions, timeout)
    for client in (clients.dynamodb, clients.secretsmanager):
        client()


def _crafts() -> dict[AgentName, Craft[Any]]:
    from orchestrator.analysis.entities import ENTITY_EXTRACTOR
    from orchestrator.analysis.sentiment import SENTIMENT
    from orchestrator.analysis.summary import SUMMARIZER

    return {craft.agent: craft for craft in (SUMMARIZER, SENTIMENT, ENTITY_EXTRACTOR)}
