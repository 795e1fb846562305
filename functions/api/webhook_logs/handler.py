"""GET /api/v1/webhook-logs/{request_id}: every attempt to deliver a webhook."""

import time
from typing import Annotated

from fastapi import Path

from functions.api.webhook_logs.spec import SPEC
from orchestrator.entry.http import Caller, create_app, lambda_handler
from orchestrator.webhooks.views import DeliveryView
from orchestrator.wiring import webhooks

RequestId = Annotated[
    str,
    Path(max_length=128, description="Id of an analysis request or of a job.", examples=["req_abc123"]),
]

app = create_app(SPEC)


@app.get("/api/v1/webhook-logs/{request_id}", operation_id="getWebhookLog", response_model_exclude_none=True)
async def get_webhook_log(request_id: RequestId, caller: Caller) -> DeliveryView:
    """Return the webhook of a request or job with every attempt to deliver it."""
    delivery = await webhooks.webhooks().log(caller.tenant, request_id)
    return DeliveryView.of(delivery, time.time())


handler = lambda_handler(app)
