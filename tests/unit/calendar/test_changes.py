"""Which existing event a sentence means, and what moving it does."""

from __future__ import annotations

from datetime import datetime

import pytest

from orchestrator.calendar.changes import moved
from orchestrator.calendar.grammar.reader import understand
from orchestrator.calendar.matching import Existing, match, one_of
from orchestrator.calendar.outcomes import Change, Unclear
from orchestrator.calendar.phrases.zones import iana
from orchestrator.calendar.resolve import reference_of
from tests.unit.calendar.world import request


def existing(title: str, start: str, end: str) -> Existing:
    return Existing(
        title, title, datetime.fromisoformat(start), datetime.fromisoformat(end), iana("Europe/Berlin")
    )


STANDUP = existing("Team standup", "2025-07-24T09:00+02:00", "2025-07-24T09:15+02:00")
REVIEW = existing("Budget review", "2025-07-24T15:00+02:00", "2025-07-24T16:30+02:00")
LUNCH = existing("Lunch with Anna", "2025-07-25T12:00+02:00", "2025-07-25T13:00+02:00")
ALL = [STANDUP, REVIEW, LUNCH]
BERLIN = {"timestamp": "2025-07-23T18:30:00+02:00", "timezone": "Europe/Berlin"}


def change(words: str) -> Change:
    [found] = understand(request(words, **BERLIN)).changes
    return found


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("Cancel the standup", [STANDUP]),
        ("Cancel my 3pm meeting tomorrow", [REVIEW]),
        ("Cancel the 3pm", [REVIEW]),
        ("Cancel the budget review on Friday", []),
        ("Cancel the call with Max", []),
        ("What do I have tomorrow?", [STANDUP, REVIEW]),
        ("What's on my calendar next week?", []),
        ("Cancel everything tomorrow", [STANDUP, REVIEW]),
    ],
)
def test_words_point_at_the_events_that_fit_them(words: str, meant: list[Existing]) -> None:
    assert match(change(words).target, ALL) == meant


def test_several_fitting_events_are_a_question() -> None:
    with pytest.raises(Unclear, match="Team standup"):
        one_of(match(change("Cancel everything tomorrow").target, ALL), None)
    with pytest.raises(Unclear, match="No such event"):
        one_of([], "call")
    assert one_of([LUNCH], "lunch") is LUNCH


@pytest.mark.parametrize(
    ("words", "start", "end"),
    [
        (
            "Move the budget review to Friday at 10am",
            "2025-07-25T10:00:00+02:00",
            "2025-07-25T11:30:00+02:00",
        ),
        ("Move the budget review to Friday", "2025-07-25T15:00:00+02:00", "2025-07-25T16:30:00+02:00"),
        ("Move the budget review to 4pm", "2025-07-24T16:00:00+02:00", "2025-07-24T17:30:00+02:00"),
        (
            "Push the budget review back by 45 minutes",
            "2025-07-24T15:45:00+02:00",
            "2025-07-24T17:15:00+02:00",
        ),
        (
            "Move the budget review forward by an hour",
            "2025-07-24T14:00:00+02:00",
            "2025-07-24T15:30:00+02:00",
        ),
        (
            "Reschedule the budget review to Friday at 10am for 30 minutes",
            "2025-07-25T10:00:00+02:00",
            "2025-07-25T10:30:00+02:00",
        ),
    ],
)
def test_a_moved_event_keeps_what_the_sentence_does_not_name(words: str, start: str, end: str) -> None:
    to = change(words)
    assert match(to.target, ALL) == [REVIEW]
    new = moved(REVIEW, to, reference_of(request(words, **BERLIN)))
    assert tuple(moment.isoformat() for moment in new) == (start, end)


def test_cancelling_everything_names_nothing_to_cancel() -> None:
    outcome = understand(request("Cancel everything"))
    assert not outcome.changes
    assert outcome.clarifications[0].question == "Which event is to be cancelled?"
