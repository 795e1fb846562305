"""GET /jobs/{job_id}: how a job is doing. DELETE: cancel it."""

from typing import Annotated

from fastapi import Path, Query

from functions.api.jobs.spec import SPEC
from orchestrator import wiring
from orchestrator.entry.http import Caller, create_app, lambda_handler
from orchestrator.entry.preferences import MAX_WAIT
from orchestrator.jobs.models import JobView

JobId = Annotated[
    str, Path(max_length=128, description="Id from POST /orchestrate.", examples=["job_abc123"])
]

app = create_app(SPEC)


@app.get("/jobs/{job_id}", operation_id="getJob", response_model_exclude_none=True)
async def get_job(
    job_id: JobId,
    caller: Caller,
    wait: Annotated[float, Query(ge=0, le=MAX_WAIT, description="Seconds to wait for the job to end.")] = 0,
) -> JobView:
    """Return how a job is doing; with `wait`, as soon as it has ended."""
    jobs = wiring.jobs()
    return jobs.view(await jobs.watch(caller.tenant, job_id, wait))


@app.delete("/jobs/{job_id}", operation_id="cancelJob", response_model_exclude_none=True)
async def cancel_job(job_id: JobId, caller: Caller) -> JobView:
    """Cancel a waiting job at once; ask a running one to stop."""
    jobs = wiring.jobs()
    return jobs.view(await jobs.cancel(caller.tenant, job_id))


handler = lambda_handler(app)
