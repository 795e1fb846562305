"""Named failures of states, and which names a Retry or Catch means by them.

Source: "Handling errors in Step Functions workflows", section "Error names".
"""

from __future__ import annotations

from collections.abc import Iterable

ALL = "States.ALL"
TIMEOUT = "States.Timeout"
TASK_FAILED = "States.TaskFailed"
RUNTIME = "States.Runtime"
DATA_LIMIT = "States.DataLimitExceeded"
NO_CHOICE = "States.NoChoiceMatched"
RESULT_PATH = "States.ResultPathMatchFailure"
INTRINSIC = "States.IntrinsicFailure"
_TERMINAL = frozenset({RUNTIME, DATA_LIMIT})
"""What the wildcards do not match."""


class Failure(Exception):
    """A state failed: `error` is the name Retry and Catch match, `cause` a text for people."""

    def __init__(self, error: str, cause: str = "") -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause

    def output(self) -> dict[str, str]:
        """Return what a Catch puts at its ResultPath."""
        return {"Error": self.error, "Cause": self.cause}


def matches(names: Iterable[str], error: str) -> bool:
    """Return whether an `ErrorEquals` list means the error."""
    return any(name == error or _covers(name, error) for name in names)


def _covers(wildcard: str, error: str) -> bool:
    if error in _TERMINAL:
        return False
    return wildcard == ALL or (wildcard == TASK_FAILED and error != TIMEOUT)
