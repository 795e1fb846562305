"""What every store of analysis requests keeps: the table on moto and the dict alike."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from orchestrator.analysis.models import AGENTS, AgentRun, Batch, Receiver
from orchestrator.analysis.ports import AnalysisStore
from tests.contracts.analysis_stores import (
    KINDS,
    NOW,
    RETENTION,
    TEXT,
    a_failure,
    a_run,
    an_analysis,
    analysis_store,
    run,
)

AT = ("acme", "req_1")


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest) -> Iterator[AnalysisStore]:
    with analysis_store(request.param) as made:
        yield made


@pytest.mark.parametrize(
    "changes", [{}, {"receiver": None, "batch_id": "batch_1", "correlation_id": "", "mode": "parallel"}]
)
def test_a_request_is_read_as_it_was_written(store: AnalysisStore, changes: dict[str, object]) -> None:
    async def go() -> None:
        await store.create([(an_analysis(**changes), TEXT)])
        assert await store.get(*AT) == (an_analysis(**changes), {})

    run(go)


def test_a_request_of_another_tenant_is_not_there(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        assert await store.get("other", "req_1") is None
        assert await store.material("other", "req_1", summary=True) is None
        assert list(await store.many("other", ["req_1"])) == []
        assert not await store.settle("other", "req_1", "completed", NOW)
        assert not await store.delete("other", "req_1")
        assert await store.get(*AT) is not None

    run(go)


def test_creating_a_request_again_leaves_it_as_it_stands(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        await store.settle(*AT, "failed", NOW)
        await store.create([(an_analysis(), TEXT)])
        found = await store.get(*AT)
        assert found is not None
        assert found[0].status == "failed"

    run(go)


def test_an_expired_request_is_not_shown_although_it_is_still_there(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(expires_at=int(NOW) - 1), TEXT)])
        assert await store.get(*AT) is None
        assert list(await store.many("acme", ["req_1"])) == []

    run(go)


def test_a_batch_is_written_whole_and_its_requests_are_read_together(store: AnalysisStore) -> None:
    ids = tuple(f"req_{n}" for n in range(25))
    batch = Batch("acme", "batch_1", ids, NOW, int(NOW) + RETENTION)

    async def go() -> None:
        accepted = [(an_analysis(request_id=one, batch_id="batch_1"), f"{TEXT}{one}") for one in ids]
        await store.create(accepted, batch)
        await store.create(accepted, batch)
        assert await store.batch("acme", "batch_1") == batch
        assert await store.batch("other", "batch_1") is None
        for name in AGENTS:
            await store.begin("acme", "req_7", name, NOW)
        await store.record("acme", "req_7", a_run())
        found = await store.many("acme", [*ids[:24], "req_unknown"])
        in_short = replace(accepted[0][0], receiver=Receiver("https://example.com/hook"))
        assert [one[0] for one in found] == [replace(in_short, request_id=one) for one in ids[:24]]
        assert found[7][1]["summarizer"].result is None
        assert {name: one.status for name, one in found[7][1].items()} == {
            "summarizer": "completed",
            "sentiment": "running",
            "entity_extractor": "running",
        }
        material = await store.material("acme", "req_3", summary=False)
        assert material is not None
        assert material.text == f"{TEXT}req_3"

    run(go)


def test_an_agent_begins_works_on_the_text_and_records_its_result(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        begun = await store.begin(*AT, "summarizer", NOW + 0.25)
        assert begun == AgentRun("summarizer", "running", 1, NOW + 0.25)
        material = await store.material(*AT, summary=True)
        assert material is not None
        assert (material.analysis, material.text, material.summary) == (an_analysis(), TEXT, None)
        await store.record(*AT, a_run())
        assert await store.get(*AT) == (an_analysis(), {"summarizer": a_run()})

    run(go)


def test_the_next_agent_is_given_the_summary_if_it_asks_for_it(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        await store.begin(*AT, "summarizer", NOW)
        await store.record(*AT, a_run())
        handed_on = await store.material(*AT, summary=True)
        alone = await store.material(*AT, summary=False)
        assert handed_on is not None
        assert alone is not None
        assert (handed_on.summary, alone.summary) == ("naïve ☃", None)

    run(go)


def test_a_summarizer_that_failed_hands_on_no_summary(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        await store.begin(*AT, "summarizer", NOW)
        await store.record(*AT, a_failure())
        material = await store.material(*AT, summary=True)
        assert material is not None
        assert material.summary is None

    run(go)


def test_each_beginning_counts_and_keeps_when_the_first_was_and_why_the_last_failed(
    store: AnalysisStore,
) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        await store.begin(*AT, "summarizer", NOW)
        waiting = a_failure(status="waiting", started_at=NOW, completed_at=None)
        await store.record(*AT, waiting)
        again = await store.begin(*AT, "summarizer", NOW + 9)
        assert again is not None
        assert (again.attempts, again.started_at, again.status) == (2, NOW, "running")
        assert (again.error, again.input_tokens, again.completed_at) == ("openai: no", 120, None)

    run(go)


def test_a_success_forgets_the_failure_before_it(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        await store.begin(*AT, "summarizer", NOW)
        await store.record(*AT, a_failure(status="waiting", completed_at=None))
        await store.begin(*AT, "summarizer", NOW)
        await store.record(*AT, a_run(attempts=2))
        found = await store.get(*AT)
        assert found is not None
        assert found[1] == {"summarizer": a_run(attempts=2)}

    run(go)


def test_a_completed_agent_neither_begins_again_nor_is_its_result_replaced(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        await store.begin(*AT, "summarizer", NOW)
        await store.record(*AT, a_run())
        assert await store.begin(*AT, "summarizer", NOW + 9) is None
        await store.record(*AT, a_failure())
        await store.record(*AT, a_run(result={"summary": "other"}))
        await store.close(*AT, a_failure())
        assert await store.get(*AT) == (an_analysis(), {"summarizer": a_run()})

    run(go)


def test_the_failure_of_an_attempt_that_was_overtaken_is_not_heard(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        await store.begin(*AT, "summarizer", NOW)
        await store.begin(*AT, "summarizer", NOW + 9)
        await store.record(*AT, a_failure(attempts=1))
        found = await store.get(*AT)
        assert found is not None
        assert found[1]["summarizer"].status == "running"

    run(go)


def test_the_success_of_an_attempt_that_was_overtaken_counts(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        await store.begin(*AT, "summarizer", NOW)
        await store.begin(*AT, "summarizer", NOW + 9)
        await store.record(*AT, a_run(attempts=1))
        found = await store.get(*AT)
        assert found is not None
        assert (found[1]["summarizer"].status, found[1]["summarizer"].attempts) == ("completed", 2)

    run(go)


def test_a_closed_agent_stays_as_it_is(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        await store.begin(*AT, "summarizer", NOW)
        await store.close(*AT, a_failure())
        await store.close(*AT, a_failure(agent="sentiment", attempts=0))
        await store.record(*AT, a_run())
        assert await store.begin(*AT, "summarizer", NOW) is None
        assert await store.begin(*AT, "sentiment", NOW) is None
        found = await store.get(*AT)
        assert found is not None
        assert found[1] == {
            "summarizer": a_failure(),
            "sentiment": a_failure(agent="sentiment", attempts=0),
        }

    run(go)


def test_a_request_is_settled_once(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        assert await store.settle(*AT, "partial", NOW + 3)
        assert not await store.settle(*AT, "completed", NOW + 4)
        found = await store.get(*AT)
        assert found is not None
        assert (found[0].status, found[0].completed_at) == ("partial", NOW + 3)

    run(go)


def test_a_deleted_request_is_gone_with_text_and_results(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        await store.begin(*AT, "summarizer", NOW)
        await store.record(*AT, a_run())
        assert await store.delete(*AT)
        assert not await store.delete(*AT)
        assert await store.get(*AT) is None
        assert await store.material(*AT, summary=True) is None
        assert not await store.settle(*AT, "completed", NOW)
        await store.create([(an_analysis(), TEXT)])
        assert await store.get(*AT) == (an_analysis(), {})

    run(go)


def test_what_an_agent_records_after_the_deletion_stays_away(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.create([(an_analysis(), TEXT)])
        await store.begin(*AT, "summarizer", NOW)
        await store.delete(*AT)
        await store.record(*AT, a_run())
        await store.create([(an_analysis(), TEXT)])
        assert await store.get(*AT) == (an_analysis(), {})

    run(go)


def test_erasing_removes_what_was_left_behind(store: AnalysisStore) -> None:
    async def go() -> None:
        await store.begin(*AT, "summarizer", NOW)
        await store.erase([AT, ("acme", "req_never_there")])
        await store.create([(an_analysis(), TEXT)])
        assert await store.get(*AT) == (an_analysis(), {})

    run(go)


def test_a_deleted_batch_leaves_its_requests(store: AnalysisStore) -> None:
    batch = Batch("acme", "batch_1", ("req_1",), NOW, int(NOW) + RETENTION)

    async def go() -> None:
        await store.create([(an_analysis(batch_id="batch_1"), TEXT)], batch)
        assert await store.delete("acme", "batch_1")
        assert await store.batch("acme", "batch_1") is None
        assert await store.get(*AT) is not None

    run(go)


def test_the_longest_text_of_the_widest_characters_fits(store: AnalysisStore) -> None:
    async def go() -> None:
        text = "🙂" * 50_000
        await store.create([(an_analysis(text_length=50_000), text)])
        material = await store.material(*AT, summary=False)
        assert material is not None
        assert material.text == text

    run(go)
