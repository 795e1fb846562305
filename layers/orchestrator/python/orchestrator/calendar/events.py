"""A settled booking as the document's event, with what tells a repeated row from a new one."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

from orchestrator.calendar.explain import assumptions
from orchestrator.calendar.models import CalendarRequest, Event
from orchestrator.calendar.outcomes import Booking

OURS = "evt_"
"""What our ids of events begin with."""
_ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def event_of(booking: Booking, request: CalendarRequest, origin: Sequence[str]) -> Event:
    """Return the event as it goes out; `created_at` is the moment of the request, as documented.

    `origin` is what the request is told from others by, see `external_id`.
    """
    when, money = booking.when, booking.money
    return Event(
        title=booking.title,
        description=booking.description,
        start_time=when.start,
        end_time=when.end,
        location=booking.place,
        category=booking.category,
        user_id=request.user_id,
        created_at=request.timestamp,
        updated_at=request.timestamp,
        priority=booking.priority,
        participants=booking.people.names,
        amount=float(money.value) if money else None,
        currency=money.currency if money else None,
        timezone=when.zone.name,
        all_day=when.all_day,
        recurrence=when.rrule,
        next_instances=list(when.instances),
        participants_detail=list(booking.people.known),
        unresolved_mentions=list(booking.people.unresolved),
        assumed=[*assumptions(when), *booking.assumed],
        warnings=list(when.warnings),
        external_id=external_id(origin, booking.index),
    )


def external_id(origin: Sequence[str], index: int) -> str:
    """Return the id of the event at place `index` in the text of the request that `origin` names.

    The event's own words are no part of it: a model that is asked again may choose others.
    """
    parts = (*origin, str(index))
    return f"{OURS}{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}"


def address_warnings(request: CalendarRequest) -> list[str]:
    """Return a warning for each malformed address; none of them is a reason to refuse."""
    people = [("user_email", request.user_email)]
    people += [
        (f"user_mentions[{index}].user_email", who.user_email)
        for index, who in enumerate(request.user_mentions)
    ]
    return [
        f"{field} is no e-mail address." for field, text in people if text and not _ADDRESS.fullmatch(text)
    ]
