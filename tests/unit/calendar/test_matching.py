"""Which events a name points at, and which it must not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from orchestrator.calendar.matching import Existing, match
from orchestrator.calendar.outcomes import Target
from orchestrator.calendar.phrases.zones import Zone, of_instant
from tests.unit.calendar.desk import Desk, asking, spans

WEDNESDAY = datetime(2025, 7, 30, 12, tzinfo=UTC)
ZONE: Zone = of_instant(WEDNESDAY)


def there(title: str, day: int = 0, **more: Any) -> Existing:
    start = WEDNESDAY + timedelta(days=day)
    return replace(Existing(title, title, start, start + timedelta(hours=1), ZONE), **more)


def found(name: str, *events: Existing) -> list[str]:
    return [event.title for event in match(Target(name, ZONE), events)]


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("the wedding", there("Dentist")),
        ("SATs", there("Dentist", 3)),
        ("lunch with Sun", there("Lunch with Eva", 4)),
        ("the class", there("🎉")),
        ("the thing", there("🎉")),
        ("sprint planning", there("Sprint")),
        ("lunch with Kim", there("Lunch with Anna", told="Kim comes, too")),
        ("dinner, lunch and yoga", there("Dinner")),
        ("dinner, lunch is on Friday", there("Dinner")),
        ("dinner, I mean lunch", there("Dinner")),
        ("dinner, it is moved to Friday", there("Dinner")),
        ("the dentist, he's sick", there("Dentist for Mia")),
    ],
)
def test_a_word_that_the_event_does_not_bear_is_not_overheard(name: str, event: Existing) -> None:
    assert found(name, event) == []


@pytest.mark.parametrize(
    ("name", "event"),
    [
        ("Wednesday's dinner", there("Dinner")),
        ("the dinner on Wednesday", there("Dinner")),
        ("the yoga class", there("Yoga")),
        ("lunch with Kim", there("Lunch", told="Kim comes, too")),
        ("the dentist, I'm not feeling well", there("Dentist")),
        ("the dentist because I have the flu", there("Dentist")),
        ("the catch-up with Yusuf, he's sick", there("Catch-up with Yusuf")),
        ("book club, I have a cold", there("Book club")),
        ("wine tasting. Joe can't come", there("Wine tasting")),
        ("yoga, my back hurts", there("Yoga")),
    ],
)
def test_the_day_the_kind_and_the_reason_are_no_other_name(name: str, event: Existing) -> None:
    assert found(name, event) == [event.title]


@pytest.mark.parametrize(
    ("name", "meant", "longer"),
    [
        ("the garage appointment", "Garage appointment", "Pick up the car from the garage"),
        ("Ella's recital", "Ella's recital", "Rehearsal for Ella's recital"),
        ("the train to Hamburg", "Train to Hamburg", "Train back from Hamburg"),
        ("the meeting with Omar", "Meeting with Omar", "Call with Omar"),
        ("the dentist appointment", "Dentist", "Dentist for Mia"),
    ],
)
def test_the_exact_title_wins_over_one_that_says_more(name: str, meant: str, longer: str) -> None:
    assert found(name, there(longer), there(meant)) == [meant]


def test_a_question_shows_the_longer_ones_as_well() -> None:
    both = [there("Lunch"), there("Lunch with Anna")]
    assert match(Target("lunch", ZONE), both, loosely=True) == both


def cancelling(booked: dict[str, Any], **cancel: str) -> Desk:
    desk = asking(spans(booked), spans({"operation": "cancel", **cancel}))
    desk.send(" ".join(booked.values()))
    return desk


DENTIST = {"title": "Dentist", "date": "Friday", "time": "9am"}


@pytest.mark.parametrize("name", ["appointment with John", "John's appointment"])
def test_who_asks_takes_part_in_everything_so_his_name_tells_nothing(name: str) -> None:
    desk = cancelling(DENTIST, title=name)
    assert desk.send(f"Cancel the {name}").status == "needs_clarification"
    assert [row.title for row in desk.rows] == ["Dentist"]


@pytest.mark.parametrize("title", [{"title": "Christmas"}, {}])
def test_a_feast_is_the_name_of_an_event_as_well_as_its_day(title: dict[str, str]) -> None:
    dialysis = {"title": "Dialysis", "date": "Christmas", "time": "9am"}
    desk = cancelling(dialysis, **title, date="Christmas")
    assert desk.send("Cancel Christmas").status == "needs_clarification"


def test_a_weekday_is_no_name() -> None:
    desk = cancelling(DENTIST, title="Friday", date="Friday")
    assert desk.send("Cancel Friday's").status == "success"


def test_the_question_for_what_is_no_event_says_how_to_note_it() -> None:
    desk = Desk()
    [question] = desk.send("Cancel the gym membership on Monday at 9am").clarifications
    assert question.question.endswith("To note it as something to do, put 'Remind me to' before it.")
    [question] = desk.send("Move the dentist to Friday at 9am").clarifications
    assert "Remind me" not in question.question
