"""Whether a length is that of the event: `arrive 15 minutes early` says nothing of how long it lasts."""

from __future__ import annotations

import re

from orchestrator.calendar.phrases.readings import compiled
from orchestrator.calendar.phrases.words import MONTH, WEEKDAY, same_length
from orchestrator.calendar.spans import EventSpans

_AWAY = r"walk(?:ing)?|drive|driving|ride|flight|break|pause|talk|questions?|buffer|notice|warning|delay"
_WHEN = rf"now|noon|midnight|today|tomorrow|this|next|{MONTH}|{WEEKDAY}"
_BEHIND = (
    r"[\s)]*(?:early|late|ago|before|after|away|left|over|more|extra|prior|ahead|in advance|each way"
    rf"|(?P<thing>{_AWAY})|from (?!(?:{_WHEN})(?!\w))(?:the |my |our |\w+'s )?[a-z]{{3,}}"
    r"|to (?:get|go|reach|walk|drive|travel|prepare|set up)|(?:are|is) (?:for|spent|reserved))\b"
)
_SUBJECT = r"\b(?P<subject>[\w-]+) (?:takes?|took|lasts|lasted|needs?)(?: about| around)? $"
_BEFORE = (
    r"\b(?:the|its) (?:last|first|final) $|\b(?:allow|allowing|delayed by|be|come|arrive|with an?|reminder)"
    r"(?: about| around)? $"
)
_ITSELF = frozenset({"it", "this", "that", "which", "will", "should", "may", "might", "can", "meeting"})
_NEW_SENTENCE = re.compile(r"(?<=[a-z]{3})(?<!Mrs)(?<!Prof)[.!?]\s+(?=[A-Z])")


def is_of_another(spans: EventSpans, content: str) -> bool:
    """Tell whether the words around the length in `content` give it to something else than the event."""
    text, title = same_length(content), same_length(spans.title or "")
    start = text.find(same_length(spans.duration or ""))
    if not spans.duration or start < 0:
        return False
    lead = re.match(r"(?:lasting|lasts|for|takes) ", text[start:])
    before, behind = text[: start + (lead.end() if lead else 0)], text[start + len(spans.duration) :]
    if behind.strip(" .,!?)") and (match := compiled(_BEHIND).match(behind)):
        return not (match["thing"] and match["thing"] in title)
    if match := compiled(_SUBJECT).search(before):
        return match["subject"] not in _ITSELF and match["subject"] not in title
    return bool(compiled(_BEFORE).search(before)) or _told_before(spans, content, start)


def _told_before(spans: EventSpans, content: str, start: int) -> bool:
    """Tell whether it stands in a sentence before the one that says when: `… for 3 hours. Call me …`."""
    said = spans.date or spans.time or ""
    when = content.find(said, start) if said and content.find(said) > start else -1
    return when > 0 and bool(_NEW_SENTENCE.search(content, start, when))
