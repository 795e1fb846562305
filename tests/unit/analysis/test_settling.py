"""The end of a request: statuses, what the receiver is told, repetitions, deletions in between."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from orchestrator.analysis.models import AGENTS, AgentRun, Analysis
from orchestrator.analysis.outcome import Standing
from orchestrator.errors import Unavailable
from tests.unit.analysis.world import DEAD_AFTER, World

HOOK: dict[str, Any] = {"webhook_url": "https://example.com/hook", "webhook_secrets": ("s",)}
FAILED: dict[str, str] = dict.fromkeys(AGENTS, "failed")


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


@pytest.fixture
def world() -> World:
    return World()


async def shown(world: World, request: Analysis) -> Standing:
    return await world.results.get(request.tenant, request.request_id)


@pytest.mark.parametrize(
    ("endings", "status"),
    [
        ({}, "completed"),
        ({"summarizer": "completed", "sentiment": "failed", "entity_extractor": "failed"}, "partial"),
        ({"sentiment": "completed", "entity_extractor": "completed"}, "partial"),
        (FAILED, "failed"),
        ({"summarizer": "running"}, "failed"),
        ({"summarizer": "none"}, "failed"),
    ],
)
def test_a_request_ends_as_its_agents_did(world: World, endings: dict[str, str], status: str) -> None:
    async def go() -> None:
        request = await world.accepted()
        await world.work(request, **endings)
        world.now += 5
        assert await world.settle(request) == status
        ended = await shown(world, request)
        assert (ended.status, ended.is_final) == (status, True)
        undone = {name for name, run in ended.runs.items() if run.status != "completed"}
        assert all(ended.runs[name].error and ended.runs[name].hint for name in undone)
        assert len(ended.runs) == 3

    run(go)


def test_before_it_is_settled_a_request_shows_how_far_it_is(world: World) -> None:
    async def go() -> None:
        request = await world.accepted()
        assert (await shown(world, request)).status == "pending"
        await world.work(request, summarizer="completed", sentiment="failed")
        assert (await shown(world, request)).status == "processing"

    run(go)


def test_a_request_is_completed_as_soon_as_its_last_agent_is_and_settling_changes_nothing(
    world: World,
) -> None:
    async def go() -> None:
        request = await world.accepted()
        await world.work(request)
        before = await shown(world, request)
        world.now += 60
        await world.settle(request)
        assert await shown(world, request) == before
        assert before.analysis.completed_at == request.created_at + 1

    run(go)


def test_the_receiver_is_told_everything_in_one_announcement(world: World) -> None:
    async def go() -> None:
        request = await world.accepted(**HOOK, correlation_id="order-4711", mode="parallel")
        await world.work(request)
        await world.settle(request)
        told = world.deliveries.announced[request.request_id]
        assert (told.tenant, told.event, told.url) == ("acme", "analysis.completed", HOOK["webhook_url"])
        assert (told.correlation_id, told.secret_names) == ("order-4711", ())
        assert request.receiver is not None
        assert told.sealed == request.receiver.sealed
        body = json.loads(told.body)
        assert (body["type"], body["status"], body["request_id"]) == (
            "analysis.completed",
            "completed",
            request.request_id,
        )
        assert body["timestamp"] == body["completed_at"] == "2026-11-20T11:29:15.500Z"
        assert set(body["results"]) == {"summary", "sentiment", "entities"}
        assert body["usage"] == {"input_tokens": 360, "output_tokens": 120, "cost_usd": "0.000369"}
        assert "sealed" not in told.body.decode()

    run(go)


def test_without_a_receiver_nobody_is_told(world: World) -> None:
    async def go() -> None:
        request = await world.accepted()
        await world.work(request)
        await world.settle(request)
        assert world.deliveries.announced == {}

    run(go)


def test_settling_again_says_the_same_and_announces_the_same_bytes(world: World) -> None:
    async def go() -> None:
        request = await world.accepted(**HOOK)
        await world.work(request, **FAILED)
        await world.settle(request)
        [first] = world.deliveries.announced.values()
        world.deliveries.announced.clear()
        world.now += 600
        assert await world.settle(request) == "failed"
        assert list(world.deliveries.announced.values()) == [first]

    run(go)


def test_an_announcement_that_was_not_taken_is_made_when_settling_is_repeated(world: World) -> None:
    async def go() -> None:
        request = await world.accepted(**HOOK)
        await world.work(request)
        world.deliveries.error = Unavailable("throttled")
        with pytest.raises(Unavailable):
            await world.settle(request)
        world.deliveries.error = None
        assert await world.settle(request) == "completed"
        assert request.request_id in world.deliveries.announced

    run(go)


def test_what_a_stopped_workflow_left_without_an_ending_says_so_and_nothing_else_does(world: World) -> None:
    async def go() -> None:
        request = await world.accepted(**HOOK)
        await world.work(request, summarizer="failed", sentiment="running")
        assert await world.settle(request, stopped=True) == "failed"
        runs = (await shown(world, request)).runs
        told = {name: "the workflow was stopped" in (run.error or "") for name, run in runs.items()}
        assert told == {"summarizer": False, "sentiment": True, "entity_extractor": True}
        assert [one.event for one in world.deliveries.announced.values()] == ["analysis.failed"]

    run(go)


def test_a_stopped_workflow_changes_nothing_once_its_request_is_settled(world: World) -> None:
    async def go() -> None:
        request = await world.accepted()
        await world.work(request, summarizer="completed")
        await world.settle(request)
        before = await shown(world, request)
        assert await world.settle(request, stopped=True) == "partial"
        assert await shown(world, request) == before

    run(go)


def test_an_agent_that_ends_after_the_settling_changes_nothing(world: World) -> None:
    async def go() -> None:
        request = await world.accepted()
        await world.work(request, summarizer="completed", sentiment="completed", entity_extractor="running")
        await world.settle(request)
        before = await shown(world, request)
        late = AgentRun("entity_extractor", "completed", 1, world.now, world.now + 9, result={"entities": []})
        await world.store.record("acme", request.request_id, late)
        assert await world.store.begin("acme", request.request_id, "entity_extractor", world.now) is None
        assert await shown(world, request) == before

    run(go)


def test_an_agent_that_ends_while_the_request_is_being_settled_counts(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    close = world.store.close

    async def go() -> None:
        request = await world.accepted()
        await world.work(request, summarizer="completed", sentiment="completed", entity_extractor="running")

        async def finish_first(tenant: str, request_id: str, run: AgentRun) -> None:
            late = AgentRun("entity_extractor", "completed", 1, world.now, world.now, result={"entities": []})
            await world.store.record(tenant, request_id, late)
            await close(tenant, request_id, run)

        monkeypatch.setattr(world.store, "close", finish_first)
        assert await world.settle(request) == "completed"

    run(go)


def test_a_deleted_request_is_not_settled_and_what_an_agent_left_is_removed(world: World) -> None:
    async def go() -> None:
        request = await world.accepted(**HOOK)
        await world.erasing.delete("acme", request.request_id)
        await world.store.begin("acme", request.request_id, "sentiment", world.now)
        assert await world.settle(request) is None
        assert (world.store.runs, world.deliveries.announced) == ({}, {})

    run(go)


def test_a_request_that_is_deleted_while_it_is_announced_is_forgotten(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce = world.deliveries.announce

    async def go() -> None:
        request = await world.accepted(**HOOK)
        await world.work(request)

        async def deleted_first(announcement: Any) -> None:
            await world.erasing.delete("acme", request.request_id)
            await announce(announcement)

        monkeypatch.setattr(world.deliveries, "announce", deleted_first)
        await world.settle(request)
        assert world.deliveries.announced == {}

    run(go)


def test_a_deletion_that_a_dying_collector_did_not_see_is_seen_by_the_next_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    announce = world.deliveries.announce

    async def go() -> None:
        request = await world.accepted(**HOOK)
        await world.work(request)

        async def deleted_first(announcement: Any) -> None:
            await world.erasing.delete("acme", request.request_id)
            await announce(announcement)
            raise Unavailable("the collector was killed here")

        monkeypatch.setattr(world.deliveries, "announce", deleted_first)
        with pytest.raises(Unavailable):
            await world.settle(request)
        assert await world.settle(request) is None
        assert world.deliveries.announced == {}

    run(go)


def test_a_request_whose_workflow_died_reads_as_ended_and_says_why(world: World) -> None:
    async def go() -> None:
        lost = await world.accepted()
        half = await world.accepted()
        await world.work(half, summarizer="completed", sentiment="running")
        world.now += DEAD_AFTER - 1
        assert (await shown(world, half)).status == "processing"
        world.now += 1
        assert (await shown(world, lost)).status == "failed"
        dead = await shown(world, half)
        assert (dead.status, dead.is_final) == ("partial", True)
        assert {name: run.error_type for name, run in dead.runs.items()} == {
            "summarizer": None,
            "sentiment": "Interrupted",
            "entity_extractor": "NeverStarted",
        }

    run(go)
