"""Everything the client raises.

ClientError              `error_type`, `hint`, `status`, whatever happened
├── RequestRefused       the API answered with an error; `body` is all it said
├── JobFailed            the job that was waited for failed or was cancelled; `job` is its last state
└── Unreachable          nothing, or nothing that is the API's, answered
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http.client import UNAUTHORIZED, responses
from typing import TYPE_CHECKING, Any, cast

from orchestrator.client.answers import Job

if TYPE_CHECKING:
    import httpx2


class ClientError(Exception):
    """Base of everything the client raises. `status` is the HTTP status; `None` when there was no answer."""

    def __init__(
        self, message: str, error_type: str, *, hint: str | None = None, status: int | None = None
    ) -> None:
        super().__init__(message if hint is None else f"{message} ({hint})")
        self.message = message
        self.error_type = error_type
        self.hint = hint
        self.status = status


class RequestRefused(ClientError):
    """The API answered with an error. `retry_after` in seconds, `request_id` for whoever reads the logs."""

    body: Mapping[str, Any] = {}
    field: str | None = None
    retry_after: float | None = None
    request_id: str | None = None


class JobFailed(ClientError):
    """The job ended without a result; `job` is its last state."""

    def __init__(self, job: Job) -> None:
        message = job.get("error", f"it was {job['status']}")
        kind = job.get("error_type", job["status"].capitalize())
        super().__init__(f"{job['job_id']}: {message}", kind, hint=job.get("hint"))
        self.job = job


class Unreachable(ClientError):
    """No connection, no answer in time, or an answer that is not the API's."""


def json_object(response: httpx2.Response) -> dict[str, Any] | None:
    """Return the JSON object of an answer, `None` when it holds none."""
    try:
        body: object = json.loads(response.content)
    except ValueError:
        return None
    return cast("dict[str, Any]", body) if isinstance(body, dict) else None


def refusal(response: httpx2.Response, body: Mapping[str, Any] | None) -> ClientError:
    """Return the error an answer stands for, in whichever of the API's envelopes it comes."""
    status = response.status_code
    if body is None:
        about = f"HTTP {status}, {response.headers.get('content-type', 'no content type')}"
        hint = "Check ORCHESTRATOR_BASE_URL: something else answers there."
        return Unreachable(f"the answer is no JSON object ({about})", "NotTheApi", hint=hint, status=status)
    sentence, kind, hint = _words(body, status)
    error = RequestRefused(sentence, kind, hint=hint, status=status)
    error.body = body
    error.field = body.get("field")
    error.retry_after = _seconds(response.headers.get("retry-after"))
    error.request_id = response.headers.get("x-request-id") or response.headers.get("apigw-requestid")
    return error


def _words(body: Mapping[str, Any], status: int) -> tuple[str, str, str | None]:
    """Read the intents' envelope (`error_type`), the platform's (`error`, `message`) or API Gateway's."""
    phrase = responses.get(status, f"HTTP {status}")
    if "error_type" in body:
        kind, sentence = body["error_type"], body.get("error", phrase)
    else:
        kind, sentence = body.get("error", phrase.replace(" ", "")), body.get("message", phrase)
    hint = body.get("hint")
    if hint is None and status == UNAUTHORIZED:
        hint = "Give an API key: ORCHESTRATOR_API_KEY, or Client(api_key=…)."
    return str(sentence), str(kind), hint


def _seconds(value: str | None) -> float | None:
    return float(value) if value and value.isdecimal() else None


def may_pass(error: ClientError) -> bool:
    """Return whether the same request may be answered later."""
    return error.status is None or error.status in (429, 500, 502, 503, 504)
