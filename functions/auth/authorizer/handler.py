"""Tells API Gateway who is calling (Lambda authorizer, payload 2.0, simple response).

    a good key                               isAuthorized true, with the caller as context
    no key, or an empty Bearer               raises "Unauthorized", 401 {"message":"Unauthorized"}
    unknown, expired, revoked or malformed   isAuthorized false, 403 {"message":"Forbidden"}
    two different keys                       isAuthorized false, 403 {"message":"Forbidden"}
    the table cannot be read                 raises, 500 {"message":"Internal Server Error"}

An HTTP API lets an authorizer choose between these three refusals and nothing of their bodies. It asks for a
key in one of two headers, so identity sources (all of which must be present) cannot produce the 401, and API
Gateway's own cache, which needs them, stays off. A bad key is 403 and not 401 because a raised error counts
as a failed invocation: guesses from outside must not look like a fault of ours.
https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-lambda-authorizer.html
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from functions.auth.authorizer.spec import SPEC
from orchestrator import wiring
from orchestrator.entry import correlation, logs, start
from orchestrator.tenancy.credentials import shown
from orchestrator.tenancy.keys import key_id_of

start.check(SPEC)
keys = wiring.verified_keys()
_runner = asyncio.Runner()


class Unauthorized(Exception):
    """API Gateway turns an error with exactly the message "Unauthorized" into a 401."""

    def __init__(self) -> None:
        super().__init__("Unauthorized")


def handler(event: Mapping[str, Any], context: object) -> dict[str, Any]:
    """Answer API Gateway's question about one request.

    Raises:
        Unauthorized: the request shows no key.
        Unavailable: the keys could not be read; nobody is let in.
    """
    del context
    return _runner.run(_answer(event))


async def _answer(event: Mapping[str, Any]) -> dict[str, Any]:
    headers: Mapping[str, str] = event.get("headers") or {}
    request: Mapping[str, Any] = event.get("requestContext") or {}
    logs.bind(correlation.begin(headers.get("x-correlation-id"), request.get("requestId")))
    presented = shown(headers)
    if not presented:
        logs.log.info("refused", reason="no key")
        raise Unauthorized
    if len(presented) > 1:
        return _refuse("two different keys")
    (credential,) = presented
    key = await keys.verify(credential)
    if key is None:
        # The id is no secret; the rest of what was shown never reaches the log.
        return _refuse("not a good key", key_id=key_id_of(credential))
    context = {"tenant": key.tenant, "key_id": key.id, "scopes": " ".join(sorted(key.scopes))}
    return {"isAuthorized": True, "context": context}


def _refuse(reason: str, key_id: str | None = None) -> dict[str, Any]:
    logs.log.info("refused", reason=reason, key_id=key_id)
    return {"isAuthorized": False}
