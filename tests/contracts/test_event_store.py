"""What the calendar relies on: the same for the list, the stand-in and PostgREST on PostgreSQL."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest

from orchestrator.calendar.ports import EventStore, StoredEvent
from orchestrator.errors import NotFound
from orchestrator.integrations.supabase import SupabaseEvents
from tests.contracts.event_stores import KINDS, NINE, Served, event, event_store, run, serving, soon
from tests.fakes.event_store import MemoryEvents

ME = "user-123"
WEEK = timedelta(days=7)


@pytest.fixture(scope="module", params=KINDS)
def served(request: pytest.FixtureRequest) -> Iterator[Served | None]:
    if request.param == "list":
        yield None
        return
    with serving(request.param) as found:
        yield found


@pytest.fixture
def store(served: Served | None) -> Iterator[MemoryEvents | SupabaseEvents]:
    with event_store(served) as found:
        yield found
    if served:
        served.clear()


def insert(store: EventStore, *events: object, owner: str = ME) -> None:
    for one in events:
        written = run(store.insert(one, owner=owner, deadline=soon()))  # type: ignore[arg-type]
        assert (written.status, written.data, written.failure, written.warnings) == (201, None, None, ())


def between(store: EventStore, since: datetime, until: datetime, owner: str = ME) -> list[StoredEvent]:
    return list(run(store.between(owner, since, until, deadline=soon())))


def everything(store: EventStore, owner: str = ME) -> list[StoredEvent]:
    return between(store, NINE - 99 * WEEK, NINE + 99 * WEEK, owner)


def test_an_event_is_read_back_as_it_was_written(store: EventStore) -> None:
    there = timezone(timedelta(hours=-7))
    made = event(
        "Invoice 'Approval' — ☃, (50%) & \"more\"\n",
        NINE.astimezone(there),
        location="Suite 110; a\\b",
        priority="urgent",
        amount=1200.5,
        currency="EUR",
        all_day=True,
        recurrence="FREQ=WEEKLY;BYDAY=MO",
    )
    insert(store, made)
    [found] = everything(store)
    assert found.id
    assert (found.title, found.description) == (made.title, made.description)
    assert (found.start, found.end) == (made.start_time, made.end_time)
    assert found.start.utcoffset() == timedelta(0)
    assert (found.zone, found.all_day, found.recurrence) == (made.timezone, True, made.recurrence)
    assert (found.location, found.category, found.priority) == (made.location, made.category, "urgent")
    assert (found.participants, found.amount) == (("John Doe", "Zoë, the 2nd"), 1200.5)
    assert (found.currency, found.external_id) == ("EUR", made.external_id)
    assert (found.created_at, found.updated_at) == (made.created_at, made.updated_at)


def test_the_same_event_again_leaves_the_first_row_alone(store: EventStore) -> None:
    insert(store, event(), event(minutes=90))
    [found] = everything(store)
    assert found.end - found.start == timedelta(minutes=30)


def test_the_same_event_in_another_calendar_has_a_row_of_its_own(store: EventStore) -> None:
    insert(store, event())
    insert(store, event(), owner="other")
    assert len(everything(store)) == len(everything(store, "other")) == 1


def test_events_without_an_external_id_are_not_compared(store: EventStore) -> None:
    insert(store, event(external_id=None), event(external_id=None))
    assert len(everything(store)) == 2


def test_only_what_meets_the_stretch_is_found_and_the_earliest_first(store: EventStore) -> None:
    hour = timedelta(hours=1)
    insert(
        store,
        event("before", NINE - hour, 60),
        event("after", NINE + hour, 60),
        event("late", NINE + 0.5 * hour, 10),
        event("over the start", NINE - hour, 61),
        event("around", NINE - 2 * hour, 600),
        event("within", NINE, 15),
    )
    found = between(store, NINE, NINE + hour)
    assert [one.title for one in found] == ["around", "over the start", "within", "late"]


def test_the_bounds_may_have_any_offset(store: EventStore) -> None:
    insert(store, event())
    there = timezone(timedelta(hours=5, minutes=45))
    since = (NINE + timedelta(minutes=29)).astimezone(there)
    assert between(store, since, since + WEEK)
    assert not between(store, since + timedelta(minutes=1), since + WEEK)


def test_a_series_is_found_long_after_its_first_event(store: EventStore) -> None:
    insert(store, event("weekly", recurrence="FREQ=WEEKLY"), event("once"))
    assert [one.title for one in between(store, NINE + WEEK, NINE + 2 * WEEK)] == ["weekly"]
    assert not between(store, NINE - WEEK, NINE)


@pytest.mark.parametrize(
    "owner",
    ["a,b.c(d)", 'say "hi"', "or=(x)", "a&b=c#d?e", "100%+1", "ünï ☃", "910457a9-96e9-4c5e", "a\\b", "*"],
)
def test_a_user_may_be_called_anything(store: EventStore, owner: str) -> None:
    insert(store, event(), owner=owner)
    insert(store, event(), owner="somebody else")
    [found] = everything(store, owner)
    assert run(store.move(owner, found.id, NINE + WEEK, NINE + 2 * WEEK, deadline=soon())).failure is None
    assert everything(store, owner)[0].start == NINE + WEEK
    assert run(store.remove(owner, found.id, deadline=soon())).failure is None
    assert not everything(store, owner)
    assert everything(store, "somebody else")[0].start == NINE


def test_a_moved_event_keeps_everything_but_its_times(store: EventStore) -> None:
    insert(store, event(recurrence="FREQ=DAILY"), event("other"))
    before = next(one for one in everything(store) if one.title == "Standup")
    start = (NINE + WEEK).astimezone(timezone(timedelta(hours=2)))
    moved = run(store.move(ME, before.id, start, start + timedelta(hours=1), deadline=soon()))
    assert (moved.status, moved.failure) == (200, None)
    after = next(one for one in everything(store) if one.title == "Standup")
    assert (after.start, after.end) == (start, start + timedelta(hours=1))
    assert (after.id, after.recurrence, after.created_at) == (before.id, "FREQ=DAILY", before.created_at)
    assert after.updated_at
    assert abs(after.updated_at - datetime.now(UTC)) < timedelta(minutes=1)
    assert next(one for one in everything(store) if one.title == "other").start == NINE


def test_a_removed_event_is_gone_and_cannot_be_removed_again(store: EventStore) -> None:
    insert(store, event())
    [found] = everything(store)
    assert run(store.remove(ME, found.id, deadline=soon())).failure is None
    assert not everything(store)
    again = run(store.remove(ME, found.id, deadline=soon()))
    assert isinstance(again.failure, NotFound)


def test_nobody_moves_or_removes_what_is_anothers(store: EventStore) -> None:
    insert(store, event())
    [found] = everything(store)
    moved = run(store.move("other", found.id, NINE + WEEK, NINE + 2 * WEEK, deadline=soon()))
    removed = run(store.remove("other", found.id, deadline=soon()))
    assert isinstance(moved.failure, NotFound)
    assert isinstance(removed.failure, NotFound)
    assert moved.error["code"] == "PGRST116"
    assert everything(store)[0].start == NINE


@pytest.mark.parametrize("external_id", ["evt_1", 'a,b.(c) "d" & e=%f', "*"])
def test_an_event_is_found_in_every_calendar_of_its_tenant(
    store: MemoryEvents | SupabaseEvents, external_id: str
) -> None:
    acme, globex = store.of("acme"), store.of("globex")
    shared = event(external_id=external_id)
    for owner in ("b", "c", "a"):
        insert(acme, shared, owner=owner)
    insert(acme, event("Another"), event("None", external_id=None), owner="a")
    insert(globex, shared, owner="d")
    found = run(acme.copies(external_id, deadline=soon()))
    ids = [(row.id, owner) for owner in "abc" for row in everything(acme, owner) if row.title == "Standup"]
    assert [(copy.id, copy.owner) for copy in found] == ids
    assert [copy.owner for copy in run(globex.copies(external_id, deadline=soon()))] == ["d"]
    assert run(acme.copies("evt_2", deadline=soon())) == []


@pytest.mark.parametrize("other", ["globex", "default"])
def test_two_tenants_with_one_user_id_never_meet(store: MemoryEvents | SupabaseEvents, other: str) -> None:
    acme, else_ = store.of("acme"), store.of(other)
    insert(acme, event("ours"))
    assert everything(else_) == []
    insert(else_, event("theirs"), event("weekly", recurrence="FREQ=WEEKLY"))
    [ours] = everything(acme)
    assert ours.title == "ours"
    moved = run(else_.move(ME, ours.id, NINE + WEEK, NINE + 2 * WEEK, deadline=soon()))
    removed = run(else_.remove(ME, ours.id, deadline=soon()))
    assert isinstance(moved.failure, NotFound)
    assert isinstance(removed.failure, NotFound)
    assert everything(acme) == [ours]
    assert run(acme.move(ME, ours.id, NINE + WEEK, NINE + 2 * WEEK, deadline=soon())).failure is None
    assert run(acme.remove(ME, ours.id, deadline=soon())).failure is None
    assert sorted(one.title for one in everything(else_)) == ["theirs", "weekly"]
