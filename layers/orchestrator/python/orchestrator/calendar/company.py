"""With whom an event is, for or about what, where the text says so behind its time: a part of its name."""

from __future__ import annotations

import re

from orchestrator.calendar.labels import is_generic, needs_an_object
from orchestrator.calendar.phrases.readings import compiled
from orchestrator.calendar.phrases.words import same_length
from orchestrator.calendar.spans import EventSpans

_COMPANY = (
    r"(?i:with|w/|for|about|regarding|to discuss|to talk about) .{1,60}?"
    r"(?=[,;:!?(]|(?<=[a-z]{3})\.(?: |$)| [–-] |$)"
)
_OBJECT = (
    r"(?:[A-Z][\w'’-]*(?: (?:and|&) [A-Z][\w'’-]*)?|(?:the|my|our|some)(?: [a-z][\w'’-]*){1,2}|mom|mum|dad"
    r"|grandma|grandpa|rent|kids)(?: (?:from|to|at) [\w'’ -]{2,30})?$"
)


def company_of(spans: EventSpans) -> str:
    """Return with whom something is, or about what, if its description begins so, and whom one calls."""
    generic = is_generic(same_length((spans.title or "").strip()))
    said = " ".join((spans.description or "").split()) if generic else ""
    told = compiled(_COMPANY).match(said) or (
        compiled(_OBJECT).match(said) if needs_an_object(spans.title or "") else None
    )
    words, name = told[0] if told else "", (spans.title or "").lower()
    half = re.search(r" (?:an?|the|my|our|his|her|their|with|for)$", words.lower())
    return "" if half or words.lower() in name or name in words.lower() else words
