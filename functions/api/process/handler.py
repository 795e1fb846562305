"""POST /api/v1/process: hand a text to the agents."""

import time
from typing import Annotated

from fastapi import Header, Response

from functions.api.process.spec import SPEC
from orchestrator.analysis.answering import answer
from orchestrator.analysis.lists import BatchAcceptedView, BatchView
from orchestrator.analysis.requests import ProcessRequest, largest_body
from orchestrator.analysis.submission import Submission
from orchestrator.analysis.views import AcceptedView, ResultView
from orchestrator.config.groups import Analysis
from orchestrator.entry.http import Caller, Trace, create_app, lambda_handler
from orchestrator.entry.preferences import seconds_to_wait
from orchestrator.entry.snapstart import before_snapshot
from orchestrator.wiring import analysis

LONGEST_WAIT = 27
"""Seconds, of API Gateway's 30."""
_KEY = "Names the request for 24 hours: sent again, it is answered as it stands by then."
_PREFER = "`wait=n`: answer with the result if there is one within n seconds (at most 27)."

app = create_app(SPEC, max_body=largest_body(Analysis.load().max_text_length))


@app.post(
    "/api/v1/process",
    operation_id="process",
    response_model=ResultView | BatchView,
    response_model_exclude_none=True,
    responses={
        202: {
            "model": AcceptedView | BatchAcceptedView,
            "description": "The agents work on it; poll `Location`.",
        }
    },
)
async def process(
    request: ProcessRequest,
    caller: Caller,
    trace: Trace,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255, description=_KEY)] = None,
    prefer: Annotated[str, Header(max_length=255, description=_PREFER)] = "",
) -> Response:
    """Analyse a text: its summary, its sentiment, the entities it names."""
    begun = time.monotonic()
    submission = Submission.of(request, key=idempotency_key, correlation_id=trace.correlation_id)
    submitted = await analysis.analysis().submit(submission, caller.tenant)
    left = (seconds_to_wait(prefer, LONGEST_WAIT) or 0) - (time.monotonic() - begun)
    view = await answer(analysis.results(), submitted, caller.tenant, left)
    headers = {"Idempotent-Replayed": "true"} if submitted.replayed else {}
    status = 200
    if isinstance(view, AcceptedView | BatchAcceptedView):
        status, headers["Location"] = 202, view.results_url
    return Response(view.model_dump_json(exclude_none=True), status, headers, media_type="application/json")


before_snapshot(analysis.prepare)
handler = lambda_handler(app)
