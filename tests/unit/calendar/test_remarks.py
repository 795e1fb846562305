"""What books nothing whoever has found its words: corrections, questions, absences, names that are none."""

from __future__ import annotations

import pytest

from orchestrator.calendar.outcomes import Outcome
from tests.unit.calendar.world import booked, resolved


def asked(outcome: Outcome) -> list[tuple[str, str | None]]:
    return [(question.field, question.words) for question in outcome.clarifications]


def test_the_old_hour_is_not_booked_alone() -> None:
    spans = {"title": "Meeting with Sam", "date": "tomorrow", "time": "3pm"}
    found = resolved("Meeting with Sam tomorrow at 3pm, no, 4pm", spans)
    assert asked(found) == [("time", "no, 4pm")]
    assert not found.ready


def test_the_new_hour_is_booked_where_it_alone_was_copied() -> None:
    spans = {"title": "Meeting with Sam", "date": "tomorrow", "time": "4pm"}
    [booking] = resolved("Meeting with Sam tomorrow at 3pm, no, 4pm", spans).bookings
    assert booking.when.start.hour == 16


def test_nor_is_the_new_one_where_an_event_is_moved() -> None:
    spans = {"operation": "reschedule", "title": "Meeting", "time": "3pm"}
    assert asked(resolved("Move the meeting to 3pm. Sorry, 4pm", spans)) == [("time", "Sorry, 4pm")]


@pytest.mark.parametrize("title", ["No", "Sorry", "I mean", "Better", "Scratch that", "Both", "Would be"])
def test_a_name_that_names_nothing_is_no_event(title: str) -> None:
    found = resolved(f"Gym, {title} tomorrow at 4pm", {"title": title, "date": "tomorrow", "time": "4pm"})
    assert asked(found) == [("title", title)]


def test_a_name_in_quotes_is_one() -> None:
    found = resolved("Book 'No' tomorrow at 4pm", {"title": "No", "date": "tomorrow", "time": "4pm"})
    assert [booking.title for booking in found.bookings] == ["No"]


@pytest.mark.parametrize(
    "text",
    [
        "Should I book the dentist on Friday at 4pm?",
        "Is Friday at 4pm ok for the dentist?",
        "Can the dentist be on Friday at 4pm?",
        "You paid the dentist on Friday at 4pm",
        "I'll be late for the dentist on Friday, 4pm",
        "Would Friday at 4pm work for the dentist?",
        "Do we have the dentist on Friday at 4pm?",
        "Where is the dentist on Friday at 4pm?",
        "Does the dentist on Friday at 4pm clash?",
        "Anything at the dentist on Friday at 4pm?",
        "I wish I had the dentist on Friday at 4pm",
        "I missed the dentist on Friday at 4pm",
        "I won't be at the dentist on Friday at 4pm",
        "no dentist on Friday at 4pm",
        "The dentist on Friday at 4pm is off",
    ],
)
def test_a_remark_books_nothing_though_a_model_has_copied_a_day_and_an_hour(text: str) -> None:
    found = resolved(text, {"title": "dentist", "date": "Friday", "time": "4pm"})
    assert not found.bookings
    assert [question.field for question in found.clarifications] == ["content"]


def test_what_is_said_of_both_has_to_stand_with_both() -> None:
    text = "Yoga on Monday at 6pm and pilates on Tuesday at 6pm, both at Studio Blau"
    yoga = {"title": "Yoga", "date": "Monday", "time": "6pm"}
    pilates = {"title": "pilates", "date": "Tuesday", "time": "6pm"}
    at = {"place": "Studio Blau"}
    assert asked(resolved(text, yoga, pilates | at)) == [("content", "both at Studio Blau")]
    assert len(resolved(text, yoga | at, pilates | at).bookings) == 2


def test_who_follows_somebody_is_met_for_the_same_thing() -> None:
    text = "Interview with Li tomorrow at 2pm and with Cho at 3pm"
    spans = [
        {"title": f"{kind}with {who}", "date": "tomorrow", "time": at}
        for kind, who, at in (("Interview ", "Li", "2pm"), ("", "Cho", "3pm"))
    ]
    assert [one.title for one in resolved(text, *spans).bookings] == [
        "Interview with Li",
        "Interview with Cho",
    ]


def test_the_last_thing_of_a_day_is_not_dropped() -> None:
    gym = {"title": "Gym", "date": "Friday", "time": "7am"}
    assert asked(resolved("Gym Friday 7am, then drinks", gym)) == [("time", "drinks")]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("lunch friday 1pm with Kim", "Lunch with Kim"),
        ("lunch friday 1pm with @Kim, outside", "Lunch with Kim"),
        ("appointment friday 10am with Dr. Weber", "Appointment with Dr. Weber"),
        ("swimming saturday 10am for Mia", "Swimming for Mia"),
        ("call friday 10am about the invoice", "Call about the invoice"),
        ("pick up tomorrow 4pm Leo from school", "Pick up Leo from school"),
        ("call friday mom at 5pm", "Call mom"),
        ("Board retreat friday 10am with the investors", "Board retreat"),
    ],
)
def test_what_says_only_what_kind_of_thing_it_is_is_called_by_its_people_too(text: str, title: str) -> None:
    assert booked(text).title == title
