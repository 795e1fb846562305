"""`docs/supabase.sql`, run by psql on PostgreSQL: new tables, tables of the document, other databases."""

import json
import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from orchestrator.integrations.supabase_lacks import Lacks
from tests.contracts.event_stores import NINE, Served, event, run, soon
from tests.fakes.postgrest import DOCUMENTED, MIGRATION, Postgres, missing, postgres, postgrest

ME = "910457a9-96e9-4c5e-b995-30e454d06018"
COLUMNS = (
    "select string_agg(column_name, ' ' order by ordinal_position) from information_schema.columns"
    " where table_schema = 'public' and table_name = 'events'"
)
OURS = "currency timezone all_day recurrence external_id tenant"
ROW = (
    "insert into public.events (title, start_time, end_time, user_id)"
    " values ('Old', now(), now(), '910457a9-96e9-4c5e-b995-30e454d06018')"
)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    if lack := missing():
        pytest.skip(lack)
    with postgres() as found:
        yield found


@pytest.fixture
def database(server: Postgres) -> Iterator[Postgres]:
    yield server
    server.run("drop table if exists public.events")


def as_documented(user_id: str = "text") -> str:
    sql = DOCUMENTED.replace("documented_events", "events").replace("user_id text", f"user_id {user_id}")
    return sql.replace("alter table public.events enable row level security;", "")


def test_it_can_be_run_again_and_loses_nothing(database: Postgres) -> None:
    database.run(MIGRATION)
    database.run(ROW)
    before = database.run(COLUMNS)
    database.run(MIGRATION)
    assert database.run(COLUMNS) == before
    assert database.run("select title from public.events") == "Old"


@pytest.mark.parametrize("user_id", ["text", "uuid"])
def test_a_table_made_by_the_document_keeps_its_rows_and_gets_the_rest(
    database: Postgres, user_id: str
) -> None:
    database.run(as_documented(user_id))
    database.run(ROW)
    database.run(MIGRATION)
    assert database.run(COLUMNS).endswith(OURS)
    assert database.run("select title, all_day, external_id is null, tenant from public.events") == (
        "Old|f|t|default"
    )


def test_the_indexes_of_an_earlier_version_make_way(database: Postgres) -> None:
    database.run(as_documented())
    database.run("create index events_owner_start on public.events (user_id, start_time)")
    database.run("create index events_owner_series on public.events (user_id, start_time)")
    database.run(MIGRATION)
    indexes = (
        "select string_agg(indexname, ' ' order by indexname) from pg_indexes where tablename = 'events'"
    )
    assert database.run(indexes) == (
        "events_owner_external_id events_pkey events_tenant_external_id events_tenant_series"
        " events_tenant_start"
    )


def test_a_running_postgrest_learns_of_the_new_columns_by_itself(database: Postgres) -> None:
    database.run(as_documented())
    with postgrest(database) as url, Served(url, lambda: None).store() as store:
        database.run(MIGRATION)
        deadline = soon(10)
        while (written := run(store.insert(event(), owner=ME, deadline=deadline))).warnings:
            assert written.failure is None
            store._lacks = Lacks()
        assert written.status == 201


def test_a_user_has_one_row_for_an_external_id_and_any_number_without(database: Postgres) -> None:
    database.run(MIGRATION)
    for _ in range(2):
        database.run(ROW)
    twin = ROW.replace("user_id)", "user_id, external_id)").replace(f"'{ME}')", f"'{ME}', 'x')")
    database.run(twin)
    with pytest.raises(AssertionError, match="events_owner_external_id"):
        database.run(twin)
    database.run(twin.replace(ME, str(uuid.uuid4())))


def test_an_events_end_is_not_before_its_start(database: Postgres) -> None:
    database.run(MIGRATION)
    with pytest.raises(AssertionError, match="events_end_after_start"):
        database.run(ROW.replace("now(), now()", "now(), now() - interval '1 second'"))


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        (
            f"tenant = 'default' and user_id = '{ME}' and start_time < '2026-12-01'"
            " order by start_time limit 1000",
            "events_tenant_start",
        ),
        (f"user_id = '{ME}' and external_id = 'x7'", "events_owner_external_id"),
        ("tenant = 'default' and external_id = 'x7' order by user_id", "events_tenant_external_id"),
    ],
)
def test_what_is_asked_for_comes_from_an_index(database: Postgres, condition: str, index: str) -> None:
    database.run(MIGRATION)
    many = "select 'x', now(), now(), md5((n % 500)::text), 'x' || n from generate_series(1, 20000) n"
    database.run(f"insert into public.events (title, start_time, end_time, user_id, external_id) {many}")
    database.run("analyze public.events")
    plan = json.loads(database.run("explain (format json) select * from public.events where " + condition))  # noqa: S608
    assert index in json.dumps(plan)


def test_a_database_that_is_not_supabases_gets_the_table_without_policies(database: Postgres) -> None:
    database.run("alter schema auth rename to elsewhere")
    try:
        database.run(MIGRATION)
        database.run(ROW)
        assert database.run("select count(*) from pg_policies where tablename = 'events'") == "0"
        assert database.run("select relrowsecurity from pg_class where relname = 'events'") == "t"
    finally:
        database.run("alter schema elsewhere rename to auth")


def test_a_failing_statement_leaves_nothing_half_done(database: Postgres) -> None:
    database.run(
        as_documented().replace("location text", "location text, timezone text, all_day text default ''")
    )
    database.run(ROW)
    database.run("create view public.events_tenant_start as select 1")
    try:
        with pytest.raises(AssertionError):
            database.run(
                MIGRATION.read_text().replace("if not exists events_tenant_start", "events_tenant_start")
            )
        assert "external_id" not in database.run(COLUMNS)
    finally:
        database.run("drop view public.events_tenant_start")


def test_the_span_of_a_day_is_the_same_in_every_zone_of_the_server(database: Postgres) -> None:
    database.run(MIGRATION)
    database.run("alter role service_role set timezone to 'Asia/Kathmandu'")
    try:
        with postgrest(database) as url, Served(url, lambda: None).store() as store:
            run(store.insert(event(), owner=ME, deadline=soon()))
            end = NINE + timedelta(minutes=30)
            assert run(store.between(ME, NINE - timedelta(hours=1), NINE, deadline=soon())) == []
            [found] = run(store.between(ME, end - timedelta(seconds=1), end, deadline=soon()))
            assert (found.start, found.end) == (NINE, end)
    finally:
        database.run("alter role service_role reset timezone")
