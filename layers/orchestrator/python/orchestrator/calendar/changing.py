"""Rescheduling, cancelling and asking: the rows that are meant are found first, then changed or shown."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from orchestrator.calendar.booking import LOOKING, Done, at_once, done_of
from orchestrator.calendar.changes import ask_whether_earlier, moved
from orchestrator.calendar.copies import each, left, others
from orchestrator.calendar.matching import TO_DO, Existing, match, near, one_of
from orchestrator.calendar.models import CalendarRequest, Event
from orchestrator.calendar.outcomes import Change, Target, Unclear, When
from orchestrator.calendar.phrases.readings import Reference, Unreadable, compiled
from orchestrator.calendar.phrases.zones import at, like
from orchestrator.calendar.ports import Copy, EventStore, Written
from orchestrator.calendar.stored import Occurrence, occurrences, shown
from orchestrator.errors import NotConfigured, Unavailable, VendorError

AHEAD = timedelta(days=400)
"""How far an event is looked for when no day was named."""
MOST_SHOWN = 100
"""Events of one answer: a year of daily ones would be more than Lambda can return."""
_SHOWN = 5
"""Times of a moved series that are compared with what else there is, as of a new one."""
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_NEXT = (
    r"(?i)\b(?:(?:what|who|when|which|where)(?:'?s| is)?|my|our|the) (?:(?:my|our|the|is|do|i|we|have|am"
    r"|seeing|meeting) )*next\b(?! (?:week|weekend|month|quarter|year|day))"
)
"""What asks for the one event that comes first."""
_FREE = r"(?i)\b(?:free|busy|available|clear|open|time for|room for)\b"
"""What asks for an hour, and not for the hour of an event."""
_WHOLE = r"(?i)\b(?:series|every|each|daily|weekly|monthly|yearly|recurring|repeating)\b"


@dataclass(frozen=True, slots=True)
class Step:
    """A change with the row it is for and, if it moves, the row's new time.

    `next_times`: those of a series, whose row begins in the past. `others`: the rows that change along with
    it. `warnings`: about those that do not.
    """

    change: Change
    found: Occurrence
    start: datetime
    end: datetime
    next_times: tuple[datetime, ...] = ()
    others: tuple[Copy, ...] = ()
    warnings: tuple[str, ...] = ()

    @property
    def moves(self) -> bool:
        """Whether it has a new time."""
        return self.change.operation == "reschedule"

    @property
    def when(self) -> When:
        """When the event is afterwards."""
        start, zone, whole = next(iter(self.next_times), self.start), self.found.zone, self.found.row.all_day
        end = like(start, self.start, self.end, zone, all_day=whole)
        return When(start, end, zone, whole, self.found.row.recurrence, self.next_times)


class Changes:
    """The changes that one request asks for. `deadline` is on the event loop's clock."""

    def __init__(
        self, store: EventStore, request: CalendarRequest, reference: Reference, deadline: float
    ) -> None:
        """Read nothing yet."""
        self._store = store
        self._request = request
        self._reference = reference
        self._deadline = deadline
        self._mine = frozenset({request.user_name, request.user_email, request.user_id})

    async def plan(self, change: Change) -> Step:
        """Return the one event that a cancellation or a move is about.

        Raises:
            Unclear: none or several are meant, or it repeats and the text does not speak of the series.
            VendorError: the store refused or did not answer.
            NotConfigured: there is no store.
        """
        found = await self._around(change.target)
        matched = match(change.target, [one.existing for one in found])
        others = () if matched else await self._near(change.target, found)
        chosen = one_of(
            self._today_first(_first_of_each(matched), change.target),
            change.target.title,
            others,
            TO_DO if change.operation == "cancel" else "",
        )
        one = next(one for one in found if one.existing == chosen)
        if change.operation == "cancel":
            self._whole_series(one)
            return Step(change, one, one.start, one.end)
        return self._moved(change, one, chosen)

    async def _near(self, target: Target, found: Sequence[Occurrence]) -> Sequence[Existing]:
        """Return what may be meant by words that fit nothing: first of the days they name, then of any."""
        then = near(target, [one.existing for one in found])
        if then or target.since is None:
            return then
        anytime = replace(target, since=None, until=None, clock=None)
        return near(anytime, [one.existing for one in await self._around(anytime)])

    def _moved(self, change: Change, one: Occurrence, chosen: Existing) -> Step:
        self._whole_series(one)
        title = one.row.title
        whole_days = change.keeps == "time" or (change.shift is not None and not change.shift % _DAY)
        if one.row.all_day and not whole_days:
            raise Unclear("time", title, f"'{title}' takes whole days. To which day is it to be moved?")
        base = replace(chosen, start=one.row.start, end=one.row.end) if one.row.recurrence else chosen
        try:
            start, end = moved(base, change, self._reference)
        except Unreadable as error:
            raise Unclear("date", title, str(error)) from None
        except OverflowError:
            raise Unclear("date", title, "That is further away than a calendar reaches.") from None
        if one.row.recurrence and start.date() != base.start.astimezone(start.tzinfo).date():
            raise Unclear("date", title, f"'{title}' repeats on days of its own: cancel it and book it anew?")
        if not one.row.recurrence and start < self._reference.instant <= chosen.start:
            raise Unclear("time", title, f"'{title}' would have begun before now. To when is it to be moved?")
        ask_whether_earlier(change, chosen, start, self._request.content)
        return Step(change, one, start, end, self._next_times(one, start, end))

    def _next_times(self, one: Occurrence, start: datetime, end: datetime) -> tuple[datetime, ...]:
        if not one.row.recurrence:
            return ()
        row, now = replace(one.row, start=start, end=end), self._reference.instant
        return tuple(time.start for time in occurrences([row], now, now + AHEAD, one.zone)[:_SHOWN])

    def _whole_series(self, one: Occurrence) -> None:
        """Refuse to guess between one time of a series and all of them: only all of them can be changed."""
        if one.row.recurrence and not compiled(_WHOLE).search(self._request.content):
            title = one.row.title
            raise Unclear(
                "recurrence",
                title,
                f"'{title}' repeats ({one.row.recurrence}) and can only be changed as a whole."
                " Is the whole series meant?",
            )

    async def ahead(self) -> list[Occurrence] | None:
        """Return what is in the calendar from today on; `None`, if it cannot be read in good time."""
        looking = min(self._deadline, asyncio.get_running_loop().time() + LOOKING)
        since = at(self._reference.today, time(), self._reference.zone)[0]
        until = self._reference.instant + AHEAD
        try:
            rows = await self._store.between(self._request.user_id, since, until, deadline=looking)
        except (VendorError, NotConfigured, Unavailable):
            return None  # to book is what was asked for
        return occurrences(rows, since, until, self._reference.zone, self._mine)

    async def shared(self, steps: Sequence[Step]) -> list[Step]:
        """Return the steps with the rows of others, or with a warning that theirs stay as they are.

        To warn of them all may take `LOOKING` seconds: the rest is for what was asked for.

        Raises:
            VendorError: the store, in which the rows that are to be changed stand, refused or did not answer.
            NotConfigured: there is no store.
        """
        looking = min(self._deadline, asyncio.get_running_loop().time() + LOOKING)

        async def one(step: Step) -> Step:
            if self._request.fanout == "participants":
                return replace(step, others=await others(self._store, step.found.row, self._deadline))
            return replace(step, warnings=await left(self._store, step.found.row, looking))

        return await at_once(one(step) for step in steps)

    async def apply(self, step: Step) -> Done:
        """Change the row, and those of others that the step has."""

        async def change(copy: Copy) -> Written:
            if not step.moves:
                return await self._store.remove(copy.owner, copy.id, deadline=self._deadline)
            return await self._store.move(copy.owner, copy.id, step.start, step.end, deadline=self._deadline)

        rows = await each(Copy(step.found.row.id, self._request.user_id), step.others, change)
        shared = self._request.fanout == "participants"
        event, operation = self.event(step), step.change.operation
        done = done_of(step.change.index, event, rows, shared=shared, operation=operation)
        mine = rows[-1][1]
        again = mine.failure is not None and not mine.doubtful
        return replace(done, warnings=(*step.warnings, *done.warnings), repeatable=again)

    def event(self, step: Step) -> Event:
        """Return the event as it is afterwards; a cancelled one as it was."""
        event = shown(step.found, step.start, step.end, self._request)
        return (
            event
            if step.change.operation == "cancel"
            else event.model_copy(update={"updated_at": self._request.timestamp})
        )

    async def asked(self, change: Change) -> Done:
        """Return the events a question is about, the earliest first.

        Raises:
            VendorError: the store refused or did not answer.
            NotConfigured: there is no store.
        """
        found, nameless = await self._looked_up(change.target)
        asked = self._still_ahead(found, change.target)
        events = tuple(shown(one, one.start, one.end, self._request) for one in asked[:MOST_SHOWN])
        left = len(asked) - len(events)
        warnings = (f"{left} later ones are left out. Name a day, or a shorter time.",) if left else ()
        return Done(change.index, events=events, warnings=warnings, operation="query", nameless=nameless)

    async def _looked_up(self, target: Target) -> tuple[Sequence[Occurrence], str | None]:
        """Return what a question is about, and the name of which nothing was found.

        Where nothing is called so, all that is there is shown: to say there was nothing would be untrue.
        """
        hour = await self._around(_hour_of(target, self._reference))
        if found := _called(target, hour):
            return found, None
        if target.clock is not None and target.title and not compiled(_FREE).search(self._request.content):
            day = await self._around(replace(target, clock=None))
            if found := _called(target, day):
                return found, None
        if target.since is None and target.clock is None:
            return (), target.title
        return hour, target.title if hour else None

    def _still_ahead(self, found: Sequence[Occurrence], target: Target) -> Sequence[Occurrence]:
        """Leave out what is over where no day was named; of `what's next?`, all but the first to begin."""
        if target.since is not None:
            return found
        now = self._reference.instant
        ahead = [one for one in found if one.end > now]
        if not compiled(_NEXT).search(self._request.content):
            return ahead
        first = min((one.start for one in ahead if one.start >= now), default=None)
        return [one for one in ahead if one.start == first]

    async def _around(self, target: Target) -> list[Occurrence]:
        reference = self._reference
        since = target.since or at(reference.today, time(), reference.zone)[0]
        until = target.until or reference.instant + AHEAD
        rows = await self._store.between(self._request.user_id, since, until, deadline=self._deadline)
        return occurrences(rows, since, until, reference.zone, self._mine)

    def _today_first(self, found: Sequence[Existing], target: Target) -> Sequence[Existing]:
        """Choose today's, if only a clock time was named: "my 3pm meeting" is seldom next month's."""
        today = [
            one
            for one in found
            if one.start.astimezone(self._reference.zone.tz).date() == self._reference.today
        ]
        return (
            today if len(found) > 1 and target.since is None and target.clock and len(today) == 1 else found
        )


def _first_of_each(found: Sequence[Existing]) -> list[Existing]:
    """Return the first time of each row: a series is one thing to cancel."""
    return list({one.event_id: one for one in reversed(found)}.values())[::-1]


def _called(target: Target, found: Sequence[Occurrence]) -> list[Occurrence]:
    """Return those of `found` that bear the name that was asked for."""
    wanted = replace(target, since=None, until=None, clock=None)
    matched = match(wanted, [one.existing for one in found], loosely=True)
    keys = {(one.event_id, one.start) for one in matched}
    return [one for one in found if (one.row.id, one.start) in keys]


def _hour_of(target: Target, reference: Reference) -> Target:
    """Narrow a question to the hour it names: am I free at 3pm?"""
    if target.clock is None:
        return target
    day = target.since.date() if target.since else reference.today
    start = at(day, target.clock, target.zone)[0]
    return replace(target, since=start, until=(start.astimezone(UTC) + _HOUR).astimezone(target.zone.tz))
