"""What lasts longer than the hour that is booked where no length is named: absences, half a day."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from orchestrator.calendar.heard import Heard
from orchestrator.calendar.outcomes import Unclear
from orchestrator.calendar.phrases.readings import compiled
from orchestrator.calendar.phrases.words import normal
from orchestrator.calendar.spans import EventSpans

_LONG = re.compile(
    r"\bhalf[- ]day\b|^(?:out(?: of (?:the )?(?:office|town))?|ooo|off|away|unavailable"
    r"|(?:on )?(?:vacation|holidays?|pto)|on leave)$"
)
_FILLS = (
    r"(?!(?:plan|book|prepare|discuss|pay|pack|apply|request|approve)\b)(?:[\w' -]+ (?:is|are) )?"
    r"(?:(?:on|my|our|family|summer|winter|ski|short) )*"
    r"(?:vacation|staycation|holidays?|out of (?:the )?(?:office|town)|ooo|pto|off|away"
    r"|(?:on|annual|sick|parental) leave"
    r"|(?:on-?)?call duty|on-?call|(?P<trip>(?:[\w'-]+ ){0,2}trip))(?: all)?(?: (?:in|to|at|with|on) .+)?"
)
"""What fills the days of a week that it is said to be in; a trip fills a weekend."""


def filling(heard: Heard, spans: EventSpans, title: str, today: date) -> Heard:
    """Take `vacation next week` for the days of that week."""
    words = normal(spans.date or "")
    if words.partition(" ")[2] not in {"week", "weekend"} or heard.clock or heard.length or heard.rules:
        return heard
    kind = compiled(_FILLS).fullmatch(title.lower())
    stretch = r"(?:this|next) weekend" if kind and kind["trip"] else r"(?:this|next) week(?:end)?"
    if not kind or not re.fullmatch(stretch, words):
        return heard
    return replace(heard, days=[replace(days, vague=days.first < today) for days in heard.days])


def require_a_length(heard: Heard, spans: EventSpans, title: str) -> None:
    """Ask how long something lasts that hardly lasts the usual hour.

    Raises:
        Unclear: its end is not named.
    """
    if spans.operation != "create" or not (heard.clock and heard.clock.start) or heard.clock.end:
        return
    if heard.length and heard.length.days == 1:
        raise Unclear("duration", spans.duration, f"Is '{title}' all day, or until when?")
    if not heard.length and not spans.end_date and _LONG.search(title.lower()):
        raise Unclear("end_time", spans.time, f"Until when is '{title}'?")
