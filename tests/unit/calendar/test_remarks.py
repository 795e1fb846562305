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


@pytest.mark.parametrize(
    "text",
    [
        "Shall we go to the gym on Friday at 4pm?",
        "Should I, after work, go to the gym on Friday at 4pm?",
        "Love the gym. Should I go to the gym on Friday at 4pm?",
        "Maybe I should go to the gym on Friday at 4pm",
        "What if I went to the gym on Friday at 4pm",
        "Any chance of gym on Friday at 4pm",
        "There's no gym on Friday at 4pm",
        "Not gym on Friday at 4pm",
        "Forget about the gym on Friday at 4pm",
        "The gym on Friday at 4pm fell through",
        "The gym on Friday at 4pm is not gonna happen",
        "I used to have gym on Friday at 4pm",
        "I'd rather not do gym on Friday at 4pm",
        "I ain't going to the gym on Friday at 4pm",
        "Thanks! What about, is the gym on Friday at 4pm?",
        "Quick question: do I have gym on Friday at 4pm?",
        "I have gym on Friday at 4pm, right?",
        "Let me know if gym is on Friday at 4pm",
    ],
)
def test_what_is_no_plan_books_nothing(text: str) -> None:
    found = resolved(text, {"title": "gym", "date": "Friday", "time": "4pm"})
    assert not found.bookings
    assert [question.field for question in found.clarifications] == ["content"]


@pytest.mark.parametrize(
    ("text", "title", "date"),
    [
        ("Happy Friday!", "Happy Friday", "Friday"),
        ("Have a nice Friday", "nice Friday", "Friday"),
        ("Enjoy your Friday", "Enjoy your", "Friday"),
        ("Looking forward to Friday", "Looking forward to", "Friday"),
        ("Great job yesterday", "Great job", "yesterday"),
        ("Good night, see you tomorrow", "Good night", "tomorrow"),
        ("That's it for today", "That's it", "today"),
        ("Check my calendar for Friday", "Check my calendar", "Friday"),
    ],
)
def test_small_talk_is_no_event(text: str, title: str, date: str) -> None:
    assert not resolved(text, {"title": title, "date": date}).bookings


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Am 2025-07-30 um 15:00 Zahnarzt", "Zahnarzt"),
        ("Was wichtig ist: Zahnarzt 2025-07-30 15:00", "Zahnarzt"),
        ("No olvides dentista 2025-07-30 15:00", "dentista"),
        ("No Country for Old Men on 2025-07-30 at 15:00", "No Country for Old Men"),
        ("What's New in Python talk on 2025-07-30 at 15:00", "What's New in Python talk"),
        ("Are You Being Served rehearsal on 2025-07-30 at 15:00", "Are You Being Served rehearsal"),
        ("Great job interview on 2025-07-30 at 15:00", "Great job interview"),
        ("Happy hour on 2025-07-30 at 15:00", "Happy hour"),
    ],
)
def test_other_languages_and_names_in_capitals_are_no_english_remarks(text: str, title: str) -> None:
    found = resolved(text, {"title": title, "date": "2025-07-30", "time": "15:00"})
    assert not found.clarifications
    assert found.bookings


def test_a_length_in_another_language_corrects_nothing() -> None:
    spans = {"title": "Zahnarzt", "date": "2025-07-30", "time": "15:00", "duration": "2 Stunden"}
    asking = asked(resolved("Zahnarzt 2025-07-30 15:00, er 2 Stunden", spans))
    assert not any(words and words.startswith("er") for _, words in asking)


def test_of_two_events_one_may_be_told_of_as_cancelled() -> None:
    lunch = {"title": "Lunch", "date": "Thursday", "time": "1pm"}
    gym = {"title": "gym", "date": "Friday", "time": "4pm"}
    found = resolved("Lunch on Thursday at 1pm, gym on Friday at 4pm is cancelled", lunch, gym)
    assert [booking.title for booking in found.bookings] == ["Lunch"]
    assert asked(found) == [("content", "is cancelled")]
