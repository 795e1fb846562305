"""What a tool author imports: the decorator that says how a tool runs, and the call it runs in."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from orchestrator.idempotency import StaleAfter

ToolFunction = Callable[..., Awaitable[dict[str, Any]]]
Preview = Callable[[Mapping[str, Any]], dict[str, Any] | None]
F = TypeVar("F", bound=ToolFunction)


async def _unreported(done: int, total: int, note: str) -> None:
    """Progress of a tool that runs in place is seen by nobody."""


@dataclass(frozen=True, slots=True)
class Call:
    """The call a tool runs in. `deadline` is in `time.monotonic()` seconds."""

    tenant: str
    user_id: str = ""
    session_id: str = ""
    job_id: str | None = None
    deadline: float = float("inf")
    report: Callable[[int, int, str], Awaitable[None]] = field(default=_unreported, repr=False)

    def remaining(self) -> float:
        """Return the seconds left before the tool is stopped."""
        return max(0.0, self.deadline - time.monotonic())

    async def progress(self, done: int, total: int, note: str = "") -> None:
        """Say how far a long tool has come; it shows in `GET /jobs/{job_id}`."""
        await self.report(done, total, note)


@dataclass(frozen=True, slots=True)
class Options:
    """How a tool runs; see `tool`."""

    long: bool = False
    retry_safe: bool = False
    intent: str | None = None
    preview: Preview | None = None
    stale_after: StaleAfter | None = None
    scope: str | None = None


def tool(
    *,
    long: bool = False,
    retry_safe: bool = False,
    intent: str | None = None,
    preview: Preview | None = None,
    stale_after: StaleAfter | None = None,
    scope: str | None = None,
) -> Callable[[F], F]:
    """Say how a tool runs. A function without the decorator is quick and not retry-safe.

    Args:
        long: it may outlive the request, so it goes to the queue at once; a quick one runs in place.
        retry_safe: running it twice does no more than running it once, so an interrupted run is repeated.
            An interrupted run of a tool that is not retry-safe is reported and never repeated.
        intent: the intent it answers to, where the file name does not say it.
        preview: for long tools, asked in the front with the checked inputs before anything is queued; a
            dict is the answer (a dry run), `None` means go on. It may raise `InvalidInput`.
        stale_after: what makes a cached answer untrue before its hour is over.
        scope: what a key needs for it besides the route's own scope.
    """

    def mark(function: F) -> F:
        function.__tool__ = Options(long, retry_safe, intent, preview, stale_after, scope)  # pyright: ignore[reportFunctionMemberAccess]
        return function

    return mark


def options_of(function: ToolFunction) -> Options:
    """Return what `tool` said of `function`, or the defaults."""
    return getattr(function, "__tool__", Options())
