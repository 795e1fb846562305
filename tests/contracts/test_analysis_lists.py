"""How requests are listed and swept: the table on moto and the dict alike."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.analysis.models import Batch
from orchestrator.analysis.ports import AnalysisStore, Query
from orchestrator.errors import InvalidInput
from tests.contracts.analysis_stores import DAY, KINDS, NOW, TEXT, an_analysis, analysis_store, run

MANY = 23


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[AnalysisStore]:
    with analysis_store(request.param) as made:
        yield made


async def fill(store: AnalysisStore, **changes: Any) -> list[str]:
    """Write 23 requests, a second apart except for the last two; return their ids, newest first."""
    ids = [f"req_{number:02d}" for number in range(MANY)]
    for number, one in enumerate(ids):
        fields = {"request_id": one, "created_at": NOW + min(number, MANY - 2)} | changes
        await store.create([(an_analysis(**fields), TEXT)])
    return ids[::-1]


async def listed(store: AnalysisStore, limit: int = 100, **changes: Any) -> list[str]:
    page = await store.page(Query("acme", limit, **changes))
    return [one.request_id for one in page.found]


@pytest.mark.parametrize("limit", [1, 2, 5, 22, 23, 24])
def test_following_the_cursor_shows_each_request_once_newest_first(store: AnalysisStore, limit: int) -> None:
    async def go() -> None:
        ids = await fill(store)
        seen: list[str] = []
        cursor: str | None = None
        for _ in range(MANY + 1):
            page = await store.page(Query("acme", limit, cursor=cursor))
            assert len(page.found) <= limit
            seen += [one.request_id for one in page.found]
            cursor = page.cursor
            if cursor is None:
                break
        assert seen == ids

    run(go)


def test_a_page_holds_no_more_than_it_may_and_ends_when_nothing_follows(store: AnalysisStore) -> None:
    async def go() -> None:
        await fill(store)
        assert (await store.page(Query("acme", MANY))).cursor is None
        assert (await store.page(Query("acme", MANY - 1))).cursor is not None
        assert await listed(store, 100) == await listed(store, MANY)

    run(go)


def test_what_is_written_meanwhile_does_not_shift_the_pages(store: AnalysisStore) -> None:
    async def go() -> None:
        ids = await fill(store)
        first = await store.page(Query("acme", 10))
        await store.create([(an_analysis(request_id="req_new", created_at=NOW + 99), TEXT)])
        assert await listed(store, 10, cursor=first.cursor) == ids[10:20]

    run(go)


def test_only_the_tenants_own_requests_are_listed(store: AnalysisStore) -> None:
    async def go() -> None:
        await fill(store, tenant="other")
        await store.create([(an_analysis(), TEXT)])
        assert await listed(store) == ["req_1"]

    run(go)


def test_a_status_shows_what_was_settled_so_and_pending_the_rest(store: AnalysisStore) -> None:
    async def go() -> None:
        ids = await fill(store)
        await store.settle("acme", ids[3], "completed", NOW)
        await store.settle("acme", ids[8], "completed", NOW)
        await store.settle("acme", ids[4], "failed", NOW)
        assert await listed(store, status="completed") == [ids[3], ids[8]]
        assert await listed(store, status="completed", limit=1) == [ids[3]]
        assert await listed(store, status="failed") == [ids[4]]
        assert await listed(store, status="pending") == [
            one for one in ids if one not in (ids[3], ids[4], ids[8])
        ]

    run(go)


@pytest.mark.parametrize("limit", [1, 3, 100])
def test_with_a_settled_status_what_is_not_settled_and_too_old_is_shown_in_its_place(
    store: AnalysisStore, limit: int
) -> None:
    async def go() -> None:
        ids = await fill(store)
        for one in (ids[2], ids[20], ids[22]):
            await store.settle("acme", one, "failed", NOW)
        await store.settle("acme", ids[21], "completed", NOW)
        query, seen = Query("acme", limit, "failed", dead_at=NOW + 5), list[str]()
        while True:
            page = await store.page(query)
            seen += [one.request_id for one in page.found]
            if page.cursor is None:
                break
            query = replace(query, cursor=page.cursor)
        assert seen == [ids[2], *ids[17:21], ids[22]]
        assert await listed(store, status="failed", dead_at=NOW + 5, until=NOW + 3) == [*ids[19:21], ids[22]]
        assert await listed(store, status="failed", dead_at=NOW + 5, since=NOW + 9) == [ids[2]]

    run(go)


def test_since_and_until_are_both_included(store: AnalysisStore) -> None:
    async def go() -> None:
        ids = await fill(store)
        assert await listed(store, since=NOW + 5, until=NOW + 7) == ["req_07", "req_06", "req_05"]
        assert await listed(store, since=NOW + MANY - 2) == ids[:2]
        assert await listed(store, until=NOW - 0.000_001) == []
        page = await store.page(Query("acme", 2, since=NOW + 5, until=NOW + 7))
        assert await listed(store, 2, since=NOW + 5, until=NOW + 7, cursor=page.cursor) == ["req_05"]

    run(go)


@pytest.mark.parametrize(
    ("year", "before", "after"), [(-90e9, [], ["req_1"]), (-1e9, [], ["req_1"]), (20e9, ["req_1"], [])]
)
def test_a_time_far_away_is_before_or_after_all_there_is(
    store: AnalysisStore, year: float, before: list[str], after: list[str]
) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        assert await listed(store, until=year) == before
        assert await listed(store, since=year) == after
        assert await listed(store, since=year, until=year + 9) == []

    run(go)


def test_a_cursor_that_leads_out_of_the_range_leads_to_its_end(store: AnalysisStore) -> None:
    async def go() -> None:
        await fill(store)
        first = await store.page(Query("acme", MANY - 2))
        assert await listed(store, since=NOW + 10, cursor=first.cursor) == []
        assert await listed(store, since=NOW + 10, status="pending", cursor=first.cursor) == []

    run(go)


def test_deleted_and_expired_requests_are_not_listed(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        await store.create([(an_analysis(request_id="req_2"), TEXT)])
        await store.create([(an_analysis(request_id="req_3", expires_at=int(NOW) - 1), TEXT)])
        await store.delete("acme", "req_2")
        assert await listed(store) == ["req_1"]

    run(go)


def test_a_long_list_of_large_entries_is_read_to_its_end(store: AnalysisStore) -> None:
    """One query returns at most 1 MB, wherever that ends."""

    async def go() -> None:
        await fill(store, correlation_id="x" * 300_000)
        assert len(await listed(store)) == MANY

    run(go)


@pytest.mark.parametrize("cursor", ["?", "AAAA", "MDAwMA", "☃", "x" * 300])
def test_a_cursor_of_nobodys_is_refused_by_the_table(cursor: str) -> None:
    async def go() -> None:
        with analysis_store("table") as store:
            with pytest.raises(InvalidInput) as refused:
                await store.page(Query("acme", 5, cursor=cursor))
            assert refused.value.field == "query.cursor"

    run(go)


def test_the_sweep_finds_what_expired_on_the_days_before(store: AnalysisStore) -> None:
    async def go() -> None:
        for number, age in enumerate((-1, 0, 1, 2, 10, 11)):
            fields = {"request_id": f"req_{number}", "tenant": "a#b", "expires_at": int(NOW - age * DAY)}
            await store.create([(an_analysis(**fields), TEXT)])
        gone = Batch("acme", "batch_1", (), NOW, int(NOW - 3 * DAY))
        await store.create([(an_analysis(request_id="req_9", expires_at=int(NOW - 3 * DAY)), TEXT)], gone)
        found = await store.expired(NOW, 100)
        assert set(found) == {
            *(("a#b", f"req_{number}") for number in (2, 3, 4)),
            ("acme", "batch_1"),
            ("acme", "req_9"),
        }
        assert len(await store.expired(NOW, 2)) == 2
        await store.erase(found)
        assert list(await store.expired(NOW, 100)) == []

    run(go)
