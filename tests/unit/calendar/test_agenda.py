"""What the events of one text meet: the user's others, and each other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from tests.unit.calendar.desk import Desk, asking, spans

MOVE = {"operation": "reschedule", "title": "Lunch", "time": "3pm"}


def desk_with(*texts: str) -> Desk:
    desk = Desk()
    for text in texts:
        desk.send(text)
    return desk


def reading(desk: Desk, *events: dict[str, Any]) -> Desk:
    """The same table, with a model that finds these words."""
    return replace(asking(spans(*events)), store=desk.store)


def hours(desk: Desk) -> dict[str, int]:
    return {row.title: row.start.hour for row in desk.rows}


def test_the_room_that_a_refused_move_would_have_made_is_not_given_away() -> None:
    there = desk_with("Lunch tomorrow at noon", "Review tomorrow at 3pm")
    desk = reading(there, MOVE, {"title": "Dentist", "date": "tomorrow", "time": "noon"})
    answer = desk.send("Move lunch to 3pm, and Dentist tomorrow at noon", on_conflict="reject")
    assert answer.response_text == (
        "Not moved: 'Lunch' (It meets 'Review'). Not booked: 'Dentist' (It meets 'Lunch')."
    )
    assert hours(desk) == {"Lunch": 12, "Review": 15}


def test_the_room_that_a_move_makes_can_be_booked() -> None:
    desk = reading(
        desk_with("Lunch tomorrow at noon"), MOVE, {"title": "Dentist", "date": "tomorrow", "time": "noon"}
    )
    answer = desk.send("Move lunch to 3pm, and Dentist tomorrow at noon", on_conflict="reject")
    assert (answer.status, hours(desk)) == ("success", {"Lunch": 15, "Dentist": 12})


def test_a_refused_event_is_in_nobodys_way() -> None:
    desk = desk_with("Lunch tomorrow at noon")
    answer = desk.send("Call tomorrow at 12:30pm and review tomorrow at 1:15pm", on_conflict="reject")
    assert (answer.status, hours(desk)) == ("partial", {"Lunch": 12, "Review": 13})


def test_an_event_meets_what_the_same_text_moves_there() -> None:
    desk = reading(
        desk_with("Lunch tomorrow at noon"), MOVE, {"title": "Dentist", "date": "tomorrow", "time": "3pm"}
    )
    answer = desk.send("Move lunch to 3pm, and Dentist tomorrow at 3pm")
    assert [(one.event, one.with_events) for one in answer.conflicts] == [(1, ["Lunch"])]


def test_an_event_meets_the_later_times_of_a_series_of_the_same_text() -> None:
    answer = Desk().send("Standup every Monday at 9am and dentist on August 4th at 9am")
    assert [(one.event, one.with_events) for one in answer.conflicts] == [(1, ["Standup"])]


def test_the_alternatives_keep_clear_of_what_else_the_text_asks_for() -> None:
    answer = desk_with("Lunch tomorrow at noon").send("Call tomorrow at noon and review tomorrow at 1pm")
    [report] = answer.conflicts
    starts = [f"{slot.start_time:%H:%M}" for slot in report.alternatives]
    assert starts == ["11:00", "10:45", "10:30"]


def test_a_moved_series_is_compared_at_its_times_to_come() -> None:
    desk = desk_with("Yoga every Monday at 6pm", "Choir on August 4th at 7pm")
    [(owner, yoga), choir] = desk.store.rows
    began = {"start": datetime(2023, 1, 2, 18, tzinfo=UTC), "end": datetime(2023, 1, 2, 19, tzinfo=UTC)}
    desk.store.rows[:] = [(owner, replace(yoga, **began)), choir]
    answer = desk.send("Move the yoga series to 7pm", on_conflict="reject")
    assert answer.response_text == "Not moved: 'Yoga' (It meets 'Choir')."
    assert [slot.start_time.year for slot in answer.conflicts[0].alternatives] == [2025] * 3
