"""How the client talks to the API: one connection, one way to read an answer."""

from __future__ import annotations

import os
from http import HTTPStatus
from typing import Any, Self

import httpx2

from orchestrator.client.errors import Unreachable, json_object, refusal

DEFAULT_URL = "http://localhost:8000"
LONGEST_POLL = 25
"""Seconds one request may wait at the server, which API Gateway cuts off after 30."""
TIMEOUT = httpx2.Timeout(10, connect=5, read=LONGEST_POLL + 10)


class Connection:
    """A connection to the API; it may be shared by threads, and closes with `close` or a `with` block.

    `base_url` is ORCHESTRATOR_BASE_URL or http://localhost:8000, `api_key` ORCHESTRATOR_API_KEY or none,
    unless they are given. `timeout` replaces the time-outs of single requests (5 s to connect, 35 s to be
    answered); `transport` is for tests.
    """

    def __init__(
        self,
        base_url: str | None = None,
        *,
        api_key: str | None = None,
        timeout: httpx2.Timeout | float = TIMEOUT,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        key = api_key or os.environ.get("ORCHESTRATOR_API_KEY")
        self.base_url = (base_url or os.environ.get("ORCHESTRATOR_BASE_URL") or DEFAULT_URL).rstrip("/")
        self._http = httpx2.Client(
            base_url=self.base_url,
            headers={"x-api-key": key} if key else {},
            timeout=timeout,
            transport=transport,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _call(self, method: str, path: str, **request: Any) -> tuple[httpx2.Response, dict[str, Any]]:
        try:
            response = self._http.request(method, path, **request)
        except httpx2.TimeoutException as error:
            raise Unreachable(f"{self.base_url} did not answer in time", "Timeout") from error
        except httpx2.TransportError as error:
            hint = "Is it running? `make run` starts it; ORCHESTRATOR_BASE_URL names another place."
            raise Unreachable(f"{self.base_url}: {error}", "Unreachable", hint=hint) from error
        if response.status_code == HTTPStatus.NO_CONTENT:
            return response, {}
        body = json_object(response)
        if response.is_success and body is not None:
            return response, body
        raise refusal(response, body)
