"""Requests as a user would send them, and short ways to ask for what they come to."""

from __future__ import annotations

from typing import Any

from orchestrator.calendar.grammar.reader import understand
from orchestrator.calendar.models import CalendarRequest
from orchestrator.calendar.outcomes import Booking, Outcome
from orchestrator.calendar.resolve import resolve
from orchestrator.calendar.spans import EventSpans, Extraction

NOW = "2025-07-23T18:30:00+00:00"
ALICE = {"user_id": "user-456", "user_name": "Alice", "user_email": "alice@example.com"}
BOB = {"user_id": "user-789", "user_name": "Bob Stone", "user_email": "bob@partner.org"}


def request(content: str, **more: Any) -> CalendarRequest:
    body = {
        "content": content,
        "user_id": "user-123",
        "user_name": "John Doe",
        "user_email": "john@example.com",
        "timestamp": NOW,
    }
    return CalendarRequest.model_validate(body | more)


def resolved(content: str, *events: dict[str, Any], **more: Any) -> Outcome:
    return resolve(Extraction(events=[EventSpans(**spans) for spans in events]), request(content, **more))


def booked(content: str, **more: Any) -> Booking:
    outcome = understand(request(content, **more))
    assert not outcome.clarifications, outcome.clarifications
    [booking] = outcome.bookings
    return booking
