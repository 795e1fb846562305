"""Reading, waiting, listing and erasing."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.analysis.as_job import as_job
from orchestrator.analysis.listing import Wanted
from orchestrator.analysis.lists import BatchView
from orchestrator.analysis.models import AGENTS
from orchestrator.analysis.reading import Results
from orchestrator.analysis.views import ResultView
from orchestrator.errors import InvalidInput, NotFound
from orchestrator.webhooks.models import Announcement
from tests.unit.analysis.world import DEAD_AFTER, TEXT, World

FAILED: dict[str, str] = dict.fromkeys(AGENTS, "failed")


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


@pytest.fixture
def world() -> World:
    return World()


def test_a_running_request_shows_what_has_been_found_so_far(world: World) -> None:
    async def go() -> None:
        request = await world.accepted()
        await world.work(request, summarizer="completed", sentiment="running")
        view = ResultView.of(await world.results.get("acme", request.request_id))
        assert view.status == "processing"
        assert view.results.summary is not None
        assert view.results.summary.summary == "In short."
        assert (view.results.sentiment, view.errors) == (None, {})
        assert [(agent.agent, agent.status) for agent in view.agents] == [
            ("summarizer", "completed"),
            ("sentiment", "running"),
        ]

    run(go)


def test_a_failed_agent_shows_why_beside_the_results_of_the_others(world: World) -> None:
    async def go() -> None:
        request = await world.accepted()
        await world.work(request, summarizer="completed", sentiment="failed", entity_extractor="completed")
        await world.settle(request)
        view = ResultView.of(await world.results.get("acme", request.request_id))
        assert view.status == "partial"
        assert view.errors["sentiment"].model_dump() == {
            "error": "VendorError",
            "message": "openai: no",
            "hint": "Check the key.",
        }
        assert view.results.entities is not None
        assert view.results.entities.entities[0].text == "Ada"

    run(go)


def test_what_an_unknown_price_cost_is_not_made_up(world: World) -> None:
    async def go() -> None:
        request = await world.accepted()
        await world.work(request)
        runs = world.store.runs["acme", request.request_id]
        runs["sentiment"] = replace(runs["sentiment"], cost_usd=None)
        view = ResultView.of(await world.results.get("acme", request.request_id))
        assert (view.usage.input_tokens, view.usage.cost_usd) == (360, None)

    run(go)


def test_a_query_in_a_receivers_url_is_not_shown(world: World) -> None:
    async def go() -> None:
        request = await world.accepted(webhook_url="https://example.com/hook?token=secret")
        view = ResultView.of(await world.results.get("acme", request.request_id))
        assert view.webhook_url == "https://example.com/hook?token=***"

    run(go)


@pytest.mark.parametrize(
    ("identifier", "hint"),
    [("job_abc", "/jobs/"), ("req_abc", "/api/v1/process"), ("mem_abc", "/orchestrate")],
)
def test_an_unknown_id_is_told_where_it_may_belong(world: World, identifier: str, hint: str) -> None:
    async def go() -> None:
        with pytest.raises(NotFound) as unknown:
            await world.results.get("acme", identifier)
        assert hint in str(unknown.value.hint)

    run(go)


def test_a_wait_ends_with_the_request_and_reads_little(world: World) -> None:
    async def go() -> None:
        results = Results(world.store, dead_after=DEAD_AFTER, clock=time.time)
        world.now = time.time()
        request = await world.accepted(mode="parallel")
        working = asyncio.get_running_loop().call_later(
            0.2, lambda: asyncio.ensure_future(world.work(request))
        )
        begun = time.monotonic()
        shown = await results.watch("acme", request.request_id, 20)
        assert working.when() > 0
        assert shown.status == "completed"
        assert time.monotonic() - begun < 2
        assert 4 < world.store.reads < 12

    run(go)


def test_a_wait_that_is_over_shows_the_request_as_it_stands(world: World) -> None:
    async def go() -> None:
        results = Results(world.store, dead_after=DEAD_AFTER, clock=time.time)
        world.now = time.time()
        request = await world.accepted()
        assert (await results.watch("acme", request.request_id, 0.1)).status == "pending"
        assert (await results.watch("acme", request.request_id, 0)).status == "pending"

    run(go)


def test_a_batch_counts_its_requests_and_shows_them_in_the_order_of_the_texts(world: World) -> None:
    async def go() -> None:
        submitted = await world.submit(*(f"{TEXT}{number}" for number in range(5)), batch=True)
        done, half, failed, deleted, _ = submitted.accepted
        await world.work(done)
        await world.work(half, summarizer="completed")
        await world.work(failed, **FAILED)
        await world.settle(failed)
        await world.erasing.delete("acme", deleted.request_id)
        view = BatchView.of(*await world.results.batch("acme", submitted.identifier))
        assert view.status == "processing"
        assert view.counts == {"pending": 1, "processing": 1, "completed": 1, "partial": 0, "failed": 1}
        assert view.deleted == 1
        kept = [one.request_id for one in submitted.accepted if one is not deleted]
        assert [one.request_id for one in view.requests] == kept

    run(go)


def test_a_batch_is_completed_when_none_of_its_requests_is_under_way(world: World) -> None:
    async def go() -> None:
        submitted = await world.submit(TEXT, TEXT, batch=True)
        for request in submitted.accepted:
            await world.work(request, **FAILED)
            await world.settle(request)
        assert BatchView.of(*await world.results.batch("acme", submitted.identifier)).status == "completed"

    run(go)


def test_a_jobs_callback_is_no_result_to_be_deleted(world: World) -> None:
    async def go() -> None:
        callback = Announcement("acme", "job_1", "job.succeeded", "https://example.com/hook", b"{}")
        await world.deliveries.announce(callback)
        with pytest.raises(NotFound) as missing:
            await world.erasing.delete("acme", "job_1")
        assert "/jobs/" in (missing.value.hint or "")
        assert world.deliveries.announced == {"job_1": callback}

    run(go)


def test_deleting_a_batch_erases_all_its_requests(world: World) -> None:
    async def go() -> None:
        submitted = await world.submit(TEXT, TEXT, batch=True)
        await world.erasing.delete("acme", submitted.identifier)
        assert (world.store.requests, world.store.batches) == ({}, {})
        with pytest.raises(NotFound):
            await world.erasing.delete("acme", submitted.identifier)

    run(go)


def test_deleting_a_request_forgets_its_delivery_also_when_the_first_try_stopped_before(world: World) -> None:
    async def go() -> None:
        request = await world.accepted(webhook_url="https://example.com/")
        await world.work(request)
        await world.settle(request)
        await world.store.delete("acme", request.request_id)
        await world.erasing.delete("acme", request.request_id)
        assert world.deliveries.announced == {}

    run(go)


async def some(world: World, count: int) -> list[str]:
    ids: list[str] = []
    for _ in range(count):
        world.now += 1
        ids.append((await world.accepted()).request_id)
    return ids[::-1]


async def ids_of(world: World, **wanted: Any) -> list[str]:
    listed = await world.listing.list("acme", Wanted(**{"size": 3} | wanted))
    return [one.analysis.request_id for one in listed.shown]


def test_pages_and_cursors_show_the_same_list(world: World) -> None:
    async def go() -> None:
        ids = await some(world, 8)
        assert [await ids_of(world, page=page) for page in (1, 2, 3, 4)] == [ids[:3], ids[3:6], ids[6:], []]
        second = await world.listing.list("acme", Wanted(3, page=2))
        assert await ids_of(world, cursor=second.cursor) == ids[6:]
        assert (await world.listing.list("acme", Wanted(3, cursor=second.cursor))).cursor is None

    run(go)


def test_a_status_that_only_agents_tell_is_found_too(world: World) -> None:
    async def go() -> None:
        first, second, third = [await world.accepted() for _ in range(3)]
        await world.work(first, summarizer="running")
        await world.work(second)
        await world.settle(second)
        assert await ids_of(world, status="processing") == [first.request_id]
        assert await ids_of(world, status="pending") == [third.request_id]
        assert await ids_of(world, status="completed") == [second.request_id]
        assert await ids_of(world, status="failed") == []

    run(go)


def test_a_request_that_nobody_settled_is_listed_under_what_reading_it_alone_shows(world: World) -> None:
    async def go() -> None:
        half, none, settled = [await world.accepted() for _ in range(3)]
        await world.work(half, summarizer="completed", sentiment="running")
        await world.work(settled, **FAILED)
        await world.settle(settled)
        world.now += DEAD_AFTER - 1
        young = await world.accepted()
        assert await ids_of(world, status="failed") == [settled.request_id]
        world.now += 1
        assert set(await ids_of(world, status="failed")) == {settled.request_id, none.request_id}
        assert await ids_of(world, status="partial") == [half.request_id]
        assert await ids_of(world, status="pending") == [young.request_id]
        listed = await world.listing.list("acme", Wanted(10))
        statuses = {one.analysis.request_id: one.status for one in listed.shown}
        for one in (half, none, settled, young):
            alone = await world.results.get("acme", one.request_id)
            assert statuses[one.request_id] == alone.status

    run(go)


def test_a_list_shows_each_request_as_reading_it_alone_does(world: World) -> None:
    async def go() -> None:
        request = await world.accepted()
        await world.work(request)
        listed = await world.listing.list("acme", Wanted(10))
        alone = await world.results.get("acme", request.request_id)
        assert [one.analysis for one in listed.shown] == [alone.analysis]

    run(go)


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"size": 100, "page": 11}, "query.page"),
        ({"size": 20, "page": 51}, "query.page"),
        ({"page": 2, "cursor": "x"}, "query.page"),
        ({"page": 1, "since": 2.0, "until": 1.0}, "query.until"),
    ],
)
def test_what_cannot_be_listed_is_refused_with_the_mend(
    world: World, wanted: dict[str, Any], field: str
) -> None:
    async def go() -> None:
        with pytest.raises(InvalidInput) as refused:
            await ids_of(world, **wanted)
        assert (refused.value.field, bool(refused.value.hint)) == (field, True)

    run(go)


def test_the_deepest_page_that_can_be_reached_by_number_is_the_thousandth_entry(world: World) -> None:
    async def go() -> None:
        assert await ids_of(world, size=100, page=10) == []

    run(go)


@pytest.mark.parametrize(
    ("endings", "status"),
    [({"summarizer": "none"}, "accepted"), ({"summarizer": "running"}, "running"), ({}, "success")],
)
def test_a_request_is_also_a_job(world: World, endings: dict[str, str], status: str) -> None:
    async def go() -> None:
        request = await world.accepted()
        await world.work(request, **endings)
        job = as_job(await world.results.get("acme", request.request_id))
        assert (job.job_id, job.status) == (request.request_id, status)
        assert (job.result is not None) == (status == "success")

    run(go)


def test_a_failed_request_is_a_failed_job_with_its_first_error(world: World) -> None:
    async def go() -> None:
        request = await world.accepted()
        await world.work(request, **FAILED)
        await world.settle(request)
        job = as_job(await world.results.get("acme", request.request_id))
        assert (job.status, job.error, job.error_type) == ("failed", "openai: no", "VendorError")

    run(go)
