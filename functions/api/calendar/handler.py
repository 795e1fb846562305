"""POST /api/v1/orchestrate: a sentence becomes events."""

import time
from typing import Annotated, Literal

from fastapi import Header, Query, Response
from starlette.responses import JSONResponse

from functions.api.calendar.prompt import PROMPT
from functions.api.calendar.spec import SPEC
from orchestrator.calendar.models import CalendarRequest, CalendarResponse
from orchestrator.calendar.service import Asked
from orchestrator.entry import envelopes
from orchestrator.entry.http import Caller, create_app, lambda_handler
from orchestrator.entry.preferences import accepts_calendar
from orchestrator.entry.snapstart import before_snapshot
from orchestrator.errors import OrchestratorError
from orchestrator.wiring import calendar

SECONDS = 27.0
"""Of API Gateway's 30."""
MAX_BODY = 131_072
"""Bytes: 4,000 characters of text and 100 people."""
_KEY = "Names the request for 24 hours: sent again, it is answered as before and nothing is done twice."
_ACCEPT = "`text/calendar`: the booked events as iCalendar."

app = create_app(SPEC, max_body=MAX_BODY)


@app.post(
    "/api/v1/orchestrate",
    operation_id="orchestrateCalendar",
    response_model=CalendarResponse,
    responses={200: {"content": {"text/calendar": {"schema": {"type": "string"}}}}},
)
async def orchestrate(
    request: CalendarRequest,
    caller: Caller,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255, description=_KEY)] = None,
    accept: Annotated[str, Header(max_length=1000, description=_ACCEPT)] = "",
    form: Annotated[Literal["json", "ics"], Query(alias="format")] = "json",
) -> Response:
    """Book, move, cancel or show events."""
    begun = time.monotonic()
    asked = Asked(request, caller.tenant, idempotency_key)
    answer = await calendar.calendar(PROMPT).orchestrate(asked, SECONDS - (time.monotonic() - begun))
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else {}
    if answer.failure:
        return _failed(answer.response, answer.failure)
    # iCalendar has no words for what failed, so an answer in part is JSON like one without events.
    whole = answer.response.status == "success" and answer.response.events
    if whole and (form == "ics" or accepts_calendar(accept)):
        return Response(calendar.icalendar(answer.response), 200, headers, media_type="text/calendar")
    return Response(answer.response.model_dump_json(), 200, headers, media_type="application/json")


def _failed(response: CalendarResponse, failure: OrchestratorError) -> Response:
    problem = envelopes.of_error(failure)
    extras = {"error_type": problem.error_type, "error": envelopes.sentence(problem)}
    extras |= {"hint": problem.hint} if problem.hint else {}
    body = response.model_dump(mode="json") | extras
    return JSONResponse(body, problem.status, headers=problem.headers())


before_snapshot(lambda: calendar.prepare(PROMPT))
handler = lambda_handler(app)
