"""What holds for every sentence the rules can build."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.calendar.grammar.reader import understand
from orchestrator.calendar.outcomes import Outcome
from tests.unit.calendar.world import request, resolved

DATES = st.sampled_from(
    (
        *("today", "tomorrow", "Friday", "next Tuesday", "July 4", "29 February", "in 3 days", "the 31st"),
        *(
            "2026-03-29",
            "the last Friday of the month",
            "in a month",
            "a week from Monday",
            "March 9",
            "Oct 26",
        ),
    )
)
TIMES = st.sampled_from(
    [
        "9",
        "noon",
        "12am",
        "2:30am",
        "11:45 PM",
        "14:30",
        "2 to 4pm",
        "10pm to 2am",
        "half past 3",
        "1:30",
        "7",
    ]
)
LENGTHS = st.sampled_from([None, "30 minutes", "an hour and a half", "3 hours", "1 hour"])
SERIES = st.sampled_from(
    [None, None, "every day", "every Monday", "every month on the 31st", "every weekday"]
)
ZONES = st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Sydney", "Europe/London", "UTC"])
MOMENTS = st.datetimes(datetime(2025, 1, 1), datetime(2028, 12, 31), timezones=st.just(UTC))
OFFSETS = st.integers(-12 * 4, 14 * 4).map(lambda quarters: timedelta(minutes=15 * quarters))


def outcome(
    date: str, clock: str, length: str | None, series: str | None, now: datetime, zone: str | None
) -> Outcome:
    spans = {"title": "Audit", "date": date, "time": clock, "duration": length, "recurrence": series}
    return resolved(" ".join(filter(None, spans.values())), spans, timestamp=now.isoformat(), timezone=zone)


@settings(max_examples=200, deadline=None)
@given(DATES, TIMES, LENGTHS, SERIES, MOMENTS, ZONES)
def test_events_end_after_they_start_and_no_time_is_naive(
    date: str, clock: str, length: str | None, series: str | None, now: datetime, zone: str
) -> None:
    found = outcome(date, clock, length, series, now, zone)
    for when in (booking.when for booking in found.bookings):
        assert when.start.utcoffset() is not None
        assert when.start.astimezone(UTC) < when.end.astimezone(UTC)
        assert all(moment.utcoffset() is not None for moment in when.instances)
        assert list(when.instances) == sorted(when.instances, key=lambda moment: moment.astimezone(UTC))
    for reading in (reading for question in found.clarifications for reading in question.readings):
        assert reading.start_time is None or reading.start_time.utcoffset() is not None


@settings(max_examples=150, deadline=None)
@given(DATES, TIMES, LENGTHS, SERIES, MOMENTS, OFFSETS)
def test_the_same_phrase_at_another_offset_shifts_by_exactly_the_difference(
    date: str, clock: str, length: str | None, series: str | None, now: datetime, offset: timedelta
) -> None:
    here = outcome(date, clock, length, series, now, None)
    there = outcome(date, clock, length, series, now.replace(tzinfo=timezone(offset)), None)
    assert len(here.bookings) == len(there.bookings)
    for one, other in zip(here.bookings, there.bookings, strict=True):
        assert one.when.start - other.when.start == offset
        assert one.when.end - other.when.end == offset
        assert [a - b for a, b in zip(one.when.instances, other.when.instances, strict=True)] == [
            offset
        ] * len(one.when.instances)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(["every day", "every Monday", "every other Friday", "every month on the 31st"]),
    MOMENTS,
    ZONES,
)
def test_a_rule_is_one_that_dateutil_reads_and_begins_with_the_first_instance(
    series: str, now: datetime, zone: str
) -> None:
    spans = {"title": "Audit", "time": "9am", "recurrence": series}
    found = resolved(f"Audit {series} 9am", spans, timestamp=now.isoformat(), timezone=zone)
    [when] = [booking.when for booking in found.bookings]
    assert when.rrule
    walls = rrulestr(when.rrule, dtstart=when.start.replace(tzinfo=None))
    assert [moment.replace(tzinfo=None) for moment in when.instances] == list(walls[:5])
    assert when.instances[0] == when.start
    assert when.start >= now


@settings(max_examples=300, deadline=None)
@given(st.text(st.characters(exclude_characters="\0", codec="utf-8"), max_size=80))
def test_any_text_is_an_answer_or_a_question_and_never_a_crash(text: str) -> None:
    if text.strip():
        found = understand(request(text))
        assert found.degraded
        assert found.bookings or found.changes or found.clarifications or found.refused


HEAP = """
lunch meeting call every next tomorrow friday at 9 3pm noon - to from until for 2 hours in 5 days the
31st of june feb 29 @bob 'x' and , ; . utc est 12/13 99:99 week midnight or not cancel move by $5
what - ist 0 a half past last
"""
WORDS = st.sampled_from(HEAP.split())


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=12))
def test_any_heap_of_the_words_it_knows_is_an_answer_or_a_question(words: list[str]) -> None:
    found = understand(request(" ".join(words)))
    assert found.bookings or found.changes or found.clarifications or found.refused
