"""Reschedule, cancel and query: what the words point at, and what becomes of it.

`matching` finds it among the events that exist. One match is an answer, several are a question, none is said.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

from orchestrator.calendar.heard import hear
from orchestrator.calendar.matching import Existing
from orchestrator.calendar.orders import OTHER_DAYS
from orchestrator.calendar.outcomes import Change, Target, Unclear, When
from orchestrator.calendar.periods import Period, period
from orchestrator.calendar.phrases.clock import hint, hours, read_clock
from orchestrator.calendar.phrases.dates import read_days
from orchestrator.calendar.phrases.days import weekday_alone
from orchestrator.calendar.phrases.durations import LENGTHS
from orchestrator.calendar.phrases.readings import Reference, Unreadable, compiled
from orchestrator.calendar.phrases.words import MONTH, NUMBER, TOMORROW, WEEKDAY, normal
from orchestrator.calendar.phrases.zones import Zone, at, like, named
from orchestrator.calendar.spans import EventSpans
from orchestrator.calendar.when import settle

_LIMIT = r"(?:before|after|until|till?|by|from|since|past|later than) "
_PUTS_OFF = r"(?i)\b(?:postpone|delay|defer|put(?:ting)? off|push(?:ed)? (?:\S+ ){0,6}?back)\b"
_SHIFT = r"(?P<way>back|later|out|forward|earlier|up|ahead)"
_DAY_WORD = (
    rf"(?:{WEEKDAY}|{MONTH}|{TOMORROW}|\d[\w.:/-]*|[ap]m|noon|midnight|to(?:day|night)|this|next|on|at|the|of|in"
    r"|my|all|rest|whole|day|days|week|weeks|weekend|month|morning|afternoon|evening|night|after|before|from|to|and"
    rf"|until|till|end|start|o'clock|first|second|third|last|{NUMBER})(?:'s|s)?"
)
"""A word that says when, and is no name: `Friday`, `the 3pm`, `next week`."""
_EVERYTHING = (
    r"(?i)(?:every ?thing|all|it|that|what(?:ever)? (?:i|we) have|every (?:event|meeting)"
    r"|all (?:my |the )?(?:events|meetings)|(?:(?:my|the) )?(?:(?:whole|entire) )?"
    r"(?:day|calendar|schedule|agenda|diary))"
)
_PARTS = {
    "morning": (0, 12),
    "afternoon": (12, 18),
    "evening": (17, 24),
    "night": (18, 24),
    "tonight": (17, 24),
}
"""The hours in which an event is looked for that was said to be in a part of the day."""
_EARLIER = frozenset({"forward", "earlier", "up", "ahead"})


def change(spans: EventSpans, reference: Reference) -> Change:
    """Return what `spans` ask to be done to an event that exists.

    Raises:
        Unclear: the words do not say which event, or not to which time.
    """
    if spans.operation == "query":
        return Change("query", _asked(spans, reference))
    if spans.operation == "cancel":
        return Change(
            "cancel",
            _pointed(
                target(_name(spans.title, spans.date, spans.time), spans.date, spans.time, spans, reference),
                spans,
            ),
        )
    name = _name(spans.title, spans.from_date, spans.from_time)
    found = _pointed(target(name, spans.from_date, spans.from_time, spans, reference), spans)
    if spans.shift:
        return Change("reschedule", found, shift=_shift(spans.shift, reference))
    return _moved(spans, found, reference)


def _asked(spans: EventSpans, reference: Reference) -> Target:
    """Return what a question is about: of a stretch, or of what is before an hour, all is shown."""
    if compiled(_LIMIT).match(normal(spans.time or "")):
        spans = spans.model_copy(update={"time": None})
    words = spans.date or spans.duration  # "for the next 3 days"
    days = _asked_days(words, reference) if words else None
    if days is None:
        return target(spans.title, spans.date, spans.time, spans, reference)
    bare = spans.model_copy(update={"date": None, "end_date": None})
    since, until = (at(day, time(), reference.zone)[0] for day in (days[0], days[1] + timedelta(days=1)))
    found = target(spans.title, None, spans.time if days[0] == days[1] else None, bare, reference)
    return replace(found, since=since, until=until)


def _asked_days(words: str, reference: Reference) -> Period | None:
    try:
        known = read_days(words, reference)
    except (Unreadable, ValueError, OverflowError):
        return None  # what cannot be is told by `target`
    return None if known else period(words, reference)


def target(
    title: str | None, date: str | None, clock: str | None, spans: EventSpans, reference: Reference
) -> Target:
    """Return what `title`, `date` and `clock` point at."""
    heard = hear(
        EventSpans().model_copy(update={"date": date, "time": clock, "end_date": spans.end_date}), reference
    )
    if len(heard.days) > 1:
        raise Unclear("date", date, f"Which day is '{date}'?")
    title = _without(title, date, clock)
    found = Target(title, _zone(spans.zone or heard.zone, reference))
    if heard.clock and heard.clock.start:
        times = hours(heard.clock, heard.days[0].part if heard.days else None, hint(title or ""))
        # Only a clock that is certain may rule events out.
        found = replace(found, clock=times[0][0] if len(times) == 1 else None)
    if not heard.days:
        return found
    days = heard.days[0]
    part = days.part or (heard.clock.part if heard.clock else None)
    begin, end = _PARTS.get(part or "", (0, 24))
    try:
        since = at(days.first, time(begin), reference.zone)[0]
        last = (days.last or days.first) + timedelta(days=end // 24)
        until = at(last, time(end % 24), reference.zone)[0]
    except OverflowError:
        raise Unclear("date", date, f"'{date}' is further away than a calendar reaches.") from None
    return replace(found, since=since, until=until)


def _without(title: str | None, *phrases: str | None) -> str | None:
    """Leave out of a name what only says when: `Friday's 3pm call` is a call."""
    bare = title or ""
    for phrase in filter(None, phrases):
        bare = re.sub(rf"(?i)(?<!\w){re.escape(phrase)}(?:'s)?(?!\w)", " ", bare)
    # "Christmas" may be the name of the event as well as its day; "Friday" is a day.
    if title and not bare.strip() and _names_a_feast(title):
        return title
    return " ".join(bare.split()) or None


def _name(title: str | None, date: str | None, clock: str | None) -> str | None:
    """Return what an event is called: `cancel Christmas` means no other event of that day."""
    return date if not title and not clock and date and _names_a_feast(date) else title


def _names_a_feast(words: str) -> bool:
    return not all(compiled(_DAY_WORD).fullmatch(word) for word in re.split("[ ,]+", normal(words)))


def _zone(words: str | None, reference: Reference) -> Zone:
    zones = named(words, reference.today, reference.zone, reference.locale) if words else [reference.zone]
    if len(zones) != 1:
        raise Unclear("zone", words, f"Which time zone is '{words}'?")
    return zones[0]


def moved(event: Existing, to: Change, reference: Reference) -> tuple[datetime, datetime]:
    """Return the new start and end of `event`: what the change does not name stays as it was.

    Raises:
        Unreadable: the change names no new time.
    """
    zone = event.zone or reference.zone
    if to.shift is not None:
        start = _shifted(event.start.astimezone(zone.tz), to.shift, zone)
    elif to.when is None:
        raise Unreadable("It is not said to when it is to be moved.")
    elif to.keeps == "time":
        start = at(to.when.start.date(), event.start.astimezone(zone.tz).time(), zone)[0]
    elif to.keeps == "date":
        start = at(event.start.astimezone(zone.tz).date(), to.when.start.time(), to.when.zone)[0]
    else:
        start = to.when.start
    if to.when and to.new_length:
        return start, like(start, to.when.start, to.when.end, to.when.zone, all_day=False)
    ends = like(start, event.start, event.end, zone, all_day=event.all_day)
    return start, ends.astimezone(start.tzinfo)


def ask_whether_earlier(change: Change, event: Existing, new: datetime, content: str) -> None:
    """Ask where `to Friday` is in a week before the event's own, or what is put off would come sooner.

    Raises:
        Unclear: it is so; both days are named.
    """
    old, title = event.start.astimezone(new.tzinfo), event.title
    if new >= old or change.shift is not None:
        return
    day, monday = new.date(), old.date() - timedelta(days=old.weekday())
    if change.weekday and day < monday:
        later = day + timedelta(days=((old.date() - day).days // 7 + 1) * 7)
        question = f"'{title}' is on {old:%A, %Y-%m-%d}. Is it to move to {day}, or to {later}?"
        raise Unclear("date", title, question)
    if compiled(_PUTS_OFF).search(content):
        question = (
            f"'{title}' is at {old:%Y-%m-%d %H:%M}, {new:%Y-%m-%d %H:%M} is sooner. To when is it to move?"
        )
        raise Unclear("time", title, question)


def _shifted(start: datetime, shift: timedelta, zone: Zone) -> datetime:
    """Return `start` moved by hours as they pass, or by whole days on the calendar: those keep its clock."""
    if shift % timedelta(days=1):
        return (start.astimezone(UTC) + shift).astimezone(zone.tz)
    return at(start.date() + shift, start.time(), zone)[0]


def _moved(spans: EventSpans, found: Target, reference: Reference) -> Change:
    if not spans.date and not spans.time:
        if spans.recurrence:
            raise Unclear("recurrence", spans.recurrence, OTHER_DAYS.format(spans.recurrence))
        raise Unclear("date", None, f"To when is '{spans.title or 'it'}' to be moved?")
    title = spans.title or ""
    if not spans.date:
        when = _clock_only(spans, found, reference, title)
        return Change("reschedule", found, when, keeps="date", new_length=_has_length(spans, reference))
    if not spans.time and not _in_part_of_day(spans, reference):
        when = settle(_with(spans, duration="all day"), reference, title)
        return Change("reschedule", found, when, keeps="time", weekday=_is_weekday(spans.date))
    when, length = settle(spans, reference, title), _has_length(spans, reference)
    return Change("reschedule", found, when, new_length=length, weekday=_is_weekday(spans.date))


def _is_weekday(date: str) -> bool:
    return weekday_alone(re.sub(r"^(?:on )?the ", "", normal(date))) is not None


def _clock_only(spans: EventSpans, found: Target, reference: Reference, title: str) -> When:
    """Read a new clock time on the day of the event; its own day, if known, else today's date stands in."""
    day = found.since.date().isoformat() if found.since and spans.from_date else reference.today.isoformat()
    # Whether that hour is over for today says nothing about the event's own day.
    early = replace(reference, instant=reference.instant.replace(hour=0, minute=0, second=0))
    when = settle(_with(spans, date=day), early, title)
    return replace(when, warnings=())


def _in_part_of_day(spans: EventSpans, reference: Reference) -> bool:
    """Tell whether the new day is said with a part of it, which has hours of its own: `tomorrow morning`."""
    return any(days.part for days in hear(spans, reference).days)


def _with(spans: EventSpans, **words: str) -> EventSpans:
    return spans.model_copy(update=words)


def _has_length(spans: EventSpans, reference: Reference) -> bool:
    clock = read_clock(spans.time, reference) if spans.time else None
    return bool(spans.duration or spans.end_time or (clock and clock.end))


def _shift(words: str, reference: Reference) -> timedelta:
    way = compiled(_SHIFT).search(words.lower())
    bare = re.sub(r"\b(?:back|later|out|forward|earlier|up|ahead|by)\b", "", words.lower()).strip()
    # "forward the call by an hour" names the event in between.
    read = LENGTHS.read(bare, reference) or LENGTHS.read(words.lower().rpartition(" by ")[2], reference)
    length = next(iter(read), None)
    amount = (length.elapsed or timedelta(days=length.days or 0)) if length else timedelta()
    if not amount:
        raise Unclear("shift", words, f"By how much is '{words}'?")
    return -amount if way and way["way"] in _EARLIER else amount


def _pointed(found: Target, spans: EventSpans) -> Target:
    # "Cancel everything" names no event, and asks for more than one sentence should be able to do.
    if found.title and compiled(_EVERYTHING).fullmatch(found.title.strip()):
        found = replace(found, title=None)
    if not found.title and found.since is None and found.clock is None:
        verb = "cancelled" if spans.operation == "cancel" else "moved"
        raise Unclear("title", None, f"Which event is to be {verb}?")
    return found
