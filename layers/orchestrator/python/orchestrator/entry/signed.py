"""Routes whose callers show no key but sign what they send: the raw bytes are checked before they are read.

```python
app.router.route_class = signed_route(check)

@app.post("/webhook/receive", openapi_extra=SIGNED)
async def receive(body: ProcessRequest, request: Request) -> ...
```
A body that was parsed first would tell everybody what a well-formed one looks like, and one that was parsed
and written anew is no longer what was signed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

Check = Callable[[Request, bytes], Awaitable[None]]


def _header(name: str, text: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "description": text, "schema": {"type": "string"}}


SIGNED: dict[str, Any] = {
    "parameters": [
        _header("X-Webhook-Signature", "Hex HMAC-SHA256 of the raw body; or the three headers that follow."),
        _header("webhook-id", "Standard Webhooks: what tells this delivery from all others."),
        _header("webhook-timestamp", "Standard Webhooks: Unix seconds."),
        _header("webhook-signature", "Standard Webhooks: `v1,` and base64, several apart by blanks."),
    ]
}
"""What the API document says of a route that takes both schemes of `orchestrator.webhooks.signing`."""


class SignedRoute(APIRoute):
    """A route that is answered only after its check."""


def signed_route(check: Check) -> type[SignedRoute]:
    """Return the class of routes that call `check` with each request and its raw body first.

    `check` raises for a request that is to be refused, and may keep what it learned in `request.state`.
    """

    class Route(SignedRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            answer = super().get_route_handler()

            async def answer_signed(request: Request) -> Response:
                await check(request, await request.body())
                return await answer(request)

            return answer_signed

    return Route
