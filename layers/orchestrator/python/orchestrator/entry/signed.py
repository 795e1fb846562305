"""Routes whose callers show no key but sign what they send: the raw bytes are checked before they are read.

```python
app.router.route_class = signed_route(check)
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


def signed_route(check: Check) -> type[APIRoute]:
    """Return the class of routes that call `check` with each request and its raw body first.

    `check` raises for a request that is to be refused, and may keep what it learned in `request.state`.
    """

    class SignedRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            answer = super().get_route_handler()

            async def answer_signed(request: Request) -> Response:
                await check(request, await request.body())
                return await answer(request)

            return answer_signed

    return SignedRoute
