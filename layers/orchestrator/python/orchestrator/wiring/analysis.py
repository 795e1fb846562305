"""What joins text analysis to its adapters, each built on first use."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from orchestrator.config.groups import Analysis, OpenAI

if TYPE_CHECKING:
    from orchestrator.analysis.agent import Agent
    from orchestrator.analysis.craft import Craft, Instructions
    from orchestrator.analysis.models import AgentName
    from orchestrator.aws.analysis import DynamoAnalysis

_AGENT_MARGIN = 8
"""Seconds an agent keeps to record how its attempt ended."""


@cache
def store() -> DynamoAnalysis:
    """Where requests, texts and results live."""
    from orchestrator.aws.analysis import DynamoAnalysis

    return DynamoAnalysis(os.environ["TABLE_ANALYSIS"], Analysis.load().retention_days * 86_400)


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
