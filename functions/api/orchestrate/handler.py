"""POST /orchestrate: run an intent, answer with its result or with the job that works on it."""

from typing import Annotated

from fastapi import Depends, Header, Request, Response

from functions.api.orchestrate.spec import SPEC
from orchestrator import wiring
from orchestrator.entry.bodies import refuse_other_paths
from orchestrator.entry.http import Caller, Trace, create_app, lambda_handler
from orchestrator.entry.preferences import seconds_to_wait
from orchestrator.entry.snapstart import before_snapshot
from orchestrator.intents.dispatch import Preferences
from orchestrator.intents.models import OrchestrateAccepted, OrchestrateRequest, OrchestrateResult

MAX_BODY = 262_144
"""Bytes: a job's inputs are kept in one DynamoDB item of at most 400 KB."""

app = create_app(SPEC, max_body=MAX_BODY)


async def _meant_for_here(request: Request) -> None:
    try:
        body = await request.json()
    except (ValueError, RecursionError):  # FastAPI says what is wrong with it
        return
    refuse_other_paths(body, here="/orchestrate")


@app.post(
    "/orchestrate",
    operation_id="orchestrate",
    response_model=OrchestrateResult,
    response_model_exclude_none=True,
    dependencies=[Depends(_meant_for_here)],
    responses={
        202: {"model": OrchestrateAccepted, "description": "The work goes on in a job; poll `Location`."}
    },
)
async def orchestrate(
    request: OrchestrateRequest,
    caller: Caller,
    trace: Trace,
    response: Response,
    idempotency_key: Annotated[str | None, Header(min_length=1, max_length=255)] = None,
    cache_control: Annotated[str, Header(max_length=255)] = "",
    prefer: Annotated[str, Header(max_length=255)] = "",
) -> OrchestrateResult | Response:
    """Execute any intent."""
    wanted = Preferences(
        key=idempotency_key,
        fresh="no-cache" in cache_control.lower(),
        wait=seconds_to_wait(prefer),
        correlation_id=trace.correlation_id,
    )
    answer = await wiring.dispatcher().dispatch(request, caller, wanted)
    headers = {"Idempotent-Replayed": "true"} if answer.replayed else {}
    if isinstance(answer.body, OrchestrateAccepted):
        content = answer.body.model_dump_json(exclude_none=True)
        headers["Location"] = f"/jobs/{answer.body.job_id}"
        return Response(content, 202, headers, media_type="application/json")
    response.headers.update(headers)
    return answer.body


before_snapshot(wiring.prepare_dispatcher)
handler = lambda_handler(app)
