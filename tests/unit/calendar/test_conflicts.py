"""Events that meet others, and the free times that are offered instead."""

from __future__ import annotations

from datetime import datetime

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.calendar.conflicts import Busy, report
from orchestrator.calendar.models import ConflictReport
from orchestrator.calendar.resolve import reference_of
from tests.unit.calendar.world import booked, request


def busy(start: str, end: str, title: str = "taken", *, all_day: bool = False) -> Busy:
    return Busy(datetime.fromisoformat(start), datetime.fromisoformat(end), title, all_day)


def conflict(words: str, *taken: Busy) -> ConflictReport | None:
    return report(0, booked(words).when, taken, reference_of(request(words)))


def starts(found: ConflictReport | None) -> list[str]:
    assert found
    return [slot.start_time.isoformat(timespec="minutes") for slot in found.alternatives]


def test_an_event_that_only_touches_another_does_not_meet_it() -> None:
    before = busy("2025-07-24T14:00+00:00", "2025-07-24T15:00+00:00")
    after = busy("2025-07-24T16:00+00:00", "2025-07-24T17:00+00:00")
    assert conflict("Review tomorrow at 3pm", before, after) is None


def test_three_free_times_of_the_same_length_are_offered_the_nearest_first() -> None:
    found = conflict(
        "Review tomorrow at 3pm", busy("2025-07-24T15:30+00:00", "2025-07-24T16:00+00:00", "Call")
    )
    assert found
    assert found.with_events == ["Call"]
    assert starts(found) == ["2025-07-24T14:30+00:00", "2025-07-24T14:15+00:00", "2025-07-24T16:00+00:00"]


def test_a_full_day_leads_to_the_same_hour_of_the_days_after() -> None:
    full = busy("2025-07-24T00:00+00:00", "2025-07-25T00:00+00:00")
    assert starts(conflict("Review tomorrow at 3pm", full)) == [
        "2025-07-25T15:00+00:00",
        "2025-07-26T15:00+00:00",
        "2025-07-27T15:00+00:00",
    ]


def test_the_instances_of_a_series_meet_others_too() -> None:
    found = conflict("Standup every Monday at 9am", busy("2025-08-04T09:30+00:00", "2025-08-04T10:00+00:00"))
    assert found is not None


def test_of_a_series_all_times_are_free_in_what_is_offered() -> None:
    found = conflict(
        "Yoga every Tuesday and Thursday at 6pm", busy("2025-07-31T18:00+00:00", "2025-07-31T19:30+00:00")
    )
    assert starts(found) == ["2025-07-24T17:00+00:00", "2025-07-24T16:45+00:00", "2025-07-24T16:30+00:00"]


def test_whole_days_meet_only_whole_days() -> None:
    meeting = busy("2025-08-04T09:30+00:00", "2025-08-04T10:00+00:00")
    holiday = busy("2025-08-04T00:00+00:00", "2025-08-05T00:00+00:00", all_day=True)
    assert conflict("Vacation from August 1 to August 8", meeting) is None
    assert starts(conflict("Vacation from August 1 to August 8", holiday))[0] == "2025-08-05T00:00+00:00"


def test_nothing_is_offered_that_is_over_already() -> None:
    taken = busy("2025-07-23T19:00+00:00", "2025-07-23T20:00+00:00")
    assert all(start >= "2025-07-23T18:30" for start in starts(conflict("Call Bob today at 7pm", taken)))


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(1, 12)), max_size=20))
def test_every_alternative_is_free(stretches: list[tuple[int, int]]) -> None:
    first = datetime.fromisoformat("2025-07-24T06:00+00:00")
    step = first - datetime.fromisoformat("2025-07-24T05:45+00:00")
    taken = [Busy(first + begin * step, first + (begin + length) * step) for begin, length in stretches]
    found = conflict("Review tomorrow at 3pm", *taken)
    for slot in found.alternatives if found else []:
        assert not any(other.start < slot.end_time and slot.start_time < other.end for other in taken)
