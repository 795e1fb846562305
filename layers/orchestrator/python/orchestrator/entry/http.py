"""HTTP functions: an ordinary FastAPI app per function folder, and the handler Lambda calls.

```python
app = create_app(SPEC)

@app.get("/jobs/{job_id}")
async def get_job(job_id: str, caller: Caller) -> JobView: ...

handler = lambda_handler(app)
```
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Annotated, Any, cast

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from mangum import Mangum
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from orchestrator.entry import bodies, correlation, envelopes, identity, logs, start
from orchestrator.entry.edge import BodyTooLarge, Edge
from orchestrator.errors import InvalidInput, OrchestratorError
from orchestrator.spec import Function
from orchestrator.tenancy import Identity

# To ask whether a model is one of pydantic 1, FastAPI imports all of `pydantic.v1`: 100 of 350 ms of a cold
# start. It takes an ImportError for a no, and nothing here uses the old models.
sys.modules.setdefault("pydantic.v1", cast("Any", None))

Handler = Callable[[dict[str, Any], Any], dict[str, Any]]

MAX_BODY = 1_048_576
"""Bytes a function accepts unless it says otherwise; Lambda itself takes 6 MB."""


def create_app(spec: Function, *, max_body: int = MAX_BODY) -> FastAPI:
    """Return the FastAPI app of one function, with the edge around it.

    Raises:
        SettingsError: a variable of the function's settings groups is wrong; the init fails with it.
    """
    platform = start.check(spec)
    app = FastAPI(
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False, "operation_spans": False},
        dependencies=[Depends(_identify)],
    )
    app.state.spec = spec
    app.add_middleware(Edge, spec=spec, auth_mode=platform.auth_mode, max_body=max_body)
    app.add_exception_handler(OrchestratorError, _on_error)
    app.add_exception_handler(RequestValidationError, _on_invalid)
    app.add_exception_handler(HTTPException, _on_status)
    return app


def lambda_handler(app: FastAPI) -> Handler:
    """Return the function Lambda calls for `app`: API Gateway events in, responses out."""
    # Mangum runs on the thread's current loop. A loop of our own stays, whoever else ran one in between.
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    adapter = Mangum(app, lifespan="off")

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        asyncio.set_event_loop(loop)
        return adapter(event, context)

    return handler


async def _identify(request: Request) -> Identity:
    spec: Function = request.app.state.spec
    return identity.admit(request.state.caller, spec, request.method, request.scope["route"].path)


async def _trace(request: Request) -> correlation.Trace:
    return request.state.trace


Caller = Annotated[Identity, Depends(_identify)]
"""Who is calling: a handler's parameter. A route without it is guarded all the same."""

Trace = Annotated[correlation.Trace, Depends(_trace)]
"""The ids of the request: a handler's parameter, for those who hand them on."""


async def _on_error(request: Request, error: Exception) -> JSONResponse:
    problem = envelopes.of_error(cast("OrchestratorError", error))
    if problem.status >= 500:
        logs.log.warning("%s: %s", problem.error_type, problem.message, exc_info=error)
    return _respond(request, problem)


async def _on_invalid(request: Request, error: Exception) -> JSONResponse:
    invalid = cast("RequestValidationError", error)
    try:
        bodies.refuse_other_paths(invalid.body, here=request.scope["route"].path)
    except InvalidInput as elsewhere:
        return _respond(request, envelopes.of_error(elsewhere))
    return _respond(request, bodies.of_validation(invalid.errors(), invalid.body))


async def _on_status(request: Request, error: Exception) -> JSONResponse:
    problem = envelopes.of_status(cast("HTTPException", error).status_code)
    if isinstance(error, BodyTooLarge):
        problem = envelopes.Problem(413, "TooLarge", error.detail, "Send less, or send it in parts.")
    return _respond(request, problem)


def _respond(request: Request, problem: envelopes.Problem) -> JSONResponse:
    spec: Function = request.app.state.spec
    body = envelopes.render(spec.errors, problem, request.state.trace)
    return JSONResponse(body, problem.status, headers=problem.headers())
