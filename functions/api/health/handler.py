"""GET /health: the function runs. GET /api/v1/health: what it leans on answers."""

import asyncio
from functools import cache

from fastapi import Request, Response

from functions.api.health.models import Liveness, Readiness
from functions.api.health.readiness import SECONDS, Monitor, without_details
from functions.api.health.spec import SPEC
from orchestrator import __version__, wiring
from orchestrator.entry.http import Caller, create_app, lambda_handler
from orchestrator.entry.logs import log
from orchestrator.tenancy.credentials import shown

app = create_app(SPEC)


@app.get("/health", operation_id="getLiveness")
async def live() -> Liveness:
    """Answer that the function runs, without asking anything else."""
    return Liveness(version=__version__)


@app.get(
    "/api/v1/health",
    operation_id="getReadiness",
    response_model_exclude_none=True,
    responses={503: {"model": Readiness, "description": "A table or a queue does not answer."}},
)
async def ready(request: Request, response: Response, caller: Caller) -> Readiness:
    """Answer whether tables, queue and vendors answer; details for callers with a key."""
    readiness = await _monitor().report()
    response.status_code = 503 if readiness.status == "unavailable" else 200
    known = caller.scopes or await _has_key(request)
    return readiness if known else without_details(readiness)


@cache
def _monitor() -> Monitor:
    return Monitor(wiring.readiness_probes())


async def _has_key(request: Request) -> bool:
    # The route is public, so API Gateway asked nobody who is calling.
    presented = shown(request.headers)
    if len(presented) != 1:
        return False
    try:
        return await asyncio.wait_for(wiring.verified_keys().verify(*presented), SECONDS) is not None
    except Exception:
        # Health must answer just then: with what anybody may know.
        log.exception("the key could not be looked up")
        return False


handler = lambda_handler(app)
