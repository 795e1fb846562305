"""`/_local/…`: what tests and curious people may ask the runner itself."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from infra.local.aws.front import Front
from infra.local.gateway.app import Receive, Scope, Send, read_body, write
from infra.local.gateway.event import Response, message

Answer = Callable[["Control", Scope, bytes], Response]


def as_json(value: Any, status: int = 200) -> Response:
    """Return a JSON response."""
    return Response(status, [(b"content-type", b"application/json")], json.dumps(value).encode())


class Control:
    """Answers the control paths; `outbox` lists what the stand-ins received, `workers` the live processes."""

    def __init__(
        self,
        front: Front,
        outbox: Callable[[], list[dict[str, Any]]],
        workers: Callable[[], dict[str, list[int]]],
    ) -> None:
        self.front = front
        self.outbox = outbox
        self.workers = workers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request under `/_local/`."""
        body = await read_body(receive, 2**20)
        answer = _ROUTES.get((scope["method"], scope["path"]))
        if body is None or answer is None:
            await write(send, message(404, "Not Found"))
        else:
            await write(send, answer(self, scope, body))


def _calls(control: Control, scope: Scope, body: bytes) -> Response:
    return as_json({function: dict(counts) for function, counts in control.front.calls.items()})


def _reset_calls(control: Control, scope: Scope, body: bytes) -> Response:
    control.front.calls.clear()
    return Response(204, [], b"")


def _add_fault(control: Control, scope: Scope, body: bytes) -> Response:
    try:
        control.front.faults.add(json.loads(body))
    except (ValueError, TypeError) as error:
        return as_json({"message": f"a fault is {{action, error, count?, function?, status?}}: {error}"}, 400)
    return Response(204, [], b"")


def _clear_faults(control: Control, scope: Scope, body: bytes) -> Response:
    control.front.faults.clear()
    return Response(204, [], b"")


def _outbox(control: Control, scope: Scope, body: bytes) -> Response:
    vendors = parse_qs(scope["query_string"].decode()).get("vendor")
    return as_json([entry for entry in control.outbox() if not vendors or entry.get("vendor") in vendors])


def _workers(control: Control, scope: Scope, body: bytes) -> Response:
    return as_json(control.workers())


_ROUTES: dict[tuple[str, str], Answer] = {
    ("GET", "/_local/calls"): _calls,
    ("DELETE", "/_local/calls"): _reset_calls,
    ("POST", "/_local/faults"): _add_fault,
    ("DELETE", "/_local/faults"): _clear_faults,
    ("GET", "/_local/outbox"): _outbox,
    ("GET", "/_local/workers"): _workers,
}
