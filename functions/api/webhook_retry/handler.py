"""POST /api/v1/webhook/retry/{request_id}: deliver a webhook again. Without an id: all that failed."""

import time
from typing import Annotated

from fastapi import Path, Query

from functions.api.webhook_retry.spec import SPEC
from orchestrator.analysis.reading import REQUEST
from orchestrator.entry.http import Caller, create_app, lambda_handler
from orchestrator.entry.identity import require
from orchestrator.entry.moments import Moment
from orchestrator.webhooks.views import DeliveryView, ReplayView, RetryRequest
from orchestrator.wiring import webhooks

MAX_REPLAYED = 500
"""Deliveries one request may replay: each costs two calls of AWS, and the answer has 29 s."""

RequestId = Annotated[
    str,
    Path(max_length=128, description="Id of an analysis request or of a job.", examples=["req_abc123"]),
]
When = Annotated[Moment, Query(description="RFC 3339; without an offset it is UTC.")]

app = create_app(SPEC)


@app.post(
    "/api/v1/webhook/retry/{request_id}",
    status_code=202,
    operation_id="retryWebhook",
    response_model_exclude_none=True,
)
async def retry_webhook(
    request_id: RequestId, caller: Caller, request: RetryRequest | None = None
) -> DeliveryView:
    """Deliver a webhook again, whatever became of it; with `webhook_url`, to another address.

    Another address needs the scope that reads what is delivered as well: `analysis:read` or `jobs:read`.
    """
    url = request.webhook_url if request else None
    if url is not None:
        # Whoever names the receiver reads the result.
        require(caller, "analysis:read" if request_id.startswith(REQUEST) else "jobs:read")
    delivery = await webhooks.webhooks().retry(caller.tenant, request_id, url)
    return DeliveryView.of(delivery, time.time())


@app.post("/api/v1/webhook/retry", status_code=202, operation_id="replayWebhooks")
async def replay_webhooks(
    caller: Caller,
    since: When,
    until: When | None = None,
    limit: Annotated[int, Query(ge=1, le=MAX_REPLAYED, description="How many at most.")] = 100,
) -> ReplayView:
    """Deliver again what failed for good between two moments."""
    end = until and until.timestamp()
    return ReplayView.of(await webhooks.webhooks().replay(caller.tenant, since.timestamp(), end, limit))


handler = lambda_handler(app)
