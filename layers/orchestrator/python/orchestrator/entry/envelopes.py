"""From an error to an answer: which status, and the body of the path family.

`intents` keeps the sentence in `error`, as the intent router's document shows it; `platform` keeps the type
in `error` and the sentence in `message`; `calendar` keeps all fields of the calendar's document, with nothing
booked and the sentence in `error` and `response_text`.
"""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from math import ceil
from typing import Any

from orchestrator import errors
from orchestrator.config import SettingsError
from orchestrator.entry.correlation import Trace
from orchestrator.spec import ErrorFamily

STATUS: dict[type[BaseException], int] = {
    errors.MalformedBody: 400,
    errors.InvalidInput: 422,
    errors.Unauthenticated: 401,
    errors.Forbidden: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.KeyReused: 422,
    errors.TooLarge: 413,
    errors.BudgetExceeded: 504,
    errors.NotConfigured: 503,
    errors.Misconfigured: 503,
    errors.Unavailable: 503,
    errors.VendorBusy: 503,
    errors.VendorError: 502,
    SettingsError: 503,
    errors.OrchestratorError: 500,
}
"""Status of each class; a subclass that is not listed answers as its nearest listed base."""

RETRY_SECONDS = 2
"""What `Retry-After` says when the error itself names no time."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong, before it takes the shape of a path family. `retry_after` in seconds."""

    status: int
    error_type: str
    message: str
    hint: str | None = None
    field: str | None = None
    details: tuple[dict[str, str], ...] = ()
    retry_after: int | None = None

    def headers(self) -> dict[str, str]:
        """Return the headers that belong to the problem."""
        return {} if self.retry_after is None else {"retry-after": str(self.retry_after)}


def of_error(error: errors.OrchestratorError) -> Problem:
    """Return the problem a domain error stands for."""
    status = next(STATUS[base] for base in type(error).__mro__ if base in STATUS)
    seconds = getattr(error, "retry_after", None) or (RETRY_SECONDS if error.retryable else None)
    after = None if seconds is None else ceil(seconds)
    return Problem(status, error.error_type, error.message, error.hint, error.field, retry_after=after)


def of_status(status: int) -> Problem:
    """Return the problem of a bare HTTP status the framework answered with."""
    phrase = HTTPStatus(status).phrase
    name, message = _WORDS.get(status, (phrase.replace(" ", ""), f"{phrase}."))
    return Problem(status, name, message)


_WORDS = {
    400: ("MalformedBody", "The body cannot be read as UTF-8 JSON."),
    404: ("NotFound", "There is no such path."),
    405: ("MethodNotAllowed", "This path exists, but not with this method."),
    413: ("TooLarge", "The body is larger than this function accepts."),
}


def internal(trace: Trace) -> Problem:
    """Return what a caller may know about a fault of ours: the id under which the log has the rest."""
    message = "Something went wrong on our side."
    return Problem(
        500, "InternalError", message, f"Quote correlation id {trace.correlation_id} when you report it."
    )


NOTHING_BOOKED: dict[str, Any] = {"total_events": 0, "successful": 0, "failed": 0, "results": []}
"""What the calendar's document counts, when nothing was done."""


def sentence(problem: Problem) -> str:
    """Return what is wrong and the mend in one text, for documents that have only one field for it."""
    return f"{problem.message.rstrip('.')}. {problem.hint}" if problem.hint else problem.message


def render(family: ErrorFamily, problem: Problem, trace: Trace) -> dict[str, Any]:
    """Return the body of `problem` as the path family publishes it."""
    body: dict[str, Any] = {"error": problem.message, "status": "error", "error_type": problem.error_type}
    if family == "platform":
        body = {"error": problem.error_type, "message": problem.message, "request_id": trace.request_id}
    elif family == "calendar":
        said = sentence(problem)
        nothing: dict[str, Any] = {"response_text": said, "events": [], "supabase_results": NOTHING_BOOKED}
        body = nothing | body | {"error": said}
    if problem.status == HTTPStatus.INTERNAL_SERVER_ERROR:
        body["correlation_id"] = trace.correlation_id
    extras = {"hint": problem.hint, "field": problem.field, "details": list(problem.details)}
    return body | {key: value for key, value in extras.items() if value}
