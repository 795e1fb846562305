"""What the events of a text meet: the user's others and each other, and which of them are refused for it.

Moves come before bookings, each in the text's order. With `refusing`, what is refused takes no time from
those after it, and the row of a refused move stays where it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.calendar.booking import within
from orchestrator.calendar.conflicts import Busy, report
from orchestrator.calendar.models import ConflictReport
from orchestrator.calendar.outcomes import When
from orchestrator.calendar.phrases.readings import Reference
from orchestrator.calendar.phrases.zones import like
from orchestrator.calendar.stored import Occurrence


@dataclass(frozen=True, slots=True)
class Wanted:
    """An event of the text at the time it is to have; `row` is the row that is to move there."""

    index: int
    title: str
    when: When
    row: str | None = None

    @property
    def times(self) -> list[Busy]:
        """The stretches it would take."""
        when = self.when
        return [
            Busy(
                start,
                like(start, when.start, when.end, when.zone, all_day=when.all_day),
                self.title,
                when.all_day,
            )
            for start in when.instances or (when.start,)
        ]


def met(
    wanted: Sequence[Wanted], there: Sequence[Occurrence], reference: Reference, *, refusing: bool
) -> dict[int, ConflictReport]:
    """Return what each event meets, with free times, by its place in the text."""
    staying = frozenset[str]()
    while True:
        found = _met(wanted, there, staying, reference, refusing=refusing)
        stuck = {one.row for one in wanted if one.row and one.index in found} if refusing else set[str]()
        if stuck <= staying:
            return found
        # Its old time is not free after all: whatever was to take it is looked at anew.
        staying |= stuck


def _met(
    wanted: Sequence[Wanted],
    there: Sequence[Occurrence],
    staying: frozenset[str],
    reference: Reference,
    *,
    refusing: bool,
) -> dict[int, ConflictReport]:
    going = {one.row for one in wanted if one.row} - staying
    taken = [(one.row.id, one.busy) for one in there if one.row.id not in going]
    found: dict[int, ConflictReport] = {}
    for one in wanted:
        busy = [stretch for row, stretch in taken if row != one.row or not row]
        others = [stretch for other in wanted if other is not one for stretch in other.times]
        if known := within(report(one.index, one.when, busy, reference, others), one.when):
            found[one.index] = known
        if not known or not refusing:
            taken += [("", stretch) for stretch in one.times]
    return found
