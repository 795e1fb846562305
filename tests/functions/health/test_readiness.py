"""What readiness concludes from what its probes say."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest

from functions.api.health import readiness
from functions.api.health.models import Readiness
from functions.api.health.readiness import Monitor, without_details
from orchestrator.errors import Unavailable, VendorError
from tests.fakes.keys import Clock

Probe = Callable[[], Awaitable[str]]


def says(word: str) -> Probe:
    async def probe() -> str:
        return word

    return probe


def fails(error: Exception) -> Probe:
    async def probe() -> str:
        raise error

    return probe


def report(**probes: Probe) -> Readiness:
    everything = {"database": says("ok"), "queue": says("ok"), "openai": says("ok")} | probes
    return asyncio.run(Monitor(everything).report())


def test_everything_answers() -> None:
    found = report()
    assert (found.status, found.checks.database.status) == ("ok", "ok")


@pytest.mark.parametrize("word", ["stand-in", "not configured"])
def test_no_vendor_key_is_no_fault(word: str) -> None:
    found = report(openai=says(word))
    assert (found.status, found.checks.openai.status) == ("ok", word)


def test_a_vendor_that_fails_only_degrades() -> None:
    found = report(openai=fails(VendorError("openai", "the API key was refused (401)")))
    assert (found.status, found.checks.openai.detail) == ("degraded", "openai: the API key was refused (401)")


@pytest.mark.parametrize("name", ["database", "queue"])
def test_a_store_that_fails_makes_it_unavailable(name: str) -> None:
    found = report(**{name: fails(Unavailable("it is CREATING"))})
    assert found.status == "unavailable"
    assert getattr(found.checks, name).detail == "it is CREATING"


def test_a_probe_that_breaks_shows_its_kind_and_no_more() -> None:
    assert report(queue=fails(RuntimeError("secret"))).checks.queue.detail == "RuntimeError"


def test_a_probe_that_hangs_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def hang() -> str:
        await asyncio.Event().wait()
        return "never"

    monkeypatch.setattr(readiness, "SECONDS", 0.01)
    assert report(database=hang).checks.database.detail == "no answer within 0.01 s"


def test_the_probes_run_together() -> None:
    async def both() -> str:
        await barrier.wait()
        return "ok"

    barrier = asyncio.Barrier(2)
    assert report(database=both, queue=both).status == "ok"


def test_what_was_found_is_kept_for_a_minute() -> None:
    calls: list[str] = []

    async def count() -> str:
        calls.append("asked")
        return "ok"

    async def three_times() -> None:
        await monitor.report()
        clock.now += timedelta(seconds=59)
        await monitor.report()
        assert calls == ["asked"]
        clock.now += timedelta(seconds=1)
        await monitor.report()

    clock = Clock(datetime(2026, 11, 20, tzinfo=UTC))
    monitor = Monitor({"database": count, "queue": says("ok"), "openai": says("ok")}, clock)
    asyncio.run(three_times())
    assert calls == ["asked", "asked"]


def test_the_public_part_keeps_words_and_drops_details() -> None:
    bare = without_details(report(queue=fails(Unavailable("https://sqs.internal is down"))))
    assert bare.checks.queue.model_dump(exclude_none=True) == {"status": "failing"}
    assert bare.status == "unavailable"
