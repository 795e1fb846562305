"""POST /webhook/receive: texts to analyse, from whoever can sign them."""

import time

from fastapi import Request, Response

from functions.webhooks.receive.spec import SPEC
from orchestrator.analysis.answering import just_accepted
from orchestrator.analysis.lists import BatchAcceptedView
from orchestrator.analysis.requests import ProcessRequest, largest_body
from orchestrator.analysis.submission import Submission
from orchestrator.analysis.views import AcceptedView, path_of
from orchestrator.config.groups import Analysis
from orchestrator.entry.http import Trace, create_app, lambda_handler
from orchestrator.entry.signed import SIGNED, signed_route
from orchestrator.entry.snapstart import before_snapshot
from orchestrator.errors import Conflict, KeyReused
from orchestrator.webhooks.inbound import Inbound, verified
from orchestrator.webhooks.signing import Presented
from orchestrator.wiring import analysis, webhooks

TENANT = "default"
"""Whose requests they are: the secret belongs to the deployment, not to one of its tenants."""

app = create_app(SPEC, max_body=largest_body(Analysis.load().max_text_length))


async def _verify(request: Request, body: bytes) -> None:
    secrets = await webhooks.receive_secrets()
    request.state.inbound = verified(body, Presented.of(request.headers), secrets, time.time())


app.router.route_class = signed_route(_verify)


@app.post(
    "/webhook/receive",
    operation_id="receiveWebhook",
    status_code=202,
    response_model=AcceptedView | BatchAcceptedView,
    response_model_exclude_none=True,
    openapi_extra=SIGNED,
)
async def receive(body: ProcessRequest, request: Request, trace: Trace) -> Response:
    """Analyse a text that a signed webhook brings; ask for the result, or have it delivered."""
    inbound: Inbound = request.state.inbound
    submission = Submission.of(body, key=inbound.key, also=inbound.also, correlation_id=trace.correlation_id)
    try:
        submitted = await analysis.inbound().submit(submission, TENANT)
    except KeyReused as error:
        raise Conflict("This webhook-id came before, with another body", hint="Use a new id.") from error
    if submitted.replayed:
        raise Conflict(
            f"This delivery came before, and is {submitted.identifier}",
            hint=f"See GET {path_of(submitted.identifier)}; sign a new request with a new webhook-id.",
        )
    view = just_accepted(analysis.results(), submitted)
    headers = {"Location": path_of(submitted.identifier)}
    return Response(view.model_dump_json(exclude_none=True), 202, headers, media_type="application/json")


before_snapshot(analysis.prepare_inbound)
handler = lambda_handler(app)
