"""Events as iCalendar (RFC 5545), with the rules of their zones. The only module that needs icalendar."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import icalendar

from orchestrator.calendar.models import Event, Priority
from orchestrator.calendar.phrases.zones import iana

PRODUCT = "-//orchestrator//calendar//EN"
_PRIORITIES: dict[Priority, int] = {"urgent": 1, "high": 3, "medium": 5, "low": 9}
_BEFORE, _BEYOND = timedelta(days=366), timedelta(days=10 * 366)
_FIRST, _LAST = datetime(2, 1, 1, tzinfo=UTC), datetime(9998, 1, 1, tzinfo=UTC)
# RFC 5545, 3.1: no value has a control character but the tab; a line's end inside of one is escaped.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f]+")


def calendar(events: Sequence[Event], *, single: bool = False) -> bytes:
    """Return `events` as one VCALENDAR with a VTIMEZONE for each zone in it.

    It has no METHOD: it is nobody's message to those who take part (RFC 5546), but what the calendar holds.
    `single`: they are the times at which something takes place, so that none of them brings a series along.
    """
    whole = icalendar.Calendar()
    _put(whole, "prodid", PRODUCT)
    _put(whole, "version", "2.0")
    for name in sorted({event.timezone for event in events if not event.all_day and event.timezone != "UTC"}):
        whole.add_component(_zone(name, [event for event in events if event.timezone == name]))
    for index, event in enumerate(events):
        entry = _event(event, index)
        if single and event.recurrence:
            _put(entry, "recurrence-id", _moment(event, event.start_time))
        elif rule := _rule(event):
            _put(entry, "rrule", rule)
        if event.cancelled:
            _put(entry, "status", "CANCELLED")
        whole.add_component(entry)
    return whole.to_ical()


def _zone(name: str, events: Iterable[Event]) -> icalendar.Timezone:
    zone = iana(name)
    if zone is None:
        return _fixed(name)
    # A series goes on, so the changes of its zone are written out for ten years past its start.
    first, last = min(e.start_time for e in events), max(e.start_time for e in events)
    since, until = max(first, _FIRST + _BEFORE) - _BEFORE, min(last, _LAST - _BEYOND) + _BEYOND
    return icalendar.Timezone.from_tzinfo(zone.tz, name, first_date=since.date(), last_date=until.date())


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
        _put(entry, name, _moment(event, moment))
    _put(entry, "summary", _printable(event.title))
    for name, words in (("description", event.description), ("location", event.location)):
        if words:
            _put(entry, name, _printable(words))
    _put(entry, "categories", [event.category])
    _put(entry, "priority", _PRIORITIES[event.priority])
    _add_people(entry, event)
    return entry


def _rule(event: Event) -> icalendar.vRecur | None:
    """Return the rule of a series; rows of other makes may have what is none."""
    try:
        return icalendar.vRecur.from_ical(event.recurrence) if event.recurrence else None
    except ValueError:
        return None


def _printable(words: str) -> str:
    return _CONTROL.sub("", words)


def _moment(event: Event, moment: datetime) -> date | datetime:
    return moment.date() if event.all_day else _placed(moment, event.timezone)


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
        # A malformed address is no reason to refuse an event, nor to lose the answer to a booked one.
        if not _ADDRESS.fullmatch(person.user_email):
            continue
        address = icalendar.vCalAddress(f"mailto:{person.user_email}")
        if name := _printable(person.user_name):
            address.params["CN"] = icalendar.vText(name)
        _put(entry, "organizer" if person.user_id == event.user_id else "attendee", address)
