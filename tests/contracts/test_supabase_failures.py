"""What the adapter does when Supabase stumbles: what is tried again, what is not, and what is sent."""

import asyncio
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import JSONResponse, Response

from infra.local.sandbox import Database
from orchestrator.calendar.ports import Written
from orchestrator.errors import VendorBusy, VendorError
from orchestrator.integrations.supabase import SupabaseEvents
from tests.contracts.event_stores import NINE, answering, event, run, soon, store_at
from tests.fakes.http_server import serving
from tests.fakes.postgrest import token
from tests.fakes.sandbox import Sandbox, sandbox

ME = "user-123"
DAY = timedelta(days=1)
JWT = token("service_role")
NEW_KEY = "sb_secret_N7UND0UgjKTVK"


@dataclass
class Place:
    sandbox: Sandbox
    rows: Database

    def fault(self, kind: str, **fields: Any) -> None:
        self.sandbox.fault(kind, "supabase", **fields)

    @property
    def statuses(self) -> list[int]:
        return [entry["status"] for entry in self.sandbox.outbox.entries("supabase")]

    @contextmanager
    def store(self, table: str = "events", key: str = NEW_KEY, **options: Any) -> Iterator[SupabaseEvents]:
        with store_at(f"{self.sandbox.url}/supabase/rest/v1/{table}", key, **options) as store:
            yield store


@pytest.fixture(scope="module")
def running() -> Iterator[Place]:
    rows = Database()
    with sandbox(rows) as found:
        yield Place(found, rows)


@pytest.fixture
def place(running: Place) -> Iterator[Place]:
    yield running
    running.sandbox.behave("supabase")
    running.rows.clear()


def insert(store: SupabaseEvents, seconds: float = 20, **changes: Any) -> Written:
    return run(store.insert(event(**changes), owner=ME, deadline=soon(seconds)))


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "error"},
        {"kind": "hang_up"},
        {"kind": "status", "status": 503},
        {"kind": "status", "status": 429},
        {"kind": "status", "status": 522},
    ],
    ids=str,
)
def test_what_passes_is_tried_again_and_nothing_is_stored_twice(place: Place, fault: dict[str, Any]) -> None:
    place.fault(**fault, count=2)
    with place.store() as store:
        written = insert(store)
    assert (written.status, written.failure) == (201, None)
    assert (len(place.statuses), place.statuses[-1]) == (3, 201)
    assert len(place.rows.tables["events"].rows) == 1


def test_an_insert_that_was_carried_out_but_not_answered_is_not_doubled(place: Place) -> None:
    place.fault("slow", delay_ms=400, count=1)
    with place.store(read_timeout=0.2) as store:
        # The stand-in answers late, but writes at once.
        assert insert(store).status == 201
    assert len(place.rows.tables["events"].rows) == 1


@pytest.mark.parametrize("fault", [{"kind": "slow", "delay_ms": 3000}, {"kind": "hang_up"}], ids=str)
def test_where_nothing_tells_rows_apart_a_doubtful_insert_is_not_repeated(
    place: Place, fault: dict[str, Any]
) -> None:
    with place.store("documented_events", read_timeout=0.2) as store:
        insert(store, title="First, to learn what the table lacks")
        place.fault(**fault, count=1)
        written = insert(store)
    assert isinstance(written.failure, VendorBusy)
    assert written.status == 0
    assert written.warnings == ("It is not known whether this was carried out.",)
    assert len(place.rows.tables["documented_events"].rows) <= 2


def test_where_nothing_tells_rows_apart_a_refused_insert_is_repeated(place: Place) -> None:
    with place.store("documented_events") as store:
        insert(store, title="First")
        place.fault("status", status=503, count=2)
        assert insert(store).status == 201
    assert len(place.rows.tables["documented_events"].rows) == 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 413, 307])
def test_what_does_not_pass_is_not_tried_again(place: Place, status: int) -> None:
    place.fault("status", status=status)
    with place.store() as store:
        written = insert(store)
    assert (written.status, place.statuses) == (status, [status])
    assert isinstance(written.failure, VendorError)
    assert not isinstance(written.failure, VendorBusy)


def test_nothing_is_tried_after_the_deadline(place: Place) -> None:
    place.fault("error")
    started = time.monotonic()
    with place.store() as store:
        written = insert(store, seconds=0.5)
    assert time.monotonic() - started < 1.5
    assert isinstance(written.failure, VendorBusy)
    assert (written.status, set(place.statuses)) == (500, {500})
    with place.store() as store:
        before = len(place.statuses)
        late = insert(store, seconds=-1)
    assert (late.status, len(place.statuses)) == (0, before)
    assert "no time left" in str(late.failure)


def test_a_slow_answer_is_waited_for_no_longer_than_the_deadline(place: Place) -> None:
    place.fault("slow", delay_ms=5000)
    started = time.monotonic()
    with place.store() as store:
        written = insert(store, seconds=0.3)
    assert time.monotonic() - started < 2
    assert isinstance(written.failure, VendorBusy)


def test_the_waiting_time_asked_for_is_kept_when_there_is_time(place: Place) -> None:
    place.fault("rate_limit", count=1)
    started = time.monotonic()
    with place.store() as store:
        assert insert(store).status == 201
    assert time.monotonic() - started >= 1
    place.fault("rate_limit")
    with place.store() as store:
        limited = insert(store, seconds=0.8)
    assert (limited.status, place.statuses.count(429)) == (429, 2)
    assert getattr(limited.failure, "retry_after", None) == 1


def test_tries_end_also_when_time_does_not() -> None:
    app = answering(JSONResponse({"message": "no"}, 503))
    with serving(app) as url, store_at(f"{url}/events") as store:
        written = insert(store, seconds=60)
    assert (written.status, len(app.state.seen)) == (503, 5)


def test_a_removal_that_was_carried_out_but_not_answered_counts(place: Place) -> None:
    with place.store(read_timeout=0.2) as store:
        insert(store)
        [row] = run(store.between(ME, NINE - DAY, NINE + DAY, deadline=soon()))
        place.fault("slow", delay_ms=400, count=1)
        assert run(store.remove(ME, row.id, deadline=soon())).failure is None
    assert not place.rows.tables["events"].rows


def test_nobody_listening_is_a_busy_vendor_and_points_to_the_address() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with store_at(f"http://127.0.0.1:{port}/events") as store:
        written = insert(store, seconds=1)
    assert (written.status, written.error, written.warnings) == (0, None, ())
    assert isinstance(written.failure, VendorBusy)
    assert "SUPABASE_URL" in str(written.failure.hint)


@pytest.mark.parametrize(
    ("key", "auth_token", "apikey", "bearer"),
    [
        (JWT, "", JWT, f"Bearer {JWT}"),
        (JWT, "a.b.c", JWT, "Bearer a.b.c"),
        (NEW_KEY, "", NEW_KEY, None),
        (NEW_KEY, NEW_KEY, NEW_KEY, None),
        (NEW_KEY, "a.b.c", NEW_KEY, "Bearer a.b.c"),
        (JWT, NEW_KEY, JWT, f"Bearer {JWT}"),
        (f" {NEW_KEY}\n", "\n", NEW_KEY, None),
        ("local-stand-in", "", "local-stand-in", None),
    ],
)
def test_a_key_goes_where_its_kind_belongs(
    key: str, auth_token: str, apikey: str, bearer: str | None
) -> None:
    app = answering(Response(status_code=201))
    with serving(app) as url, store_at(f"{url}/events", key, auth_token) as store:
        assert insert(store).data is None
    [request] = app.state.seen
    assert (request.headers["apikey"], request.headers.get("authorization")) == (apikey, bearer)
    assert request.headers["prefer"] == "return=minimal,resolution=ignore-duplicates"
    assert dict(request.query_params) == {"on_conflict": "user_id,external_id"}


def test_a_key_that_cannot_be_sent_is_named() -> None:
    with store_at("http://127.0.0.1:9/events", "clé\x00") as store:
        failure = insert(store).failure
    assert isinstance(failure, VendorError)
    assert "printable" in failure.message


def test_no_secret_is_repeated_wherever_it_is_said() -> None:
    said = f"bad {JWT} and {NEW_KEY} and sb_publishable_abc and Bearer opaque-token and own-secret"
    body = {"code": "PGRST301", "message": said, "details": {"key": NEW_KEY}, "hint": said}
    for status in (401, 500):
        with (
            serving(answering(JSONResponse(body, status))) as url,
            store_at(f"{url}/events", "own-secret", JWT) as store,
        ):
            written = insert(store, seconds=0.3)
        shown = f"{written!r} {written.failure} {getattr(written.failure, 'hint', '')}"
        for secret in (JWT, NEW_KEY, "sb_publishable_abc", "opaque-token", "own-secret"):
            assert secret not in shown


def many(place: Place, count: int, *, apart: timedelta) -> None:
    """Fill the table with events, each begun `apart` from the last."""
    with place.store() as store:
        insert(store)
    table = place.rows.tables["events"]
    [row] = table.rows
    starts = [NINE + index * apart for index in range(count)]
    table.rows = [
        {**row, "id": str(index), "external_id": None, "start_time": start, "end_time": start + DAY}
        for index, start in enumerate(starts)
    ]


def test_a_calendar_of_more_rows_than_one_answer_holds_is_read_to_its_end(place: Place) -> None:
    many(place, 2500, apart=timedelta(seconds=20))
    with place.store() as store:
        rows = run(store.between(ME, NINE - DAY, NINE + 9 * DAY, deadline=soon()))
    assert [row.id for row in rows] == [str(index) for index in range(2500)]


def test_a_calendar_that_cannot_be_read_to_its_end_is_not_taken_for_one_that_was(place: Place) -> None:
    many(place, 1001, apart=timedelta())
    with place.store() as store, pytest.raises(VendorError, match="more than 1,000 events"):
        run(store.between(ME, NINE - DAY, NINE + 9 * DAY, deadline=soon()))


@pytest.mark.parametrize("wait", ["inf", "nan", "1e999", "-5"])
def test_a_waiting_time_that_is_none_is_not_passed_on(wait: str) -> None:
    answer = JSONResponse({"message": "busy"}, 429, {"retry-after": wait})
    with serving(answering(answer)) as url, store_at(f"{url}/events", NEW_KEY) as store:
        failure = insert(store, seconds=0.2).failure
    assert isinstance(failure, VendorBusy)
    assert failure.retry_after in (None, 0)


def test_a_key_that_is_long_in_coming_ends_with_the_request() -> None:
    async def credentials() -> tuple[str, str]:
        await asyncio.Event().wait()
        raise AssertionError

    store = SupabaseEvents("http://127.0.0.1:9/rest/v1/events", credentials)
    written = insert(store, seconds=0.05)
    store.close()
    assert isinstance(written.failure, VendorBusy)


def test_an_answer_nested_without_end_is_unreadable() -> None:
    answer = Response("[" * 200_000, 400, media_type="application/json")
    with serving(answering(answer)) as url, store_at(f"{url}/events", NEW_KEY) as store:
        assert isinstance(insert(store).failure, VendorError)
