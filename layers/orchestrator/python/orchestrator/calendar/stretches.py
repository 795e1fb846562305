"""What a text says of each of its events: the stretch from an event's title to the next one's."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from orchestrator.calendar.phrases.words import same_length
from orchestrator.calendar.spans import EventSpans

_QUOTES = "'\"‘“„«"
# What leads over to the next event and says nothing of this one; a run of blanks is tried once.
_LEADING_OVER = re.compile(
    r"(?<![\s,;:&*•-])(?:[\s,;:&*•-]|\b(?:and|then|also|plus|a|an|the|my|book|schedule|add|please))+$", re.I
)
_BULLET = re.compile(r"^[\s*•-]+")


def stretches(events: Sequence[EventSpans], content: str) -> list[str]:
    """Return what `content` says of each event; the whole of it where its parts cannot be told apart."""
    titles = [title for title in _titles(events, content) if title]
    if len(events) < 2 or len(titles) < len(events):
        return [content.strip()] * len(events)
    begins = [0, *(begin for begin, _ in titles[1:])]
    parts = [
        # No word of the title itself leads over: "read a book, then gym".
        content[begin:named] + _LEADING_OVER.sub("", content[named:end])
        for begin, (_, named), end in zip(begins, titles, [*begins[1:], len(content)], strict=True)
    ]
    return [_BULLET.sub("", part) for part in parts]


def _titles(events: Sequence[EventSpans], content: str) -> Iterator[tuple[int, int] | None]:
    """Yield where each title stands behind the one before it, from the quotation mark it begins with."""
    text, behind = same_length(content), 0
    for spans in events:
        words = r"\s+".join(re.escape(word) for word in same_length(spans.title or "").split())
        found = re.compile(rf"(?<!\w){words}(?!\w)").search(text, behind) if words else None
        if found is None:
            yield None
            continue
        behind = found.end()
        quoted = found.start() > 0 and content[found.start() - 1] in _QUOTES
        yield found.start() - quoted, behind
