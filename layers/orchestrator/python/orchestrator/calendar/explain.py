"""Why an event is as it is: each field with the words it came from, or the rule that filled it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from orchestrator.calendar.models import Explanation
from orchestrator.calendar.outcomes import Booking, When
from orchestrator.calendar.phrases.words import same_length
from orchestrator.calendar.spans import EventSpans

_FIELDS = {
    "title": ("title",),
    "description": ("description",),
    "start_time": ("date", "time"),
    "end_time": ("end_date", "end_time", "duration"),
    "recurrence": ("recurrence",),
    "timezone": ("zone",),
    "location": ("place",),
    "participants": ("mentions",),
    "amount": ("amount",),
    "category": ("category",),
    "priority": ("priority",),
}
_RULES = {
    "duration": ("end_time", "No duration was named: 60 minutes."),
    "time": ("start_time", "Neither am nor pm was named: the hour of the working day, or of such an event."),
    "date": ("start_time", "No day was named: the first such time from now on."),
    "all_day": ("all_day", "No time was named, and it needs none: the whole day."),
    "end_time": ("end_time", "It ends at the time of day at which it starts."),
    "location": ("location", "The text names no place: the request's location."),
    "timezone": ("timezone", "The text names no zone: the caller's."),
    "priority": ("priority", "The text does not say: medium."),
    "title": ("title", "The text gives it no name: its own words."),
    "participants": ("participants", "Listed in user_mentions, though the text does not name them."),
}


def explain(index: int, spans: EventSpans, booking: Booking, content: str) -> Iterator[Explanation]:
    """Yield the explanations of one event: the words first, then what was assumed."""
    for field, sources in _FIELDS.items():
        words = [part for source in sources for part in _words(spans, source)]
        if field == "end_time" and not words and not booking.when.assumed:
            words = _words(spans, "time") or _words(spans, "date")  # a range names its end as well
        if words:
            yield Explanation(
                event=index, field=field, words=" … ".join(verbatim(word, content) for word in words)
            )
    for name in (*assumptions(booking.when), *booking.assumed):
        field, rule = _RULES[name]
        yield Explanation(event=index, field=field, words=None, rule=rule)


def assumptions(when: When) -> tuple[str, ...]:
    """Return what was assumed of the time, each once and in a fixed order."""
    return tuple(name for name in _RULES if name in when.assumed)


def verbatim(words: str, content: str) -> str:
    """Return `words` as they are written in `content`, if they stand there."""
    pattern = r"\s+".join(re.escape(word) for word in same_length(words).split())
    match = re.search(pattern, same_length(content))
    return content[match.start() : match.end()] if match else words


def _words(spans: EventSpans, field: str) -> list[str]:
    value: str | list[str] | None = getattr(spans, field)
    return value if isinstance(value, list) else [value] if value else []
