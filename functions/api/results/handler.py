"""GET /api/v1/results and /api/v1/results/{request_id}: what the agents found. DELETE: erase it."""

from typing import Annotated

from fastapi import Path, Query, Response

from functions.api.results.spec import SPEC
from orchestrator.analysis.listing import Wanted
from orchestrator.analysis.lists import BatchView, ListView
from orchestrator.analysis.models import Status
from orchestrator.analysis.reading import BATCH
from orchestrator.analysis.views import RequestView, ResultView
from orchestrator.entry.http import Caller, create_app, lambda_handler
from orchestrator.entry.moments import Moment
from orchestrator.entry.snapstart import before_snapshot
from orchestrator.errors import InvalidInput
from orchestrator.wiring import analysis

LONGEST_WAIT = 27
"""Seconds, of API Gateway's 30."""

Id = Annotated[
    str,
    Path(
        max_length=128, description="Id from POST /api/v1/process, of a batch too.", examples=["req_abc123"]
    ),
]

app = create_app(SPEC)


@app.get("/api/v1/results", operation_id="listResults", response_model_exclude_none=True)
async def list_results(
    caller: Caller,
    page: Annotated[int | None, Query(ge=1, description="From 1; for what lies deep, use `cursor`.")] = None,
    page_size: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=256, description="A page's `next_cursor`.")] = None,
    status: Annotated[Status | None, Query(description="Only requests with it.")] = None,
    since: Annotated[Moment | None, Query(description="Created then or later; RFC 3339.")] = None,
    until: Annotated[Moment | None, Query(description="Created then or before; RFC 3339.")] = None,
) -> ListView:
    """List requests, newest first."""
    number = page or (None if cursor else 1)
    begin, end = since and since.timestamp(), until and until.timestamp()
    listed = await analysis.listing().list(
        caller.tenant, Wanted(page_size, number, cursor, status, begin, end)
    )
    shown = [RequestView.of(one) for one in listed.shown]
    return ListView(results=shown, page=number, page_size=page_size, next_cursor=listed.cursor)


@app.get("/api/v1/results/{request_id}", operation_id="getResult", response_model_exclude_none=True)
async def get_result(
    request_id: Id,
    caller: Caller,
    wait: Annotated[float, Query(ge=0, le=LONGEST_WAIT, description="Seconds to wait for its end.")] = 0,
) -> ResultView | BatchView:
    """Return what the agents have found so far; with `wait`, as soon as they are done.

    A batch is shown as it stands: it is not waited for.
    """
    if request_id.startswith(BATCH):
        if wait:
            raise InvalidInput(
                "query.wait: a batch is not waited for",
                hint="Leave it out, or wait for one request after the other: their ids are in the batch.",
                field="query.wait",
            )
        return BatchView.of(*await analysis.results().batch(caller.tenant, request_id))
    return ResultView.of(await analysis.results().watch(caller.tenant, request_id, wait))


@app.delete("/api/v1/results/{request_id}", operation_id="deleteResult", status_code=204)
async def delete_result(request_id: Id, caller: Caller) -> Response:
    """Erase a request with its text, its results and its webhook's log; a batch with all its requests."""
    await analysis.erasing().delete(caller.tenant, request_id)
    return Response(status_code=204)


before_snapshot(analysis.prepare_reading)
handler = lambda_handler(app)
