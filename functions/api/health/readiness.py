"""What `GET /api/v1/health` finds out, at most once a minute and process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from time import perf_counter

from functions.api.health.models import Check, Checks, Readiness
from orchestrator import __version__
from orchestrator.entry.logs import log
from orchestrator.errors import OrchestratorError

Probe = Callable[[], Awaitable[str]]
LIFETIME = timedelta(seconds=60)
SECONDS = 4.0
"""How long one check may take."""
OURS = ("database", "queue")
"""The checks without which nothing works; a vendor's failure only degrades."""


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Monitor:
    """Runs the probes together and remembers what they found."""

    def __init__(self, probes: Mapping[str, Probe], now: Callable[[], datetime] = _utc_now) -> None:
        """Ask nothing yet. `now` is wall-clock time: a frozen Lambda's monotonic clock may stand still."""
        self._probes = probes
        self._now = now
        self._found: Readiness | None = None
        self._until = now()

    async def report(self) -> Readiness:
        """Return what is known, from at most 60 seconds ago."""
        now = self._now()
        if self._found is None or now >= self._until:
            checks = await asyncio.gather(*(_check(name, probe) for name, probe in self._probes.items()))
            self._found = _sum_up(dict(zip(self._probes, checks, strict=True)), now)
            self._until = now + LIFETIME
        return self._found


def without_details(readiness: Readiness) -> Readiness:
    """Return what anybody may know."""
    bare = {name: Check(status=check.status) for name, check in readiness.checks}
    return readiness.model_copy(update={"checks": Checks(**bare)})


async def _check(name: str, probe: Probe) -> Check:
    started = perf_counter()
    detail = None
    try:
        status = await asyncio.wait_for(probe(), SECONDS)
    except TimeoutError:
        status, detail = "failing", f"no answer within {SECONDS:g} s"
    except OrchestratorError as error:
        status, detail = "failing", error.message
    except Exception as error:
        log.exception("check %s broke", name)
        status, detail = "failing", type(error).__name__
    duration = round((perf_counter() - started) * 1000, 1)
    return Check.model_validate({"status": status, "detail": detail, "duration_ms": duration})


def _sum_up(checks: Mapping[str, Check], now: datetime) -> Readiness:
    failing = {name for name, check in checks.items() if check.status == "failing"}
    status = "unavailable" if failing & set(OURS) else "degraded" if failing else "ok"
    checked_at = now.isoformat(timespec="seconds").replace("+00:00", "Z")
    return Readiness(status=status, version=__version__, checked_at=checked_at, checks=Checks(**checks))
