"""Scheduler expressions, against times worked out by hand from the AWS documentation."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.errors import RunnerError
from infra.local.triggers.cron import next_fire

FRIDAY = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone", "expected"),
    [
        ("cron(0 7 * * ? *)", "Europe/Paris", "2026-11-21T06:00:00"),
        ("cron(0/15 8-17 ? * MON-FRI *)", "America/New_York", "2026-11-20T21:15:00"),
        ("cron(0 9 ? * 2#1 *)", "UTC", "2026-12-07T09:00:00"),
        ("cron(0 18 L * ? *)", "UTC", "2026-11-30T18:00:00"),
        ("cron(30 6 ? * 2-6 *)", "UTC", "2026-11-23T06:30:00"),
        ("cron(0 9 ? * 6L *)", "UTC", "2026-11-27T09:00:00"),
        ("cron(0 0 ? * 1 *)", "UTC", "2026-11-22T00:00:00"),
        ("cron(0 0 1 1 ? 2028)", "UTC", "2028-01-01T00:00:00"),
        ("cron(0 0 1 1 ? 2020)", "UTC", None),
        ("rate(5 minutes)", "UTC", "2026-11-20T21:05:00"),
        ("rate(1 day)", "UTC", "2026-11-21T21:00:00"),
        ("at(2026-11-21T07:00:00)", "Europe/Paris", "2026-11-21T06:00:00"),
        ("at(2026-11-20T20:00:00)", "UTC", None),
    ],
)
def test_the_next_time_is_the_one_aws_documents(expression: str, zone: str, expected: str | None) -> None:
    found = next_fire(expression, zone, FRIDAY, FRIDAY)
    assert found == (datetime.fromisoformat(expected).replace(tzinfo=UTC) if expected else None)


@pytest.mark.parametrize(
    ("expression", "zone"),
    [
        ("every day", "UTC"),
        ("rate(0 minutes)", "UTC"),
        ("rate(x days)", "UTC"),
        ("rate(1 fortnight)", "UTC"),
        ("cron(0 7 * *)", "UTC"),
        ("cron(61 7 * * ? *)", "UTC"),
        ("at(tomorrow)", "UTC"),
        ("rate(1 day)", "Mars/Olympus"),
    ],
)
def test_a_wrong_expression_is_named(expression: str, zone: str) -> None:
    with pytest.raises(RunnerError) as refused:
        next_fire(expression, zone, FRIDAY, FRIDAY)
    assert repr(expression) in str(refused.value)


@given(st.integers(1, 500), st.sampled_from(["minutes", "hours", "days"]), st.integers(0, 10**7))
def test_rates_fire_on_their_grid_and_always_later(number: int, unit: str, passed: int) -> None:
    after = FRIDAY + timedelta(seconds=passed)
    found = next_fire(f"rate({number} {unit})", "UTC", after, FRIDAY)
    step = timedelta(**{unit: number})
    assert found is not None
    assert after < found <= after + step
    assert (found - FRIDAY) % step == timedelta()
