"""Everything the product raises on purpose. Domain code raises these; only the edge knows HTTP.

OrchestratorError
├── InvalidInput         the caller's value is wrong; names the field and the mend      422
│   └── MalformedBody    the body is not the JSON it claims to be                       400
├── Unauthenticated      no credential where one is needed                              401
├── Forbidden            the credential lacks the scope                                 403
├── NotFound             no such thing, or another tenant's                             404
├── Conflict             the request collides with one under way, or with the state     409
├── KeyReused            an Idempotency-Key came back with another body                 422
├── TooLarge             the body, or a result, is over its limit                       413
├── BudgetExceeded       a time-out of ours was hit; names the setting                  504
├── NotConfigured        a feature is off; names the setting that turns it on           503
│   └── Misconfigured    … or its setting is there and cannot be used                   503
├── Unavailable          a service of ours is throttled or down; try again              503
└── VendorError          a vendor failed; names it and what to do next                  502
    └── VendorBusy       … and the same call may succeed later (429, 5xx, time-outs)    503
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator


class OrchestratorError(Exception):
    """Base of all errors raised on purpose: a sentence for the caller, and what to do next."""

    def __init__(self, message: str, *, hint: str | None = None, field: str | None = None) -> None:
        """Keep `message` (what is wrong), `hint` (the mend) and `field` (JSON path of the wrong value)."""
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field

    @property
    def error_type(self) -> str:
        """The word published as the error's type."""
        return type(self).__name__

    @property
    def retryable(self) -> bool:
        """Whether the same work may succeed when it is simply run again."""
        return False


class InvalidInput(OrchestratorError):
    """A value of the request is wrong."""


class MalformedBody(InvalidInput):
    """The request body cannot be read as what it claims to be."""


class Unauthenticated(OrchestratorError):
    """A credential is needed and none, or no valid one, was given."""


class Forbidden(OrchestratorError):
    """The credential is valid but lacks the scope."""


class NotFound(OrchestratorError):
    """There is no such thing, or it belongs to another tenant."""


class Conflict(OrchestratorError):
    """The request collides with one under way, or with the state of what it names."""

    retry_after: int | None = None

    def __init__(self, message: str, *, hint: str | None = None, retry_after: int | None = None) -> None:
        """Keep `retry_after`, in whole seconds, when waiting helps."""
        super().__init__(message, hint=hint)
        self.retry_after = retry_after


class KeyReused(OrchestratorError):
    """An `Idempotency-Key` came back with a different request."""


class TooLarge(OrchestratorError):
    """A body is larger than the function accepts, or a result than its record holds."""


class BudgetExceeded(OrchestratorError):
    """A time limit of ours ended the work; the message names the setting that holds it."""


class NotConfigured(OrchestratorError):
    """The feature is switched off; the message names the setting that turns it on."""


class Misconfigured(NotConfigured):
    """A setting is there and cannot be read or used: nothing may go on as though nobody had made it."""


class Unavailable(OrchestratorError):
    """A service of ours is throttled or unreachable for the moment."""

    @property
    def retryable(self) -> bool:
        """Running the same work again may succeed."""
        return True


class VendorError(OrchestratorError):
    """A vendor refused or failed; `vendor` names it."""

    vendor: str = ""

    def __init__(self, vendor: str, message: str, *, hint: str | None = None) -> None:
        """Keep the vendor's name beside what it said (never its secrets)."""
        super().__init__(f"{vendor}: {message}", hint=hint)
        self.vendor = vendor


class VendorBusy(VendorError):
    """The vendor is overloaded, rate-limiting or unreachable: the same call may succeed later."""

    def __init__(
        self, vendor: str, message: str, *, hint: str | None = None, retry_after: float | None = None
    ) -> None:
        """Keep `retry_after`, in seconds, when the vendor said how long to wait."""
        super().__init__(vendor, message, hint=hint)
        self.retry_after = retry_after

    @property
    def retryable(self) -> bool:
        """Running the same work again may succeed."""
        return True


def json_path(parts: Iterable[str | int]) -> str:
    """Return the place of a value as a caller reads it: `inputs.tags[0]` for `inputs`, `tags`, 0."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in parts)
    return text.removeprefix(".")


def recorded(error_type: str, message: str, hint: str | None) -> OrchestratorError:
    """Rebuild an error from what was recorded of it; a type nobody knows keeps its name on the base class."""
    known = {error.__name__: error for error in (*_below(OrchestratorError), OrchestratorError)}
    kind = known.get(error_type) or type(error_type, (OrchestratorError,), {})
    # The classes differ in what they are built from, and the record holds only what they have in common.
    error = kind.__new__(kind)
    OrchestratorError.__init__(error, message, hint=hint)
    return error


def _below(base: type[OrchestratorError]) -> Iterator[type[OrchestratorError]]:
    for kind in base.__subclasses__():
        yield kind
        yield from _below(kind)
