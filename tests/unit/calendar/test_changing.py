"""Moving, cancelling and asking: the row that is meant, or a question about which one is."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestrator.calendar.models import CalendarResponse
from orchestrator.errors import NotFound, VendorBusy
from tests.fakes.event_store import MemoryEvents
from tests.unit.calendar.desk import Desk, asking, spans

LUNCH = "Lunch with Anna tomorrow at noon"


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    for text in (LUNCH, "Dentist on Monday at 8am", "Budget call tomorrow at 3pm"):
        made.send(text)
    return made


def titles(desk: Desk) -> list[str]:
    return sorted(row.title for row in desk.rows)


def test_a_cancelled_event_is_gone_and_said(desk: Desk) -> None:
    answer = desk.send("Cancel lunch with Anna")
    assert (answer.status, answer.operation) == ("success", "cancel")
    assert answer.response_text == (
        "Cancelled: Lunch with Anna: Thursday, July 24, 2025, 12:00 to 13:00 (UTC)."
    )
    assert titles(desk) == ["Budget call", "Dentist"]
    assert answer.supabase_results.results[0].success


def test_a_text_may_cancel_and_book_and_says_which_is_which() -> None:
    cancel = {"operation": "cancel", "title": "lunch with Anna"}
    book = {"title": "Dinner with Ben", "date": "tomorrow", "time": "7pm"}
    first = {"title": "Lunch with Anna", "date": "tomorrow", "time": "noon"}
    desk = asking(spans(first), spans(cancel, book))
    desk.send(LUNCH)
    answer = desk.send("Cancel lunch with Anna. Dinner with Ben tomorrow at 7pm instead.")
    told = [(event.title, event.cancelled) for event in answer.events]
    assert told == [("Lunch with Anna", True), ("Dinner with Ben", False)]
    assert titles(desk) == ["Dinner with Ben"]


def test_an_event_is_found_by_its_hour_alone(desk: Desk) -> None:
    assert desk.send("Cancel my 3pm meeting tomorrow").events[0].title == "Budget call"


def test_a_moved_event_keeps_its_length_and_what_it_meets_is_reported(desk: Desk) -> None:
    answer = desk.send("Move the budget call to tomorrow at 12:30pm")
    assert answer.response_text == "Moved: Budget call: Thursday, July 24, 2025, 12:30 to 13:30 (UTC)."
    assert answer.conflicts[0].with_events == ["Lunch with Anna"]
    assert [row.start.hour for row in desk.rows if row.title == "Budget call"] == [12]


def test_an_event_is_in_its_own_way_when_it_moves_by_little(desk: Desk) -> None:
    answer = desk.send("Push the dentist back by 30 minutes", on_conflict="reject")
    assert (answer.status, answer.conflicts) == ("success", [])
    assert answer.events[0].start_time.isoformat() == "2025-07-28T08:30:00+00:00"


def test_a_move_into_another_event_is_refused_if_that_is_asked_for(desk: Desk) -> None:
    answer = desk.answer("Move the budget call to tomorrow at 12:30pm", on_conflict="reject")
    assert answer.response.response_text == "Not moved: 'Budget call' (It meets 'Lunch with Anna')."
    assert [row.start.hour for row in desk.rows if row.title == "Budget call"] == [15]


@pytest.mark.parametrize("text", ["Cancel the haircut", "Move the haircut to Monday"])
def test_an_event_that_is_not_there_is_asked_about(desk: Desk, text: str) -> None:
    answer = desk.send(text)
    assert (answer.status, len(desk.rows)) == ("needs_clarification", 3)
    assert "No such event" in answer.clarifications[0].question


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Cancel lunch with Ben", "Is 'Lunch with Anna' (2025-07-24 12:00) meant?"),
        ("Cancel the code call", "Is 'Budget call' (2025-07-24 15:00) meant?"),
        ("Move the dentist for Leo to Friday", "Is 'Dentist' (2025-07-28 08:00) meant?"),
        ("Cancel lunch with Anna and Ben", "Is 'Lunch with Anna' (2025-07-24 12:00) meant?"),
        ("Cancel the dentist on Friday", "Is 'Dentist' (2025-07-28 08:00) meant?"),
        ("Cancel the dentits", "Is 'Dentist' (2025-07-28 08:00) meant?"),
        ("Cancel my meeting on Monday", "Is 'Dentist' (2025-07-28 08:00) meant?"),
        ("Cancel the call with Anna", "Is 'Lunch with Anna' (2025-07-24 12:00) meant?"),
    ],
)
def test_half_a_name_changes_nothing_and_what_is_near_is_named(desk: Desk, text: str, meant: str) -> None:
    answer = desk.send(text)
    assert (answer.status, len(desk.rows)) == ("needs_clarification", 3)
    assert answer.clarifications[0].question.startswith("No such event was found.")
    assert meant in answer.clarifications[0].question


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        ("Cancel all my calls tomorrow", "Budget call"),
        ("Cancel tomorrow's lunches", "Lunch with Anna"),
        ("Cancel Anna's lunch", "Lunch with Anna"),
        ("Cancel the dentist appointment", "Dentist"),
        ("Cancel my dentist session", "Dentist"),
    ],
)
def test_other_forms_of_the_same_words_are_the_same_name(desk: Desk, text: str, gone: str) -> None:
    assert desk.send(text).status == "success"
    assert gone not in titles(desk)


def test_what_was_told_of_an_event_belongs_to_its_whole_title_only() -> None:
    first = {"title": "Lunch", "description": "with Kim", "date": "Friday", "time": "1pm"}
    cancel = {"operation": "cancel", "title": "lunch with Kim"}
    desk = asking(spans(first), spans(cancel))
    desk.send("Lunch Friday 1pm with Kim")
    assert desk.send("Cancel lunch with Kim").status == "success"


def test_a_part_of_a_day_is_offered_with_hours_and_not_with_a_whole_day(desk: Desk) -> None:
    [question] = desk.send("Move the budget call to Friday morning").clarifications
    assert {reading.end_time - reading.start_time for reading in question.readings} == {timedelta(hours=1)}


def test_two_that_fit_are_a_question_that_names_both(desk: Desk) -> None:
    desk.send("Budget call on Friday at 3pm")
    question = desk.send("Cancel the budget call").clarifications[0].question
    assert "2025-07-24 15:00" in question
    assert "2025-07-25 15:00" in question


def test_a_change_can_be_previewed(desk: Desk) -> None:
    answer = desk.send("Cancel lunch with Anna", dry_run=True)
    assert answer.response_text.startswith(
        "Nothing was written; this is what would be done. Cancelled: Lunch"
    )
    assert len(desk.rows) == 3


def test_one_time_of_a_series_is_not_cancelled_by_cancelling_all(desk: Desk) -> None:
    desk.send("Standup every weekday at 9am")
    answer = desk.send("Cancel the standup on Friday")
    assert answer.status == "needs_clarification"
    assert "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR" in answer.clarifications[0].question
    assert desk.send("Cancel the whole standup series").status == "success"
    assert "Standup" not in titles(desk)


def test_a_series_moves_as_a_whole_to_another_hour_only(desk: Desk) -> None:
    desk.send("Yoga every Monday at 6pm")
    assert desk.send("Move the yoga to 7pm").status == "needs_clarification"
    moved = desk.send("Move the yoga series to 7pm")
    assert moved.events[0].start_time.isoformat() == "2025-07-28T19:00:00+00:00"
    assert desk.send("Move the yoga series to Tuesday").status == "needs_clarification"


def test_whole_days_are_not_moved_to_an_hour(desk: Desk) -> None:
    desk.send("Vacation from August 4 to August 8")
    assert desk.send("Move the vacation to August 11 at 2pm").clarifications[0].field == "time"
    moved = desk.send("Move the vacation to August 11")
    assert (moved.events[0].start_time.day, moved.events[0].end_time.day) == (11, 16)


def test_whole_days_are_shifted_by_days_only(desk: Desk) -> None:
    desk.send("Vacation from August 4 to August 8")
    assert desk.send("Postpone the vacation by one hour").clarifications[0].field == "time"
    moved = desk.send("Postpone the vacation by 2 days")
    assert (moved.events[0].start_time.day, moved.events[0].end_time.day) == (6, 11)


def test_a_question_about_a_change_says_that_nothing_was_changed(desk: Desk) -> None:
    assert desk.send("Cancel the haircut").response_text.startswith("Nothing was changed yet. No such event")


def test_a_question_is_answered_with_what_is_there(desk: Desk) -> None:
    answer = desk.send("What do I have tomorrow?")
    assert [event.title for event in answer.events] == ["Lunch with Anna", "Budget call"]
    assert answer.response_text == (
        "Found: Lunch with Anna: Thursday, July 24, 2025, 12:00 to 13:00 (UTC);"
        " Budget call: Thursday, July 24, 2025, 15:00 to 16:00 (UTC)."
    )
    assert (answer.operation, answer.supabase_results.total_events) == ("query", 0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "What are the kids doing tomorrow?",
            "No event called 'kids doing' was found. Found: Lunch with Anna",
        ),
        ("What's my first meeting on Monday?", "Found: Dentist"),
        ("Is lunch at 11 tomorrow?", "Found: Lunch with Anna"),
        ("Am I free for yoga tomorrow at 11am?", "The calendar shows nothing there."),
        ("When is the opera?", "No event called 'opera' was found."),
        ("When is the opera on Friday?", "The calendar shows nothing there."),
        ("What do I have for the rest of the month?", "Found: Lunch with Anna"),
        ("Any meetings tomorrow before 2pm?", "Found: Lunch with Anna"),
    ],
)
def test_a_day_with_events_is_never_said_to_be_empty(desk: Desk, text: str, told: str) -> None:
    answer = desk.send(text)
    assert (answer.status, answer.operation) == ("success", "query")
    assert answer.response_text.startswith(told)


def test_of_many_events_ten_are_told_and_all_are_shown(desk: Desk) -> None:
    desk.send("Standup every weekday at 9am until August 8")
    answer = desk.send("When is the standup?")
    assert len(answer.events) == 12
    assert answer.response_text.count("Standup") == 10
    assert answer.response_text.endswith("; and 2 more.")


def test_what_is_next_is_the_first_event_from_now_on(desk: Desk) -> None:
    assert [event.title for event in desk.send("What's next?").events] == ["Lunch with Anna"]


def test_a_question_without_a_day_shows_nothing_that_is_over(desk: Desk) -> None:
    later = "2025-07-24T14:00:00+00:00"
    assert [event.title for event in desk.send("What do I have?", timestamp=later).events] == [
        "Budget call",
        "Dentist",
    ]
    assert [event.title for event in desk.send("What is next?", timestamp=later).events] == ["Budget call"]


def test_a_question_about_a_move_says_that_nothing_was_changed(desk: Desk) -> None:
    answer = desk.send("Move lunch with Anna to next week")
    assert (answer.status, answer.operation) == ("needs_clarification", "reschedule")
    assert answer.response_text.startswith("Nothing was changed yet.")


def test_a_question_calls_the_event_what_the_text_calls_it(desk: Desk) -> None:
    answer = desk.send("Remind me to call mom tomorrow")
    assert answer.clarifications[0].question == "At what time is 'Call mom'?"


def test_each_time_of_a_series_is_found(desk: Desk) -> None:
    desk.send("Standup every weekday at 9am")
    events = desk.send("What do I have on Friday?").events
    assert [event.start_time.isoformat() for event in events] == ["2025-07-25T09:00:00+00:00"]


def test_a_free_hour_is_free_whatever_else_is_that_day(desk: Desk) -> None:
    assert desk.send("Am I free tomorrow at 2pm?").response_text == "The calendar shows nothing there."
    assert [event.title for event in desk.send("Am I free tomorrow at 3:30pm?").events] == ["Budget call"]


def test_a_title_is_looked_for_on_any_day(desk: Desk) -> None:
    assert [event.title for event in desk.send("When is my dentist appointment?").events] == ["Dentist"]


def test_a_table_that_is_down_is_an_error_where_something_had_to_be_found() -> None:
    desk = Desk(store=MemoryEvents(down=VendorBusy("supabase", "busy")))
    with pytest.raises(VendorBusy):
        desk.send("Cancel lunch with Anna")


def test_a_row_that_vanishes_meanwhile_is_not_found() -> None:
    class Fleeting(MemoryEvents):
        async def remove(self, user_id: str, event_id: str, *, deadline: float):  # type: ignore[no-untyped-def]
            self.rows.clear()
            return await super().remove(user_id, event_id, deadline=deadline)

    desk = Desk(store=Fleeting())
    desk.send(LUNCH)
    answer = desk.answer("Cancel lunch with Anna")
    assert isinstance(answer.failure, NotFound)
    assert answer.response.status == "error"


def test_another_users_events_are_nobodys_business(desk: Desk) -> None:
    assert desk.send("What do I have tomorrow?", user_id="somebody-else").events == []
    assert desk.send("Cancel lunch with Anna", user_id="somebody-else").status == "needs_clarification"


def test_another_tenants_user_of_the_same_id_has_a_calendar_of_their_own(desk: Desk) -> None:
    def other(text: str, **more: Any) -> CalendarResponse:
        return desk.answer(text, tenant="globex", **more).response

    before = desk.rows
    assert other("What do I have tomorrow?").events == []
    for text in ("Cancel lunch with Anna", "Move lunch with Anna to Friday"):
        assert other(text).status == "needs_clarification"
    assert (other(LUNCH, on_conflict="reject").conflicts, desk.rows[:3]) == ([], before)
    assert [event.title for event in other("What do I have tomorrow?").events] == ["Lunch with Anna"]
    assert other("Cancel lunch with Anna").status == "success"
    assert desk.rows == before


@pytest.mark.parametrize(
    ("order", "asked"),
    [
        ("Move the tasting to Friday", "2025-07-25, or to 2025-08-01"),
        ("Postpone the tasting to Thursday", "2025-07-24, or to 2025-08-07"),
        ("Move Thursday's tasting to Friday at 5pm", None),
        ("Delay the tasting to 5pm", "2025-07-31 17:00 is sooner"),
        ("Postpone the tasting to tomorrow", "2025-07-24 19:00 is sooner"),
    ],
)
def test_a_weekday_of_an_earlier_week_is_asked_about_and_so_is_what_is_put_off_to_sooner(
    order: str, asked: str | None
) -> None:
    desk = Desk()
    desk.send("Tasting on July 31 at 7pm")
    answer = desk.send(order)
    assert answer.status == "needs_clarification"
    if asked:
        assert asked in answer.clarifications[0].question
    assert [row.start.day for row in desk.rows] == [31]


@pytest.mark.parametrize("order", ["Move the tasting to tomorrow", "Move the tasting to 5pm"])
def test_what_is_plainly_to_move_to_an_earlier_time_moves(order: str) -> None:
    desk = Desk()
    desk.send("Tasting on July 31 at 7pm")
    assert desk.send(order).status == "success"
