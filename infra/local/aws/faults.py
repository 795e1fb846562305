"""Errors on request: tests say which AWS action shall fail, how, and how often."""

from __future__ import annotations

from dataclasses import dataclass

from infra.local.aws.message import AwsRequest, AwsResponse, error_response
from infra.local.shared import Json

_STATUS = {
    "TooManyRequestsException": 429,
    "ServiceUnavailableException": 503,
    "InternalServerError": 500,
    "InternalServerException": 500,
}


@dataclass(slots=True)
class Fault:
    """`count` calls of `action` fail (None: every call), of one function or of all."""

    action: str
    error: str
    count: int | None = None
    function: str | None = None
    status: int | None = None


class Faults:
    """The faults that are set."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def add(self, description: Json) -> None:
        """Set a fault from `{"action", "error", "count"?, "function"?, "status"?}`.

        Raises:
            TypeError: a field is missing or unknown.
        """
        self._faults.append(Fault(**description))

    def clear(self) -> None:
        """Remove every fault."""
        self._faults.clear()

    def check(self, request: AwsRequest) -> AwsResponse | None:
        """Return the error the call shall meet, or None."""
        for fault in self._faults:
            if fault.action == request.action and fault.function in (None, request.caller):
                self._spend(fault)
                status = fault.status or _STATUS.get(fault.error, 400)
                return error_response(request, fault.error, "Injected by /_local/faults", status)
        return None

    def _spend(self, fault: Fault) -> None:
        if fault.count is not None:
            fault.count -= 1
            if fault.count <= 0:
                self._faults.remove(fault)
