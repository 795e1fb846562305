"""When a delivery is tried again."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.config.groups import Webhooks
from orchestrator.webhooks.schedule import JITTER, LONGEST_WISH, Schedule

WAITS = st.lists(st.floats(0, 90_000), min_size=1, max_size=12).map(tuple)
TRIES = st.integers(1, 25)
WISHES = st.none() | st.floats(0, 1e7)
CHANCES = st.floats(0, 1, exclude_max=True)


def middle() -> float:
    """The chance that leaves a wait as it is."""
    return 0.5


def test_the_default_waits_follow_the_documented_schedule() -> None:
    settings = Webhooks.load({})
    schedule = Schedule.parse(settings.retry_schedule, settings.max_retries)
    assert [schedule.wait(tries, None, middle) for tries in (1, 2, 3, 4)] == [5, 300, 1800, None]


def test_the_last_wait_repeats_when_there_are_more_retries_than_waits() -> None:
    schedule = Schedule.parse("1,2.5", 5)
    assert [schedule.wait(tries, None, middle) for tries in range(1, 7)] == [1, 2.5, 2.5, 2.5, 2.5, None]


def test_without_retries_the_first_try_is_the_last() -> None:
    assert Schedule((5,), 0).wait(1, 60, middle) is None
    assert Schedule((5,), 0).longest() == 0


@given(WAITS, TRIES, CHANCES)
def test_a_wait_is_within_its_jitter(waits: tuple[float, ...], tries: int, chance: float) -> None:
    wait = Schedule(waits, 99).wait(tries, None, lambda: chance)
    planned = waits[min(tries, len(waits)) - 1]
    assert wait is not None
    assert planned * (1 - JITTER) - 1e-6 <= wait <= planned * (1 + JITTER) + 1e-6


@given(WAITS, TRIES, WISHES, CHANCES)
def test_a_receiver_is_never_tried_earlier_than_it_asked_up_to_a_day(
    waits: tuple[float, ...], tries: int, wish: float | None, chance: float
) -> None:
    schedule = Schedule(waits, 99)
    wait, unasked = (schedule.wait(tries, asked, lambda: chance) for asked in (wish, None))
    assert wait is not None
    assert unasked is not None
    assert min(wish or 0, LONGEST_WISH) <= wait <= max(unasked, LONGEST_WISH * (1 + JITTER))
    assert wait >= unasked


@given(WAITS, st.integers(0, 20), st.randoms(use_true_random=False))
def test_a_round_takes_no_longer_than_its_longest(
    waits: tuple[float, ...], retries: int, chance: random.Random
) -> None:
    schedule = Schedule(waits, retries)
    taken, tries = 0.0, 1
    while (wait := schedule.wait(tries, None, chance.random)) is not None:
        taken, tries = taken + wait, tries + 1
    assert tries == retries + 1
    assert taken <= schedule.longest() + 1e-6


def test_what_failed_together_does_not_come_back_together() -> None:
    schedule = Schedule((300,), 3)
    chance = random.Random(7)
    waits = [schedule.wait(1, 600, chance.random) or 0 for _ in range(200)]
    assert len({round(wait) for wait in waits}) > 50
    assert min(waits) >= 600


@pytest.mark.parametrize("text", ["5", "1,1", "5,300,1800", "0.5,2"])
def test_a_schedule_is_read_from_its_setting(text: str) -> None:
    assert Schedule.parse(Webhooks.load({"WEBHOOK_RETRY_SCHEDULE": text}).retry_schedule, 3).waits == tuple(
        float(wait) for wait in text.split(",")
    )
