"""Orders beside the one that was taken, and new events that are hardly new."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.calendar.models import BOOKED
from tests.unit.calendar.desk import Desk, asking, spans


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    for text in (
        "Yoga on Monday at 6pm",
        "Dentist for Mia on Friday at 3pm",
        "Lunch with Anna tomorrow at noon",
    ):
        made.send(text)
    return made


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("Move yoga to Thursday and add dinner with Eva at 8pm", "add dinner with Eva at 8pm"),
        ("Move yoga to Thursday at 7pm and invite Lena", "invite Lena"),
        ("Cancel yoga, then rename lunch", "rename lunch"),
        ("Push yoga by an hour. Also add yoga with Jo on Friday at 7pm", "add yoga with Jo on Friday at 7pm"),
    ],
)
def test_what_no_event_has_taken_of_a_change_is_asked_about(text: str, order: str) -> None:
    move = {"operation": "reschedule", "title": "yoga", "date": "Thursday"}
    taken = {**move, "date": None, "shift": "by an hour"} if "Push" in text else move
    taken = {"operation": "cancel", "title": "yoga"} if "Cancel" in text else taken
    desk = asking(spans({"title": "Yoga", "date": "Monday", "time": "6pm"}), spans(taken), spans(taken))
    desk.send("Yoga on Monday at 6pm")
    answer = desk.send(text)
    assert answer.status == "needs_clarification"
    assert answer.clarifications[0].words == order
    assert [row.start.hour for row in desk.rows] == [18]


def test_two_orders_that_were_both_taken_are_both_carried_out() -> None:
    move = {"operation": "reschedule", "title": "yoga", "date": "Tuesday"}
    book = {"title": "dinner with Eva", "date": "Friday", "time": "8pm"}
    desk = asking(spans({"title": "Yoga", "date": "Monday", "time": "6pm"}), spans(move, book))
    desk.send("Yoga on Monday at 6pm")
    answer = desk.send("Move yoga to Tuesday and add dinner with Eva on Friday at 8pm")
    assert (answer.status, len(desk.rows)) == ("success", 2)


def test_a_second_order_about_what_is_called_the_same_was_taken_as_well() -> None:
    booked = [{"title": "Yoga", "date": day, "time": "6pm"} for day in ("Monday", "Tuesday")]
    cancels = [{"operation": "cancel", "title": "yoga", "date": day} for day in ("Monday", "Tuesday")]
    desk = asking(spans(*booked), spans(*cancels))
    desk.send("Yoga on Monday at 6pm, Yoga on Tuesday at 6pm")
    answer = desk.send("Cancel yoga on Monday and cancel yoga on Tuesday")
    assert (answer.status, desk.rows) == ("success", [])


@pytest.mark.parametrize(
    ("text", "done"),
    [
        ("Dinner with Ben on Friday at 7pm and cancel yoga", "needs_clarification"),
        ("I'm sick on Friday, cancel my call", "needs_clarification"),
        ("Call the bank tomorrow at 3pm and cancel the credit card", "success"),
    ],
)
def test_a_booking_text_that_changes_an_event_as_well_is_asked_about(
    desk: Desk, text: str, done: str
) -> None:
    assert desk.send(text).status == done


@pytest.mark.parametrize(
    "text",
    [
        "Prepone yoga on Monday at 5pm",
        "Can't do yoga on Tuesday at 6pm",
        "No yoga on Monday at 6pm",
        "Yoga now 7pm",
        "Yoga to 7pm",
        "The yoga on Tuesday is now at 7pm",
        "Yoga on Monday at 6pm needs to move to Tuesday at 7pm",
        "Set the yoga to Wednesday at 2pm",
        "Remove dentist Friday 4pm",
        "Skip dentist Friday 4pm",
        "I can't do the dentist on Friday at 4pm",
        "Make the dentist on Tuesday at 10am",
        "Actually, yoga on Tuesday at 6pm",
    ],
)
def test_the_name_of_an_event_with_words_of_change_is_no_new_one(desk: Desk, text: str) -> None:
    answer = desk.send(text)
    assert (answer.status, len(desk.rows)) == ("needs_clarification", 3)


@pytest.mark.parametrize("text", ["Make that 4pm", "Sorry, 4pm", "Can't do Thursday at 2pm"])
def test_the_rest_of_an_order_is_no_name(text: str) -> None:
    [question] = Desk().send(text).clarifications
    assert question.field == "title"


def test_nothing_is_moved_into_the_past_without_a_question(desk: Desk) -> None:
    answer = desk.send("Move lunch with Anna two days earlier")
    assert (answer.status, answer.clarifications[0].field) == ("needs_clarification", "time")


def test_a_move_into_a_series_is_asked_about(desk: Desk) -> None:
    assert "other days" in desk.send("Move yoga to Tuesdays").clarifications[0].question


def test_what_cannot_be_changed_is_said(desk: Desk) -> None:
    answer = desk.send("Invite Ben to lunch with Anna tomorrow at noon")
    assert "cannot be changed here, only its time" in answer.response_text


@pytest.mark.parametrize(
    "text",
    [
        "Yoga on Tuesday at 6pm",
        "Hot yoga on Tuesday at 6pm",
        "Dentist for Leo on Friday at 4pm",
        "Update the website on Friday at 3pm",
        "Drop Mia at the dentist on Friday at 2:30pm",
        "Make soup on Friday at 5pm",
        "Make lunch on Friday at noon",
        "Make-up on Friday at 8am",
        "'Prepone yoga' on Friday at 5pm",
    ],
)
def test_other_names_and_chores_are_booked(desk: Desk, text: str) -> None:
    assert desk.send(text).response_text == BOOKED


def test_what_only_says_when_is_no_part_of_a_name(desk: Desk) -> None:
    cancel = {"operation": "cancel", "title": "tomorrow's noon lunch", "date": "tomorrow", "time": "noon"}
    asked = replace(asking(spans(cancel)), store=desk.store)
    assert asked.send("Cancel tomorrow's noon lunch").status == "success"
