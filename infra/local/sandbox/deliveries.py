"""A receiver for webhooks: takes whatever is sent to it and shows it.

Whatever comes to its path or below is noted and answered with 200. Only `GET` and `DELETE` of the path itself
ask what it got.
"""

from __future__ import annotations

import json
import time
from collections import deque
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from infra.local.sandbox import RECEIVER
from infra.local.sandbox.outbox import Outbox
from infra.local.sandbox.standin import METHODS, Ask, Handler, StandIn, json_response

MOST = 5_000
"""Deliveries that are kept."""
MOST_BYTES = 64 * 2**20
"""Bytes of bodies that are kept."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request as it arrived; `time` in Unix seconds, `status` what it was answered with (0: hung up)."""

    time: float
    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    status: int

    def view(self) -> dict[str, Any]:
        """Return the delivery as JSON shows it; `json` is null where the body is none."""
        text = self.body.decode("utf-8", "replace")
        return {
            "time": datetime.fromtimestamp(self.time, UTC).isoformat(timespec="milliseconds"),
            "method": self.method,
            "path": self.path,
            "headers": self.headers,
            "body": text,
            "json": _parsed(text),
            "status": self.status,
        }


class Deliveries(StandIn):
    """The stand-in for everybody who receives webhooks."""

    name = "deliveries"

    def __init__(self, outbox: Outbox) -> None:
        """Start with nothing received; what arrives has a list of its own and is not in the outbox."""
        super().__init__(outbox)
        self._received: deque[Delivery] = deque()
        self._bytes = 0

    def handlers(self) -> dict[tuple[str, str], Handler]:
        """Return none: every path is answered alike."""
        return {}

    def handler(self, ask: Ask) -> Handler:
        """Return what thanks for any request."""
        return _thanks

    def problem(self, status: int, message: str) -> Response:
        """Return the message as JSON."""
        return json_response({"message": message}, status)

    def routes(self) -> list[BaseRoute]:
        """Return the switch for faults, the list of what came, and the receiver itself."""
        switch, _ = super().routes()
        return [
            switch,
            Route(RECEIVER, self._ask, methods=["GET", "DELETE"]),
            Route(f"{RECEIVER}{{path:path}}", self._serve, methods=METHODS),
        ]

    def record(self, ask: Ask, status: int) -> None:
        """Note a delivery; the oldest make room."""
        headers = {name.lower(): value for name, value in ask.headers.items()}
        self._received.append(Delivery(time.time(), ask.method, ask.path, headers, ask.body, status))
        self._bytes += len(ask.body)
        while len(self._received) > MOST or self._bytes > MOST_BYTES:
            self._bytes -= len(self._received.popleft().body)

    async def _ask(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._received.clear()
            self._bytes = 0
            return Response(status_code=204)
        path, webhook = request.query_params.get("path"), request.query_params.get("webhook_id")
        return json_response(
            [
                one.view()
                for one in self._received
                if path in (None, one.path) and webhook in (None, one.headers.get("webhook-id"))
            ]
        )


async def _thanks(ask: Ask) -> Response:
    return json_response({"received": True})


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
