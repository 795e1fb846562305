"""The adapter on the stand-in and on PostgREST: tables of other makes, refusals, keys."""

import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx2
import pytest

from orchestrator.calendar.ports import Written
from orchestrator.config import live_supabase
from orchestrator.errors import NotConfigured, NotFound, VendorError
from orchestrator.integrations import supabase_lacks
from orchestrator.integrations.supabase import SupabaseEvents
from tests.contracts.event_stores import MOST_ROWS, NINE, SERVED, Served, event, run, serving, soon
from tests.fakes.postgrest import token

ME = "user-123"
DAY = timedelta(days=1)


@pytest.fixture(scope="module", params=SERVED)
def place(request: pytest.FixtureRequest) -> Iterator[Served]:
    with serving(request.param) as found:
        yield found


@pytest.fixture
def served(place: Served) -> Iterator[Served]:
    yield place
    place.clear()


def insert(store: SupabaseEvents, owner: str = ME, **changes: Any) -> Written:
    return run(store.insert(event(**changes), owner=owner, deadline=soon()))


def titles(store: SupabaseEvents, owner: str = ME) -> list[str]:
    return [row.title for row in run(store.between(owner, NINE - DAY, NINE + DAY, deadline=soon()))]


def migrated(store: SupabaseEvents) -> None:
    """Give the document's table our columns: it is another one from here on."""
    store._table.url = store._table.url.replace("documented_events", "events")


def test_a_table_made_by_the_document_takes_events_without_our_columns(served: Served) -> None:
    with served.store("documented_events") as store:
        first = insert(store, recurrence="FREQ=DAILY")
        again = insert(store, title="Second")
        assert (first.status, first.failure, again.status, again.failure) == (201, None, 201, None)
        assert first.warnings == (
            "The table has no column for timezone, recurrence, external_id: not stored"
            " (docs/supabase.sql adds them).",
            "Only the first event of the series was stored.",
        )
        assert len(again.warnings) == 1
        assert sorted(titles(store)) == ["Second", "Standup"]
        [found] = run(store.between(ME, NINE - DAY, NINE + DAY, deadline=soon()))[:1]
        assert (found.start, found.recurrence, found.zone) == (NINE, None, None)


def test_a_table_made_by_the_document_is_read_before_anything_was_written(served: Served) -> None:
    with served.store("documented_events") as store:
        insert(store)
    with served.store("documented_events") as fresh:
        assert titles(fresh) == ["Standup"]
        [found] = run(fresh.between(ME, NINE - DAY, NINE + DAY, deadline=soon()))
        moved = run(fresh.move(ME, found.id, NINE + DAY, NINE + 2 * DAY, deadline=soon()))
        assert moved.failure is None
        assert run(fresh.remove(ME, found.id, deadline=soon())).failure is None


def test_what_a_table_lacks_is_looked_for_again_after_a_while(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    with served.store("documented_events") as store:
        insert(store)
        monkeypatch.setattr(supabase_lacks, "REMEMBERED", -1.0)
        migrated(store)
        assert insert(store).warnings == ()


@pytest.mark.parametrize("known", [False, True])
def test_a_table_that_cannot_tell_tenants_apart_is_the_default_ones_alone(
    served: Served, *, known: bool
) -> None:
    with served.store("documented_events") as store:
        insert(store)
        [row] = run(store.between(ME, NINE - DAY, NINE + DAY, deadline=soon()))
    with served.store("documented_events") as store:
        if known:
            assert titles(store) == ["Standup"]
        acme = store.of("acme")
        written = [
            insert(acme),
            run(acme.move(ME, row.id, NINE + DAY, NINE + 2 * DAY, deadline=soon())),
            run(acme.remove(ME, row.id, deadline=soon())),
        ]
        for one in written:
            assert isinstance(one.failure, NotConfigured)
            assert "docs/supabase.sql" in str(one.failure.hint)
            assert (one.status, one.warnings) == (400, ())
        with pytest.raises(NotConfigured):
            titles(acme)
        assert run(store.between(ME, NINE - DAY, NINE + DAY, deadline=soon())) == [row]
        migrated(store)
        assert (insert(acme.of("acme")).failure, titles(acme)) == (None, ["Standup"])


def test_a_table_that_has_just_got_the_column_shows_nobody_anothers_rows(served: Served) -> None:
    with served.store("documented_events") as store:
        insert(store)
        migrated(store)
        acme = store.of("acme")
        assert insert(acme, title="Theirs").failure is None
        [theirs] = run(acme.between(ME, NINE - DAY, NINE + DAY, deadline=soon()))
        assert titles(store) == []
        moved = run(store.move(ME, theirs.id, NINE + DAY, NINE + 2 * DAY, deadline=soon()))
        removed = run(store.remove(ME, theirs.id, deadline=soon()))
        assert isinstance(moved.failure, NotFound)
        assert isinstance(removed.failure, NotFound)
        assert insert(store, title="Ours").failure is None
        assert (titles(store), titles(acme)) == (["Ours"], ["Theirs"])


def test_a_table_without_our_columns_names_no_copies(served: Served) -> None:
    with served.store("documented_events") as store:
        insert(store)
        with pytest.raises(VendorError, match="42703"):
            run(store.copies("evt_Standup", deadline=soon()))
        with pytest.raises(NotConfigured):
            run(store.of("acme").copies("evt_Standup", deadline=soon()))


def test_a_calendar_is_read_to_its_end_however_few_rows_an_answer_holds(served: Served) -> None:
    count = 2 * MOST_ROWS + 5
    with served.store() as store:
        for index in range(count):
            insert(store, title=str(index), start=NINE + timedelta(minutes=index), external_id=None)
        assert titles(store) == [str(index) for index in range(count)]
        for index in range(MOST_ROWS + 1):
            insert(store, title=f"alike {index}", start=NINE - timedelta(minutes=1), external_id=None)
        with pytest.raises(VendorError, match=f"more than {MOST_ROWS} events"):
            titles(store)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"minutes": -30}, 400, "23514"),
        ({"amount": 1e15}, 400, "22003"),
    ],
)
def test_a_refused_event_keeps_what_postgrest_said(
    served: Served, changes: dict[str, Any], status: int, code: str
) -> None:
    with served.store() as store:
        written = insert(store, **changes)
        assert (written.status, written.data, written.error["code"]) == (status, None, code)
        assert set(written.error) == {"code", "message", "details", "hint"}
        assert isinstance(written.failure, VendorError)
        assert not written.failure.retryable
        assert "docs/supabase.sql" in str(written.failure.hint)
        assert insert(store).failure is None
        assert titles(store) == ["Standup"]


@pytest.mark.parametrize("event_id", ["7", "", "nobody's"])
def test_an_id_that_is_none_changes_nothing(served: Served, event_id: str) -> None:
    with served.store() as store:
        insert(store)
        moved = run(store.move(ME, event_id, NINE, NINE + DAY, deadline=soon()))
        assert isinstance(moved.failure, VendorError)
        assert isinstance(run(store.remove(ME, event_id, deadline=soon())).failure, VendorError)
        assert titles(store) == ["Standup"]


def test_a_table_that_is_not_there_points_to_the_address(served: Served) -> None:
    with served.store("nothing") as store:
        written = insert(store)
        assert written.status == 404
        assert "SUPABASE_URL" in str(written.failure and written.failure.hint)
        with pytest.raises(VendorError, match="404"):
            titles(store)


@pytest.mark.parametrize(
    ("table", "key", "said"),
    [
        ("events", {}, ""),
        ("documented_events", {}, "column documented_events.tenant does not exist: run docs/supabase.sql"),
        ("nothing", {}, "there is no such table: check SUPABASE_URL, or run docs/supabase.sql"),
        ("events", {"exp": 1}, "the key is refused"),
    ],
)
def test_the_live_check_tells_what_is_wrong_with_the_table_or_the_key(
    served: Served, table: str, key: dict[str, Any], said: str
) -> None:
    with served.store() as store:
        insert(store)
    values = {"SUPABASE_URL": "https://abc.supabase.co", "SUPABASE_API_KEY": token("service_role", **key)}
    query = {"select": live_supabase.COLUMNS, "limit": "1"}
    with httpx2.Client(verify=False) as client:  # verify: nothing to load
        headers = live_supabase.headers(values)
        answer = client.get(f"{served.base}/{table}", params=query, headers=headers)
    assert live_supabase.problem(answer) == said
    assert answer.is_success is (said == "")


def test_an_expired_key_is_refused_with_what_to_do_and_never_repeated(served: Served) -> None:
    old = token("service_role", exp=1)
    with served.store(key=old) as store:
        written = insert(store)
        assert (written.status, written.error["code"]) == (401, "PGRST301")
        assert "SUPABASE_API_KEY" in str(written.failure and written.failure.hint)
        assert old not in f"{written!r} {written.failure} {written.error}"


def test_a_public_key_may_not_write_and_sees_nothing(served: Served) -> None:
    with served.store() as store:
        insert(store)
    with served.store(key=token("anon")) as store:
        written = insert(store, title="Intruder")
        assert (written.status, written.error["code"]) == (401, "42501")
        assert "role" in str(written.failure and written.failure.hint)
        assert titles(store) == []


def test_somebody_signed_in_has_their_own_rows_and_no_others(served: Served) -> None:
    me, other = str(uuid.uuid4()), str(uuid.uuid4())
    with served.store() as store:
        insert(store, other)
    with served.store(key=token("authenticated", sub=me)) as store:
        assert insert(store, me).failure is None
        assert insert(store, other, title="Forged").status == 403
        assert (titles(store, me), titles(store, other)) == (["Standup"], [])
        [mine] = run(store.between(me, NINE - DAY, NINE + DAY, deadline=soon()))
        assert run(store.remove(me, mine.id, deadline=soon())).failure is None


def test_five_events_at_once_find_out_alike_what_the_table_lacks(served: Served) -> None:
    import asyncio

    async def at_once(store: SupabaseEvents) -> list[Written]:
        events = [event(f"Event {number}", currency="EUR") for number in range(5)]
        return await asyncio.gather(*(store.insert(one, owner=ME, deadline=soon()) for one in events))

    with served.store("documented_events") as store:
        written = run(at_once(store))
        assert [one.status for one in written] == [201] * 5
        assert {one.warnings for one in written} == {written[0].warnings}
        assert "currency" in written[0].warnings[0]
        assert len(titles(store)) == 5


def test_without_an_address_or_a_key_there_is_no_store() -> None:
    async def none() -> tuple[str, str]:
        return " ", ""

    for store in (SupabaseEvents("", none), SupabaseEvents("http://127.0.0.1:9/events", none)):
        written = insert(store)
        assert (written.status, written.error) == (0, None)
        assert isinstance(written.failure, NotConfigured)
        with pytest.raises(NotConfigured):
            titles(store)
