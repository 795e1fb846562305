"""What is read out of a text before anything is computed: its own words, sorted by what they say.

A model fills `Extraction` under a strict schema; the grammar fills it without one. Both only point at words:
every span has to stand in the text as it is, and `astray` finds those that do not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from orchestrator.calendar.models import Operation
from orchestrator.calendar.phrases.words import SLIP, TOMORROW, WEEKDAY, normal

MAX_EVENTS = 20


def _without_default(schema: dict[str, Any]) -> None:
    # A strict schema demands every field and knows no defaults.
    schema.pop("default", None)


class EventSpans(BaseModel):
    """The words of one event, copied from the text without change; null for what the text does not say."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    operation: Operation = Field(
        default="create",
        description="What is asked for: create unless the text says otherwise.",
        json_schema_extra=_without_default,
    )
    title: str | None = Field(
        default=None, description="What the event is called; inside quotes, the quoted words."
    )
    description: str | None = Field(
        default=None, description="What else is said about it: its subject, its agenda."
    )
    date: str | None = Field(
        default=None,
        description="The day or days: 'next Tuesday', 'July 3-5', 'in 2 hours'. When moved: the new day.",
    )
    time: str | None = Field(
        default=None, description="The clock time or range: 'at 9', '2 to 4pm', 'noon', 'evening'."
    )
    end_date: str | None = Field(default=None, description="The last day, if it stands apart from the first.")
    end_time: str | None = Field(
        default=None, description="When it ends, if it stands apart from the start: 'until 5pm'."
    )
    zone: str | None = Field(
        default=None, description="The time zone: 'UTC', 'EST', 'London time', 'Europe/Berlin'."
    )
    duration: str | None = Field(
        default=None, description="How long: 'for 1 hour', '30-minute', 'all day', 'for 3 days'."
    )
    recurrence: str | None = Field(
        default=None, description="How it repeats, with its end: 'every Monday until May 3'."
    )
    place: str | None = Field(default=None, description="Where, without the preposition: 'Room B'.")
    mentions: list[str] = Field(default_factory=list, description="Every @name.")
    amount: str | None = Field(default=None, description="Money with its currency: '$1,200'.")
    category: str | None = Field(
        default=None, description="Words that tell what kind of event it is: 'client call'."
    )
    priority: str | None = Field(
        default=None, description="Words that tell how much it matters: 'urgent', 'ASAP'."
    )
    from_date: str | None = Field(
        default=None, description="Reschedule only: the day on which the event is now."
    )
    from_time: str | None = Field(
        default=None, description="Reschedule only: the time at which the event is now."
    )
    shift: str | None = Field(default=None, description="Reschedule only: by how much: 'back by 30 minutes'.")


class Extraction(BaseModel):
    """All events of a text, in its order."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    events: list[EventSpans] = Field(default_factory=list[EventSpans], max_length=MAX_EVENTS)


def words_of(spans: EventSpans) -> Iterator[tuple[str, str]]:
    """Yield each field that has words, with the words."""
    for field in EventSpans.model_fields:
        value: object = getattr(spans, field)
        if field == "operation" or not value:
            continue
        for words in spans.mentions if field == "mentions" else [str(value)]:
            yield field, words


def astray(extraction: Extraction, text: str) -> list[tuple[int, str, str]]:
    """Return event, field and words of every span that does not stand in `text`; letters' case is free."""
    whole = normal(text)
    return [
        (index, field, words)
        for index, spans in enumerate(extraction.events)
        for field, words in words_of(spans)
        if not _stands_in(normal(words), whole)
    ]


_CLOCK = re.compile(r"(?<![\w:.])(?:\d\d?(?:[:.]\d\d)? ?[ap]\.?m\b|\d\d?:\d\d(?!\d)|noon\b|midnight\b)")
_DAY = re.compile(rf"(?<![\w@])(?:today|tonight|{TOMORROW}|{WEEKDAY}|{SLIP})(?![\w'])")
_BOUND = re.compile(r"\b(?:until|till|except)\b(?!(?: the| on)? *\|)")


def missed(extraction: Extraction, text: str) -> list[tuple[int, str]]:
    """Return event and field of what `text` must say of new events and no span has taken.

    A lost day makes it another day, a lost hour a whole day of an appointment, a lost `until` a series
    without an end.
    """
    left = normal(text)
    for spans in extraction.events:
        for _, words in words_of(spans):
            left = left.replace(normal(words), " | ")
    created = [(index, spans) for index, spans in enumerate(extraction.events) if spans.operation == "create"]
    found = [(index, "recurrence") for index, _ in created if _BOUND.search(left)]
    if _CLOCK.search(left):
        timed = ((index, spans.time or _CLOCK.search(normal(spans.date or ""))) for index, spans in created)
        found += [(index, "time") for index, time in timed if not time]
    if _DAY.search(left):
        found += [(index, "date") for index, spans in created if not spans.date and not spans.recurrence]
    return found


def from_to(extraction: Extraction, text: str) -> Extraction:
    """Take `from` into a time whose meaning hangs on it: `ten to eleven` is ten minutes to it without."""

    def led(spans: EventSpans) -> EventSpans:
        words = re.escape(spans.time or "")
        found = re.search(rf"(?i)\bfrom +{words}(?!\w)", text) if " to " in (spans.time or "") else None
        return spans.model_copy(update={"time": found[0]}) if found else spans

    return Extraction(events=[led(spans) for spans in extraction.events])


def each_said(extraction: Extraction, text: str) -> Extraction:
    """Leave out an event that was said before, unless `text` has its title as often.

    Small models stutter, and nobody books one event twenty times; but who writes it twice means two.
    """
    events, whole = extraction.events, normal(text)
    return Extraction(
        events=[one for index, one in enumerate(events) if events[:index].count(one) < _said(one, whole)]
    )


def in_order(extraction: Extraction, text: str) -> Extraction:
    """Put the events into the order in which `text` names them.

    Their places tell a repeated request's events from each other, and a model may list them otherwise.
    """
    whole = normal(text)
    return Extraction(events=sorted(extraction.events, key=lambda spans: _places(spans, whole)))


def _places(spans: EventSpans, text: str) -> list[int]:
    """Return where an event's words stand: its title first, where it is nearest to the event's time.

    Two of one name stand on days or at times of their own.
    """
    when = [
        place for words in (spans.date, spans.recurrence, spans.time) for place in _starts(words, text)[:1]
    ]
    titles = sorted(_starts(spans.title, text), key=lambda place: abs(place - max(when, default=0)))
    others = (place for _, words in words_of(spans) for place in _starts(words, text)[:1])
    return [*titles[:1], *when, *others]


def _starts(words: str | None, text: str) -> list[int]:
    return [found.start() for found in re.finditer(_whole(normal(words)), text)] if words else []


def _said(spans: EventSpans, text: str) -> int:
    """Return how many such events a text can ask for; what is changed is there only once."""
    times = _standing(normal(spans.title or ""), text) if spans.operation == "create" else ()
    return max(1, len(times))


def _stands_in(words: str, text: str) -> bool:
    return bool(_standing(words, text))


def _standing(words: str, text: str) -> list[str]:
    return re.findall(_whole(words), text) if words else []


def _whole(words: str) -> str:
    return rf"(?<!\w){re.escape(words)}(?!\w)"
