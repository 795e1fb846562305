"""GET /jobs/{job_id}: how a job is doing. DELETE: cancel it."""

from typing import Annotated

from fastapi import Path, Query

from functions.api.jobs.spec import SPEC
from orchestrator import wiring
from orchestrator.analysis.as_job import as_job
from orchestrator.analysis.reading import REQUEST
from orchestrator.entry.http import Caller, create_app, lambda_handler
from orchestrator.entry.identity import require
from orchestrator.entry.preferences import MAX_WAIT
from orchestrator.errors import Conflict
from orchestrator.jobs.models import JobView
from orchestrator.wiring import analysis

RESULTS = "analysis:read"
"""The scope without which nobody sees what the agents found, whichever way it is asked for."""

JobId = Annotated[
    str,
    Path(
        max_length=128,
        description="Id from POST /orchestrate, or a request id from POST /api/v1/process.",
        examples=["job_abc123"],
    ),
]

app = create_app(SPEC)


@app.get("/jobs/{job_id}", operation_id="getJob", response_model_exclude_none=True)
async def get_job(
    job_id: JobId,
    caller: Caller,
    wait: Annotated[float, Query(ge=0, le=MAX_WAIT, description="Seconds to wait for the job to end.")] = 0,
) -> JobView:
    """Return how a job is doing; with `wait`, as soon as it has ended."""
    if job_id.startswith(REQUEST):
        require(caller, RESULTS)
        return as_job(await analysis.results().watch(caller.tenant, job_id, wait))
    jobs = wiring.jobs()
    return jobs.view(await jobs.watch(caller.tenant, job_id, wait))


@app.delete("/jobs/{job_id}", operation_id="cancelJob", response_model_exclude_none=True)
async def cancel_job(job_id: JobId, caller: Caller) -> JobView:
    """Cancel a waiting job at once; ask a running one to stop."""
    if job_id.startswith(REQUEST):
        raise Conflict(
            "An analysis cannot be cancelled", hint="DELETE /api/v1/results/{request_id} erases it."
        )
    jobs = wiring.jobs()
    return jobs.view(await jobs.cancel(caller.tenant, job_id))


handler = lambda_handler(app)
