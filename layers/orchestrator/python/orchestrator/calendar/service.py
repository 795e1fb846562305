"""The use case behind `POST /api/v1/orchestrate/`: understand a text, look, write, and say what was done.

Nothing is written before everything is clear: one open question, and the whole text waits for its answer.
Then each event succeeds or fails alone.
"""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from orchestrator.calendar import answers
from orchestrator.calendar.agenda import Wanted, met
from orchestrator.calendar.answers import Answer, Notes
from orchestrator.calendar.asking import Reader, Understood
from orchestrator.calendar.booking import LOOKING, UNSEEN, Done, Planned, failed, look, rejected, write
from orchestrator.calendar.changing import Changes, Step
from orchestrator.calendar.doubles import hardly_new, suspicious, there
from orchestrator.calendar.events import address_warnings, event_of, external_id
from orchestrator.calendar.models import CalendarRequest, Clarification, ConflictReport
from orchestrator.calendar.orders import changes_too, second_changes
from orchestrator.calendar.outcomes import Outcome, Unclear, When
from orchestrator.calendar.ports import EventStore
from orchestrator.calendar.resolve import reference_of
from orchestrator.calendar.stored import Occurrence
from orchestrator.errors import InvalidInput
from orchestrator.idempotency import request_key

WRITING = 9.0
"""Seconds of the whole that the model must leave for the store."""

Stores = Callable[[str], EventStore]
"""Gives a tenant's store."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with who sent it; `key` is the caller's idempotency key.

    `token` is this one HTTP request's own: sent again without a key, a request is another one.
    """

    request: CalendarRequest
    tenant: str
    key: str | None = None
    token: str = field(default_factory=lambda: secrets.token_hex(16))

    @property
    def fingerprint(self) -> str:
        """What tells its body from others."""
        return request_key("calendar.orchestrate", self.request.model_dump(mode="json"))

    @property
    def origin(self) -> tuple[str, ...]:
        """What the ids of its events are made from.

        The body stands beside the key: a key whose record is gone may come back with another text, and its
        events must not pass for those of the first. They are the same ones if it says anew what to do about
        a conflict, as a refusal asks for, or for whom they are.
        """
        if self.key is None:
            return (self.tenant, self.request.user_id, "request", self.token)
        body = self.request.model_dump(mode="json", exclude={"on_conflict", "fanout"})
        return (self.tenant, self.request.user_id, "key", self.key, request_key("calendar.orchestrate", body))


class Calendar:
    """Books, moves, cancels and shows events."""

    def __init__(self, stores: Stores, reader: Reader) -> None:
        """Read nothing yet."""
        self._stores = stores
        self._reader = reader

    async def orchestrate(self, asked: Asked, seconds: float) -> Answer:
        """Do what the text asks for within `seconds`, or ask what it means.

        Raises:
            VendorError: the store, in which an event was to be looked for, refused or did not answer.
            NotConfigured: there is no store to look in.
        """
        deadline = asyncio.get_running_loop().time() + seconds
        understood = await self._reader.understand(asked.request, max(0.0, seconds - WRITING))
        notes = _notes(asked.request, understood)
        if understood.outcome.clarifications:
            return answers.unclear(understood.outcome.clarifications, notes)
        store = self._stores(asked.tenant)
        return await _Run(asked, understood.outcome, store, deadline, notes).answer()


class _Run:
    """One understood text on its way: what is asked and planned first, what is written then."""

    def __init__(
        self, asked: Asked, outcome: Outcome, store: EventStore, deadline: float, notes: Notes
    ) -> None:
        self._origin, self._request, self._outcome = asked.origin, asked.request, outcome
        self._store, self._deadline, self._notes = store, deadline, notes
        self._looking: float | None = deadline  # until when what is there may be looked at; None: in vain
        self._reference = reference_of(asked.request)
        self._changes = Changes(store, asked.request, self._reference, deadline)

    async def answer(self) -> Answer:
        """Return what became of the text."""
        steps, questions = await self._steps()
        questions += await self._doubts()
        if questions:
            return answers.unclear(questions, self._notes)
        found = [await self._changes.asked(one) for one in self._outcome.changes if one.operation == "query"]
        planned, conflicts = await self._planned(steps)
        self._notes = replace(self._notes, conflicts=list(conflicts.values()))
        refused = [*self._refused(), *self._rejected(steps, planned, conflicts)]
        out = {done.index for done in refused}
        steps = [step for step in steps if step.change.index not in out]
        steps = await self._changes.shared(steps)
        planned = [one for one in planned if one.index not in out]
        dry = self._request.dry_run
        written = self._previewed(steps, planned) if dry else await self._written(steps, planned)
        done = sorted([*found, *refused, *written], key=lambda one: one.index)
        return answers.settled(done, self._notes)

    async def _steps(self) -> tuple[list[Step], list[Clarification]]:
        """Find the rows that are to be changed; every doubt about one is a question."""
        steps, questions = list[Step](), list[Clarification]()
        for change in self._outcome.changes:
            if change.operation == "query":
                continue
            try:
                steps.append(await self._changes.plan(change))
            except Unclear as doubt:
                questions.append(
                    Clarification(
                        event=change.index, field=doubt.field, words=doubt.words, question=doubt.question
                    )
                )
        return steps, questions

    async def _doubts(self) -> list[Clarification]:
        """Ask about what the calendar tells to be no new event, or an order beside the new ones."""
        bookings, content = self._outcome.bookings, self._request.content
        suspects = [one for one in bookings if suspicious(one, content)]
        orders = [] if self._outcome.changes else [*second_changes([one.title for one in bookings], content)]
        if not suspects and not orders:
            return []
        own = {external_id(self._origin, one.index) for one in bookings}
        self._looking = asyncio.get_running_loop().time() + LOOKING
        rows = await self._changes.ahead()
        if rows is None:
            self._looking = None
            return []
        # A series is one thing, however often it takes place.
        first = {one.row.id: one for one in reversed(rows) if (one.row.external_id or "") not in own}
        known = [one.existing for one in first.values()][::-1]
        named, zone = there(known), self._reference.zone
        asked = [(one.index, one.title, hardly_new(one, content, named)) for one in suspects]
        asked += [(0, order, changes_too(order, what, known, zone)) for order, what in orders]
        return [
            Clarification(event=index, field="content", words=words, question=question)
            for index, words, question in asked
            if question
        ]

    async def _planned(self, steps: Sequence[Step]) -> tuple[list[Planned], dict[int, ConflictReport]]:
        """Return the bookings, and what they and the moved events meet, by their places in the text."""
        bookings, moving = self._outcome.bookings, [step for step in steps if step.moves]
        whens = [*(booking.when for booking in bookings), *(step.when for step in moving)]
        if not whens:
            return [], {}
        there, warnings = await self._looked(whens)
        self._notes = replace(self._notes, warnings=[*self._notes.warnings, *warnings])
        gone = {step.found.row.id for step in steps if not step.moves}
        events = [event_of(booking, self._request, self._origin) for booking in bookings]
        # Rows that are these very bookings, written by an earlier try, are in nobody's way.
        own = {event.external_id for event in events}
        there = [one for one in there if one.row.id not in gone and (one.row.external_id or "") not in own]
        wanted = [Wanted(one.change.index, one.found.row.title, one.when, one.found.row.id) for one in moving]
        wanted += [Wanted(one.index, one.title, one.when) for one in bookings]
        refusing = self._request.on_conflict == "reject"
        conflicts = met(wanted, there, self._reference, refusing=refusing)
        planned = [Planned(one.index, event) for one, event in zip(bookings, events, strict=True)]
        return planned, dict(sorted(conflicts.items()))

    async def _looked(self, whens: Sequence[When]) -> tuple[list[Occurrence], list[str]]:
        """Look at what is in the way while there is time for it, unless the first look was in vain."""
        if self._looking is None:
            return [], [UNSEEN]
        return await look(self._store, self._request.user_id, whens, min(self._deadline, self._looking))

    def _refused(self) -> list[Done]:
        return [failed(one.event, one.title, 422, InvalidInput(one.error)) for one in self._outcome.refused]

    def _rejected(
        self, steps: Sequence[Step], planned: Sequence[Planned], conflicts: Mapping[int, ConflictReport]
    ) -> list[Done]:
        if self._request.on_conflict == "book":
            return []
        titles = {step.change.index: step.found.row.title for step in steps}
        titles |= {one.index: one.event.title for one in planned}
        moved = {step.change.index for step in steps}
        return [
            replace(rejected(found, titles[index]), operation="reschedule" if index in moved else "create")
            for index, found in conflicts.items()
        ]

    def _previewed(self, steps: Sequence[Step], planned: Sequence[Planned]) -> list[Done]:
        changed = [
            Done(
                one.change.index,
                events=(self._changes.event(one),),
                warnings=one.warnings,
                operation=one.change.operation,
            )
            for one in steps
        ]
        return [*changed, *(Done(one.index, events=(one.event,)) for one in planned)]

    async def _written(self, steps: Sequence[Step], planned: Sequence[Planned]) -> list[Done]:
        # What is cancelled or moved makes room first.
        changed = [await self._changes.apply(step) for step in steps]
        return [*changed, *await write(self._store, planned, self._request, self._deadline)]


def _notes(request: CalendarRequest, understood: Understood) -> Notes:
    warnings = address_warnings(request)
    return Notes(
        operation=understood.outcome.operation,
        degraded=understood.outcome.degraded,
        dry_run=request.dry_run,
        explanations=understood.outcome.explanations,
        warnings=[*warnings, understood.warning] if understood.warning else warnings,
    )
