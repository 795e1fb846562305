"""Texts and what the agents find in them."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from math import ceil
from typing import Any, Literal, TypedDict, Unpack, cast
from urllib.parse import quote

from orchestrator.client.answers import Analysis, Batch, Status
from orchestrator.client.errors import ClientError, may_pass
from orchestrator.client.transport import LONGEST_POLL, Connection

_UNDER_WAY = ("pending", "processing")


class Submitting(TypedDict, total=False):
    """What else a text may be sent with."""

    orchestration_mode: Literal["sequential", "parallel"]
    webhook_url: str
    webhook_secret: str | Sequence[str]
    idempotency_key: str


class Filter(TypedDict, total=False):
    """Which requests to list. A time without a zone is this machine's."""

    status: Status
    since: datetime
    until: datetime
    page_size: int


class AnalysisCalls(Connection):
    """The calls of `/api/v1/process` and `/api/v1/results`."""

    def process(self, text: str, *, wait: float = 0, **options: Unpack[Submitting]) -> Analysis:
        """Have `text` analysed; with `wait` (seconds) return as soon as it is done.

        Without an ending by then it comes back as it stands; `result` goes on with it.

        Raises:
            RequestRefused: the API answered with an error.
            Unreachable: nothing answered.
        """
        end = time.monotonic() + wait
        headers = {"prefer": f"wait={min(ceil(wait), LONGEST_POLL)}"} if wait else {}
        accepted = cast("Analysis", self._submit({"text": text}, options, headers))
        if not wait or accepted["status"] not in _UNDER_WAY:
            return accepted
        return self._until(lambda left: self.result(accepted["request_id"], wait=left), end)

    def process_batch(self, texts: Sequence[str], **options: Unpack[Submitting]) -> Batch:
        """Have up to 25 texts analysed, each as a request of its own; `batch` tells how far they are.

        Raises:
            RequestRefused, Unreachable: as `process`.
        """
        return cast("Batch", self._submit({"texts": list(texts)}, options, {}))

    def result(self, request_id: str, *, wait: float = 0) -> Analysis:
        """Return what has been found so far; with `wait` (seconds, at most 25) as soon as all is.

        Raises:
            RequestRefused: there is no such request, or the key may not see it.
            Unreachable: nothing answered.
        """
        params = {"wait": f"{min(wait, LONGEST_POLL):.3f}"} if wait else {}
        return cast("Analysis", self._call("GET", _path(request_id), params=params)[1])

    def batch(self, batch_id: str) -> Batch:
        """Return how far the requests of a batch are.

        Raises:
            RequestRefused, Unreachable: as `result`.
        """
        return cast("Batch", self._call("GET", _path(batch_id))[1])

    def results(self, **wanted: Unpack[Filter]) -> Iterator[Analysis]:
        """Yield requests without their results, newest first, page by page as they are asked for.

        Raises:
            RequestRefused, Unreachable: as `result`.
        """
        params: dict[str, Any] = {name: _written(value) for name, value in wanted.items()}
        while True:
            page = self._call("GET", "/api/v1/results", params=params)[1]
            yield from page["results"]
            if "next_cursor" not in page:
                return
            params["cursor"] = page["next_cursor"]

    def delete(self, identifier: str) -> None:
        """Erase a request with its text, results and webhook, or a batch with all its requests.

        Raises:
            RequestRefused, Unreachable: as `result`.
        """
        self._call("DELETE", _path(identifier))

    def _submit(
        self, body: dict[str, Any], options: Submitting, headers: Mapping[str, str]
    ) -> dict[str, Any]:
        fields: dict[str, Any] = dict(options)
        key = fields.pop("idempotency_key", None)
        named = {**headers, "idempotency-key": key} if key else headers
        return self._call("POST", "/api/v1/process", json=body | fields, headers=named)[1]

    @staticmethod
    def _until(ask: Callable[[float], Analysis], end: float) -> Analysis:
        while True:
            left = max(0.0, end - time.monotonic())
            try:
                found = ask(left)
            except ClientError as error:
                # The agents go on whoever watches them: what may pass is no reason to stop watching.
                if not may_pass(error) or left <= 0:
                    raise
                time.sleep(min(1.0, left))
                continue
            if found["status"] not in _UNDER_WAY or left <= 0:
                return found
            time.sleep(0.05)  # a server in between that does not wait must not be asked without a break


def _path(identifier: str) -> str:
    return f"/api/v1/results/{quote(identifier, safe='')}"


def _written(value: object) -> object:
    return value.astimezone().isoformat() if isinstance(value, datetime) else value
