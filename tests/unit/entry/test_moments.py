from datetime import UTC, datetime, timedelta

import pytest
from pydantic import TypeAdapter, ValidationError

from orchestrator.entry.moments import Moment

READER: TypeAdapter[datetime] = TypeAdapter(Moment)
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-20T12:00:00Z",
        "2026-11-20T13:00:00+01:00",
        "2026-11-20T13:00:00 01:00",  # a plus that nobody escaped
        "2026-11-20T13:00:00.000 0100",
        "2026-11-20T12:00:00",
        "2026-11-20 12:00:00",
        "2026-11-20 12:00",
    ],
)
def test_a_moment_is_read_as_it_was_meant(text: str) -> None:
    read = READER.validate_python(text)
    assert (read, read.tzinfo is not None) == (NOON, True)


def test_a_day_begins_in_utc() -> None:
    assert READER.validate_python("2026-11-20") == NOON - timedelta(hours=12)


@pytest.mark.parametrize("text", ["", "yesterday", "2026-11-20T12:00:00 99:00", "12:00 01:00"])
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        READER.validate_python(text)
