"""The golden table: its rows, and what an outcome comes to in the table's own notation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from orchestrator.calendar.models import CalendarRequest
from orchestrator.calendar.outcomes import Change, Outcome, When
from orchestrator.calendar.phrases.zones import iana, of_instant
from orchestrator.calendar.spans import EventSpans, Extraction

TABLE = Path(__file__).with_name("golden.txt")
OPERATIONS = {"cancel": "cancel", "query": "query", "move": "reschedule"}


@dataclass
class Row:
    line: int
    text: str
    expected: str
    request: CalendarRequest
    spans: list[dict[str, object]] = field(default_factory=list[dict[str, object]])

    @property
    def id(self) -> str:
        return f"{self.line}: {self.text}"

    @property
    def text_only(self) -> bool:
        return self.expected == "?"

    @property
    def extraction(self) -> Extraction:
        operation = OPERATIONS.get(self.expected.split(" ")[0], "create")
        if self.text.startswith("Postpone"):
            operation = "reschedule"
        return Extraction(events=[EventSpans(operation=operation, **spans) for spans in self.spans])  # type: ignore[arg-type]


def rows() -> Iterator[Row]:
    now, zone, locale = "", None, None
    for number, line in enumerate(TABLE.read_text().splitlines(), 1):
        if line.startswith("@ "):
            now, zone, locale = ([*line[2:].split(" "), None, None])[:3]
            zone = None if zone == "-" else zone
        elif line and not line.startswith("#"):
            marked, _, expected = line.partition(" => ")
            yield _row(
                number, marked if expected else line.removesuffix(" =>"), expected, now or "", zone, locale
            )


def _row(number: int, marked: str, expected: str, now: str, zone: str | None, locale: str | None) -> Row:
    text, spans = _unmark(marked)
    request = CalendarRequest.model_validate(
        {
            "content": text,
            "user_id": "user-123",
            "user_name": "John Doe",
            "user_email": "john@example.com",
            "timestamp": now,
            "timezone": zone,
            "locale": locale,
        }
    )
    return Row(number, text, expected, request, spans)


def _unmark(marked: str) -> tuple[str, list[dict[str, object]]]:
    """Return the bare text and the spans of each event, nested marks included."""
    text, open_marks, events = "", list[tuple[str, str, int]](), dict[int, dict[str, object]]()
    for token in re.split(r"(\{[a-z_]+(?:/\d+)?:|\})", marked):
        if match := re.fullmatch(r"\{([a-z_]+)(?:/(\d+))?:", token):
            open_marks.append((match[1], match[2] or "1", len(text)))
        elif token == "}":
            name, numbers, start = open_marks.pop()
            for index in map(int, numbers):
                spans = events.setdefault(index, {})
                if name == "mentions":
                    spans[name] = [*spans.get(name, []), text[start:]]  # type: ignore[misc]
                else:
                    spans[name] = text[start:]
        else:
            text += token
    return text, [events[index] for index in sorted(events)]


def written(outcome: Outcome) -> str:
    """Return an outcome as the table writes it."""
    if outcome.clarifications:
        return f"? {outcome.clarifications[0].field}"
    if outcome.refused:
        return "!"
    return " & ".join(
        [*(_when(booking.when) for booking in outcome.bookings), *map(_change, outcome.changes)]
    )


def written_event(event: dict[str, Any]) -> str:
    """Return an event of the API's answer as the table writes it."""
    start, end = (datetime.fromisoformat(event[name]) for name in ("start_time", "end_time"))
    zone = iana(event["timezone"]) or of_instant(start)
    return _when(When(start, end, zone, event["all_day"], event["recurrence"]))


def _when(when: When) -> str:
    rule = f" {when.rrule}" if when.rrule else ""
    if when.all_day:
        first, last = when.start.date(), (when.end - timedelta(hours=12)).date()
        return f"{first}{rule}" if first == last else f"{first}..{last}{rule}"
    same = when.start.date() == when.end.date() and when.start.utcoffset() == when.end.utcoffset()
    return f"{_moment(when.start)}/{f'{when.end:%H:%M}' if same else _moment(when.end)}{rule}"


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="minutes")


def _change(change: Change) -> str:
    if change.operation == "reschedule":
        if change.shift is not None:
            return f"move {int(change.shift.total_seconds() // 60):+d}"
        assert change.when
        return f"move {change.when.start.date() if change.when.all_day else _moment(change.when.start)}"
    target = change.target
    if target.since is None or target.until is None:
        return change.operation
    first, last = target.since.date(), (target.until - timedelta(hours=12)).date()
    if target.clock and change.operation == "cancel":
        return f"cancel {_moment(datetime.combine(first, target.clock, tzinfo=target.zone.tz))}"
    return f"{change.operation} {first}" if first == last else f"{change.operation} {first}..{last}"
