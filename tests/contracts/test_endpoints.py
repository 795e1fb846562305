"""What the store of failing endpoints promises: DynamoDB on moto and the dict alike."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest

from orchestrator.aws.endpoints import DynamoEndpoints
from orchestrator.webhooks.models import DISABLED_AFTER, Endpoint
from orchestrator.webhooks.ports import EndpointStore
from tests.fakes.stack import Stack, stack
from tests.fakes.webhooks import MemoryEndpoints

NOW = 1_795_174_154.123_456_7
URL = "https://example.com/hook"


def play(scene: Callable[[], Awaitable[None]]) -> None:
    async def go() -> None:
        await scene()

    asyncio.run(go())


@pytest.fixture(params=["table", "dict"])
def endpoints(request: pytest.FixtureRequest) -> Iterator[EndpointStore]:
    if request.param == "dict":
        yield MemoryEndpoints()
        return
    with stack() as made:
        yield DynamoEndpoints(made.environment["TABLE_WEBHOOKS"], lambda: NOW)


def test_an_endpoint_fails_since_its_first_failure_until_it_recovers(endpoints: EndpointStore) -> None:
    async def scene() -> None:
        assert await endpoints.get("acme", URL) is None
        await endpoints.failed("acme", URL, NOW)
        await endpoints.failed("acme", URL, NOW + 100)
        assert await endpoints.get("acme", URL) == Endpoint(NOW, NOW + 100)
        await endpoints.recovered("acme", URL)
        assert await endpoints.get("acme", URL) is None

    play(scene)


def test_an_endpoint_is_a_tenants_and_a_url_without_its_query(endpoints: EndpointStore) -> None:
    async def scene() -> None:
        await endpoints.failed("acme", f"{URL}?token=1", NOW)
        assert await endpoints.get("acme", f"{URL}?token=2#x") == Endpoint(NOW, NOW)
        assert await endpoints.get("acme", f"{URL}/other") is None
        assert await endpoints.get("other", URL) is None

    play(scene)


@pytest.mark.parametrize(
    ("after", "disabled"), [(0, False), (DISABLED_AFTER - 1, False), (DISABLED_AFTER, True)]
)
def test_it_is_disabled_once_it_still_fails_after_five_days(after: float, disabled: bool) -> None:
    assert Endpoint(NOW, NOW + after).is_disabled is disabled


@pytest.fixture
def table() -> Iterator[Stack]:
    with stack() as made:
        yield made


def test_within_a_minute_nothing_is_asked_or_written_twice(table: Stack) -> None:
    async def scene() -> None:
        now = NOW
        endpoints = DynamoEndpoints("webhooks", lambda: now)
        for _ in range(3):
            await endpoints.get("acme", URL)
        assert table.calls == ["GetItem"]
        for seconds in (0, 1, 59):
            await endpoints.failed("acme", URL, NOW + seconds)
        assert table.calls == ["GetItem", "UpdateItem"]
        await endpoints.failed("acme", URL, NOW + 60)
        now += 61
        await endpoints.get("acme", URL)
        assert table.calls == ["GetItem", "UpdateItem", "UpdateItem", "GetItem"]

    play(scene)


def test_that_a_disabled_endpoint_has_recovered_is_seen_at_once(table: Stack) -> None:
    async def scene() -> None:
        here, elsewhere = (DynamoEndpoints("webhooks", lambda: NOW) for _ in range(2))
        await here.failed("acme", URL, NOW - DISABLED_AFTER)
        await here.failed("acme", URL, NOW)
        disabled = await here.get("acme", URL)
        assert disabled is not None
        assert disabled.is_disabled
        await elsewhere.recovered("acme", URL)
        assert await here.get("acme", URL) is None

    play(scene)
    assert "Scan" not in table.calls
