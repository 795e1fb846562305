"""What resolving a text yields: settled events, changes to events that exist, questions, refusals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Literal

from orchestrator.calendar.models import Category, Clarification, Explanation, Operation, Priority
from orchestrator.calendar.people import People
from orchestrator.calendar.phrases.money import Money
from orchestrator.calendar.phrases.zones import Zone


@dataclass(frozen=True, slots=True)
class When:
    """When an event is, in its own zone. An all-day event ends at the midnight after its last day.

    `assumed` names the fields that the words left open and a rule settled.
    """

    start: datetime
    end: datetime
    zone: Zone
    all_day: bool = False
    rrule: str | None = None
    instances: tuple[datetime, ...] = ()
    assumed: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """What tells two readings apart."""
        return self.start, self.end, self.all_day, self.rrule


class Unclear(Exception):
    """The words leave several readings, or none: what to ask, and what they could mean, best first."""

    def __init__(self, field: str, words: str | None, question: str, readings: Sequence[When] = ()) -> None:
        """Keep the field in doubt, its words, the question and the readings."""
        super().__init__(question)
        self.field = field
        self.words = words
        self.question = question
        self.readings = tuple(readings)


@dataclass(frozen=True, slots=True)
class Booking:
    """An event that can be written as it stands; `index` is its place in the text."""

    title: str
    description: str
    when: When
    place: str | None
    people: People
    money: Money | None
    category: Category
    priority: Priority
    assumed: tuple[str, ...] = ()
    index: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """Words that point at an event that exists: some of its title, the days it is on, its clock in `zone`."""

    title: str | None
    zone: Zone
    since: datetime | None = None
    until: datetime | None = None
    clock: time | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A reschedule, cancel or query. A reschedule has a new time, a shift, or a day or clock alone.

    `keeps` says what the found event keeps of its own when only the rest was named; `weekday` that its new
    day was told as a weekday alone, which comes again each week.
    """

    operation: Operation
    target: Target
    when: When | None = None
    shift: timedelta | None = None
    keeps: Literal["nothing", "time", "date"] = "nothing"
    new_length: bool = False
    weekday: bool = False
    index: int = 0


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that cannot be: why, in words for the caller."""

    event: int
    title: str
    error: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """All of a text. `ready`: nothing is left to ask, so that it can be written.

    `operation` is what the text asks for; one that books anything books.
    """

    bookings: tuple[Booking, ...] = ()
    changes: tuple[Change, ...] = ()
    clarifications: tuple[Clarification, ...] = ()
    refused: tuple[Refused, ...] = ()
    explanations: tuple[Explanation, ...] = ()
    degraded: bool = False
    operation: Operation = "create"

    @property
    def ready(self) -> bool:
        """Whether the text was understood whole; a half-understood one books nothing, or twice later on."""
        return not self.clarifications and bool(self.bookings or self.changes)
