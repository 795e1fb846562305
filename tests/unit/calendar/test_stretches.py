"""What a text says of each of its events."""

from __future__ import annotations

from itertools import permutations

import pytest

from orchestrator.calendar.spans import EventSpans, Extraction, in_order
from orchestrator.calendar.stretches import stretches


@pytest.mark.parametrize(
    ("content", "titles", "parts"),
    [
        (" Lunch with Anna on Friday at noon. ", ["Lunch with Anna"], ["Lunch with Anna on Friday at noon."]),
        (
            "Lunch with @Anna on Friday at noon, and dentist on Monday at 8am",
            ["Lunch with @Anna", "dentist"],
            ["Lunch with @Anna on Friday at noon", "dentist on Monday at 8am"],
        ),
        (
            "Book 'A  B' tomorrow at 3 and then book “C d” at 4pm",
            ["A B", "C d"],
            ["Book 'A  B' tomorrow at 3", "“C d” at 4pm"],
        ),
        (
            "- gym 6am\n- call Bob 9am\n* lunch 12",
            ["gym", "call Bob", "lunch"],
            ["gym 6am", "call Bob 9am", "lunch 12"],
        ),
        ("call at 3 and call at 5", ["call", "call"], ["call at 3", "call at 5"]),
        ("Read a book, then gym at 5", ["Read a book", "gym"], ["Read a book", "gym at 5"]),
    ],
)
def test_it_goes_from_its_title_to_the_next(content: str, titles: list[str], parts: list[str]) -> None:
    assert stretches([EventSpans(title=title) for title in titles], content) == parts


@pytest.mark.parametrize("titles", [["gym", None], ["run", "gym"], ["gym", "gym"]])
def test_what_cannot_be_told_apart_is_given_whole(titles: list[str | None]) -> None:
    content = "gym and run at 3"
    assert stretches([EventSpans(title=title) for title in titles], content) == [content] * 2


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (
            "Standup on Monday, review on Tuesday at 9 and standup on Wednesday",
            [("standup", "Monday", None), ("review", "Tuesday", "at 9"), ("standup", "Wednesday", None)],
        ),
        (
            "Tomorrow standup at 9, review at 10 and standup at 4",
            [
                ("standup", "Tomorrow", "at 9"),
                ("review", "Tomorrow", "at 10"),
                ("standup", "Tomorrow", "at 4"),
            ],
        ),
        ("Free Monday at 9 and Friday at 9", [(None, "Monday", "at 9"), (None, "Friday", "at 9")]),
    ],
)
def test_events_come_in_the_order_of_the_text_however_they_are_listed(
    content: str, told: list[tuple[str | None, str, str | None]]
) -> None:
    events = [EventSpans(title=title, date=date, time=time) for title, date, time in told]
    for listed in permutations(events):
        assert in_order(Extraction(events=list(listed)), content).events == events
