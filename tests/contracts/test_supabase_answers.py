"""Answers that other makes and ages of tables and PostgREST give, read by the adapter."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.responses import JSONResponse, PlainTextResponse, Response

from orchestrator.calendar.ports import Written
from orchestrator.errors import VendorError
from orchestrator.integrations.supabase import SupabaseEvents
from tests.contracts.event_stores import NINE, answering, event, run, soon, store_at
from tests.fakes.http_server import serving

ME = "user-123"
DAY = timedelta(days=1)


def insert(store: SupabaseEvents, **changes: Any) -> Written:
    return run(store.insert(event(**changes), owner=ME, deadline=soon()))


@pytest.mark.parametrize(
    "answer",
    [PlainTextResponse("<html>"), JSONResponse({}), JSONResponse([{}]), JSONResponse([{"start_time": 1}])],
)
def test_rows_that_cannot_be_read_point_to_the_address(answer: Response) -> None:
    with (
        serving(answering(answer)) as url,
        store_at(f"{url}/events") as store,
        pytest.raises(VendorError) as caught,
    ):
        run(store.between(ME, NINE, NINE + DAY, deadline=soon()))
    assert "SUPABASE_URL" in str(caught.value.hint)


def test_rows_of_other_makes_are_read_as_far_as_they_go() -> None:
    row = {"id": 7, "title": None, "start_time": "2026-11-23T09:00:00", "end_time": None, "amount": "12.50"}
    with serving(answering(JSONResponse([row]))) as url, store_at(f"{url}/events") as store:
        [found] = run(store.between(ME, NINE, NINE + DAY, deadline=soon()))
    assert (found.id, found.title, found.start, found.end, found.amount) == ("7", "", NINE, NINE, 12.5)


@pytest.mark.parametrize(
    "said",
    [
        "Could not find the 'recurrence' column of 'events' in the schema cache",
        "Column 'recurrence' of relation 'events' does not exist",
    ],
)
def test_a_missing_column_is_understood_from_old_and_new_postgrest(said: str) -> None:
    error = JSONResponse({"code": "PGRST204", "message": said, "details": None, "hint": None}, 400)
    with serving(answering(error, Response(status_code=201))) as url, store_at(f"{url}/events") as store:
        written = insert(store, recurrence="FREQ=DAILY")
    assert written.status == 201
    assert "recurrence" in written.warnings[0]


def test_a_column_that_the_document_has_must_be_there() -> None:
    said = "Could not find the 'participants' column of 'events' in the schema cache"
    app = answering(JSONResponse({"code": "PGRST204", "message": said}, 400))
    with serving(app) as url, store_at(f"{url}/events") as store:
        written = insert(store)
    assert (written.status, len(app.state.seen)) == (400, 1)
    assert said in str(written.failure)


def test_a_table_without_the_unique_index_is_written_to_without_asking_for_it() -> None:
    said = "there is no unique or exclusion constraint matching the ON CONFLICT specification"
    app = answering(JSONResponse({"code": "42P10", "message": said}, 400), Response(status_code=201))
    with serving(app) as url, store_at(f"{url}/events") as store:
        assert insert(store).status == insert(store).status == 201
    assert [bool(request.query_params) for request in app.state.seen] == [True, False, False]
