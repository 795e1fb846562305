"""What joins the calendar to the model, the table of events and the keys of its callers."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING

from orchestrator.config.groups import OpenAI
from orchestrator.wiring.events import event_store

if TYPE_CHECKING:
    from orchestrator.calendar.asking import Reader
    from orchestrator.calendar.models import CalendarResponse
    from orchestrator.calendar.once import Once
    from orchestrator.idempotency.admission import Admission
    from orchestrator.llm.instructions import Instructions

_LONGEST_ASKING = 15.0
"""Seconds for one call of the model: what is left of a request pays for one more, or for the store."""


@cache
def calendar(instructions: Instructions) -> Once:
    """What answers `POST /api/v1/orchestrate`."""
    from orchestrator.calendar.once import Once
    from orchestrator.calendar.service import Calendar

    return Once(Calendar(event_store, _reader(instructions)), _admission)


@cache
def _reader(instructions: Instructions) -> Reader:
    from orchestrator.calendar.asking import Reader
    from orchestrator.integrations.openai_structured import OpenAIStructured
    from orchestrator.wiring import openai_key

    settings = OpenAI.load()
    timeout = min(settings.timeout, _LONGEST_ASKING)
    model = OpenAIStructured(openai_key, base_url=settings.base_url, model=settings.model, timeout=timeout)
    return Reader(model, instructions)


@cache
def _admission() -> Admission:
    from orchestrator.aws.idempotency import DynamoIdempotency
    from orchestrator.idempotency.admission import Admission, never_again, never_stale

    return Admission(DynamoIdempotency(os.environ["TABLE_IDEMPOTENCY"]), never_stale, never_again)


def icalendar(answer: CalendarResponse) -> bytes:
    """Return an answer's events as iCalendar; its library is loaded only for those who ask for it."""
    from orchestrator.calendar.ical import calendar as written

    return written(answer.events, single=answer.operation == "query")


def prepare(instructions: Instructions) -> None:
    """Build what the first request would otherwise build: for a snapshot."""
    from orchestrator.aws import clients
    from orchestrator.calendar.spans import Extraction
    from orchestrator.integrations.openai_wire import strict

    calendar(instructions)
    strict(Extraction)
    _admission()
    for client in (clients.dynamodb, clients.secretsmanager):
        client()
