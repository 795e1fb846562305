"""Events as iCalendar (RFC 5545), with the rules of their zones. The only module that needs icalendar."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import icalendar

from orchestrator.calendar.models import Event, Priority
from orchestrator.calendar.zones import iana

PRODUCT = "-//orchestrator//calendar//EN"
_PRIORITIES: dict[Priority, int] = {"urgent": 1, "high": 3, "medium": 5, "low": 9}
_BEFORE, _BEYOND = timedelta(days=366), timedelta(days=10 * 366)


def calendar(events: Sequence[Event], *, method: str = "PUBLISH") -> bytes:
    """Return `events` as one VCALENDAR with a VTIMEZONE for each zone in it."""
    whole = icalendar.Calendar()
    _put(whole, "prodid", PRODUCT)
    _put(whole, "version", "2.0")
    _put(whole, "method", method)
    for name in sorted({event.timezone for event in events if not event.all_day and event.timezone != "UTC"}):
        whole.add_component(_zone(name, [event for event in events if event.timezone == name]))
    for index, event in enumerate(events):
        entry = _event(event, index)
        if method == "CANCEL":
            _put(entry, "status", "CANCELLED")
        whole.add_component(entry)
    return whole.to_ical()


def _zone(name: str, events: Iterable[Event]) -> icalendar.Timezone:
    zone = iana(name)
    if zone is None:
        return _fixed(name)
    # A series goes on, so the changes of its zone are written out for ten years past its start.
    first, last = min(e.start_time for e in events), max(e.start_time for e in events)
    return icalendar.Timezone.from_tzinfo(
        zone.tz, name, first_date=(first - _BEFORE).date(), last_date=(last + _BEYOND).date()
    )


def _fixed(name: str) -> icalendar.Timezone:
    """Return the rules of a zone that is nothing but an offset: it always keeps its standard."""
    offset = datetime.fromisoformat(f"2000-01-01T00:00:00{name}").utcoffset() or timedelta()
    always = icalendar.TimezoneStandard()
    _put(always, "dtstart", datetime(1970, 1, 1))
    _put(always, "tzoffsetfrom", offset)
    _put(always, "tzoffsetto", offset)
    zone = icalendar.Timezone()
    _put(zone, "tzid", _tzid(name))
    zone.add_component(always)
    return zone


def _tzid(name: str) -> str:
    # A colon ends a parameter's value, for readers that do not know quotes.
    return f"UTC{name.replace(':', '')}"


def _event(event: Event, index: int) -> icalendar.Event:
    entry = icalendar.Event()
    made = f"{event.user_id}-{event.created_at:%Y%m%dT%H%M%S}-{index}"
    _put(entry, "uid", f"{event.external_id or made}@orchestrator")
    for name, moment in (("dtstamp", event.updated_at), ("created", event.created_at)):
        _put(entry, name, moment.astimezone(UTC))
    # The end of whole days is the day after the last one: the midnight at which the event ends.
    for name, moment in (("dtstart", event.start_time), ("dtend", event.end_time)):
        _put(entry, name, moment.date() if event.all_day else _placed(moment, event.timezone))
    _put(entry, "summary", event.title)
    for name, words in (("description", event.description), ("location", event.location)):
        if words:
            _put(entry, name, words)
    _put(entry, "categories", [event.category])
    _put(entry, "priority", _PRIORITIES[event.priority])
    if event.recurrence:
        _put(entry, "rrule", icalendar.vRecur.from_ical(event.recurrence))
    _add_people(entry, event)
    return entry


def _placed(moment: datetime, name: str) -> datetime:
    """Return `moment` in its zone, under the name that its VTIMEZONE has."""
    zone = iana(name)
    if zone is not None:
        return moment.astimezone(ZoneInfo(name) if name != "UTC" else UTC)
    offset = moment.utcoffset() or timedelta()
    return moment.replace(tzinfo=timezone(offset, _tzid(name)))


def _put(component: icalendar.Component, name: str, value: object) -> None:
    component.add(name, value)  # pyright: ignore[reportUnknownMemberType] - its parameters are half annotated


def _add_people(entry: icalendar.Event, event: Event) -> None:
    """Name the people who have an address; without one there is nothing to put there."""
    for person in event.participants_detail:
        if "@" not in person.user_email:
            continue
        address = icalendar.vCalAddress(f"mailto:{person.user_email}")
        if person.user_name:
            address.params["CN"] = icalendar.vText(person.user_name)
        _put(entry, "organizer" if person.user_id == event.user_id else "attendee", address)
