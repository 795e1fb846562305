"""Requests no sensible caller sends: refused with a reason, or answered, and never an error of ours."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from tests.unit.calendar.desk import Desk
from tests.unit.calendar.world import request

LUNCH = "Lunch tomorrow at noon"


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00:00+14:00", "1899-12-31T00:00:00Z", "9999-12-31T23:59:59-12:00"]
)
def test_a_time_stamp_of_another_age_is_refused(moment: object) -> None:
    with pytest.raises(ValidationError, match="1900 to 8999"):
        request(LUNCH, timestamp=moment)


@pytest.mark.parametrize("field", ["user_id", "user_name", "user_email", "location"])
def test_a_character_that_no_table_stores_is_refused(field: str) -> None:
    with pytest.raises(ValidationError, match=r"U\+0000"):
        request(LUNCH, **{field: "a\0b"})
    with pytest.raises(ValidationError, match=r"U\+0000"):
        request(LUNCH, user_mentions=[{"user_id": "a\0b"}])
    with pytest.raises(ValidationError, match=r"U\+0000"):
        request("Lunch\0 tomorrow at noon")


def test_a_zone_that_is_longer_than_any_is_not_even_looked_up() -> None:
    with pytest.raises(ValidationError, match="no IANA time zone"):
        request(LUNCH, timezone="Europe/" + "B" * 100_000)


@pytest.mark.parametrize(
    "text",
    [
        "Dinner on 0001-01-01 at 7pm",
        "Dinner on 9999-12-30 at 7pm",
        "Jog Saturdays from 9999-12-31",
        "Dinner every 9900 years at 7pm",
        "Cancel dinner on 0001-01-01",
        "Cancel dinner on 9999-12-31",
        "Move dinner to 9999-12-31",
        "What do I have on 9999-12-31?",
    ],
)
@pytest.mark.parametrize("zone", [None, "Asia/Tokyo", "America/New_York"])
def test_the_ends_of_time_are_answered(text: str, zone: str | None) -> None:
    desk = Desk()
    desk.send("Dinner tomorrow at 7pm")
    assert desk.send(text, timezone=zone).status in {"success", "error", "needs_clarification"}
    assert len(desk.rows) <= 2


def test_who_has_no_name_is_called_by_address_or_id() -> None:
    others = [{"user_id": "user-123"}, {"user_id": "b"}, {"user_id": "c", "user_email": "c@example.com"}]
    [event] = Desk().send(LUNCH, user_mentions=others).events
    assert event.participants == ["John Doe", "b", "c@example.com"]
    [event] = Desk().send(LUNCH, user_name="", user_mentions=[others[0] | {"user_name": "Me"}]).events
    assert event.participants == ["Me"]
