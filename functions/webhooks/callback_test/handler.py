"""POST /webhook/callback/test: a receiver that shows what it got and explains its signature."""

import time
from typing import Annotated, Any

from fastapi import Header, Request

from functions.webhooks.callback_test.models import Echo, Received, Signature
from functions.webhooks.callback_test.spec import SPEC
from orchestrator.entry.http import create_app, lambda_handler
from orchestrator.errors import NotConfigured
from orchestrator.webhooks.diagnosis import diagnose
from orchestrator.webhooks.signing import Presented
from orchestrator.wiring import webhooks

MAX_BODY = 262_144
"""Bytes. The usual slips are tried on all of it; it is parsed and written anew only up to 64 KB."""
ANY_BODY: dict[str, Any] = {
    "requestBody": {
        "description": "Whatever your receiver would get.",
        "content": {"application/json": {"schema": {}}},
    }
}

app = create_app(SPEC, max_body=MAX_BODY)


@app.post("/webhook/callback/test", operation_id="testWebhookCallback", openapi_extra=ANY_BODY)
async def callback_test(
    request: Request,
    x_webhook_secret: Annotated[
        str | None,
        Header(max_length=1024, description="What the delivery is signed with; else WEBHOOK_RECEIVE_SECRET."),
    ] = None,
) -> Echo:
    """Echo a delivery, and say why its signature does not match."""
    body = await request.body()
    signature = await _judged(body, Presented.of(request.headers), x_webhook_secret)
    return Echo(received=Received.of(request.headers, body), signature=signature)


async def _judged(body: bytes, presented: Presented, secret: str | None) -> Signature:
    if presented == Presented():
        return Signature.unknown("It is not signed: neither X-Webhook-Signature nor webhook-signature came.")
    try:
        secrets = (secret,) if secret else await webhooks.receive_secrets()
    except NotConfigured as error:
        return Signature.unknown(f"{error.message}: send the secret in the header x-webhook-secret.")
    return Signature.of(diagnose(body, presented, secrets, time.time()))


handler = lambda_handler(app)
