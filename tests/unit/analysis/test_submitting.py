"""What happens to a text that is submitted: admitted once, written, handed over."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest

from functions.api.process.spec import SPEC as PROCESS
from functions.webhooks.receive.spec import SPEC as RECEIVE
from orchestrator.analysis.answering import answer
from orchestrator.analysis.ports import Reference
from orchestrator.analysis.submission import Submission
from orchestrator.analysis.views import AcceptedView
from orchestrator.errors import Conflict, InvalidInput, KeyReused, Unavailable
from orchestrator.spec import Function
from tests.unit.analysis.world import DAY, NOW, TEXT, World


def run(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(work())


@pytest.fixture
def world() -> World:
    return World()


def test_a_text_is_kept_and_its_workflow_started_with_a_reference_only(world: World) -> None:
    async def go() -> None:
        submitted = await world.submit(mode="parallel", correlation_id="order-4711")
        [request] = submitted.accepted
        assert submitted.identifier == request.request_id
        assert world.workflow.started == [Reference("acme", request.request_id, "parallel", "order-4711")]
        assert world.backlog.sent == []
        assert (request.created_at, request.expires_at) == (NOW, int(NOW) + 30 * DAY)
        assert world.store.texts == {("acme", request.request_id): TEXT}

    run(go)


def test_the_same_text_twice_is_two_requests(world: World) -> None:
    async def go() -> None:
        assert (await world.submit()).identifier != (await world.submit()).identifier

    run(go)


def test_a_text_is_kept_as_it_was_sent_and_counted_so(world: World) -> None:
    async def go() -> None:
        text = f" \ufeff\n{'x' * 10}\t\x00"
        request = (await world.submit(text)).accepted[0]
        assert world.store.texts["acme", request.request_id] == text
        assert request.text_length == len(text)

    run(go)


def test_while_step_functions_takes_no_more_the_request_waits_in_the_queue(world: World) -> None:
    async def go() -> None:
        world.workflow.error = Unavailable("throttled")
        request = (await world.submit(mode="parallel", correlation_id="c")).accepted[0]
        assert world.backlog.sent == [("start", Reference("acme", request.request_id, "parallel", "c"))]

    run(go)


@pytest.mark.parametrize("error", [Unavailable("throttled"), RuntimeError("no such state machine")])
def test_a_request_that_cannot_be_handed_over_leaves_nothing_behind(world: World, error: Exception) -> None:
    async def go() -> None:
        world.workflow.error = world.backlog.error = error
        with pytest.raises(type(error)):
            await world.submit(key="k")
        assert (world.store.requests, world.store.texts, world.keys.records) == ({}, {}, {})

    run(go)


def test_when_not_even_that_can_be_taken_back_the_answer_says_so_and_the_key_stays(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def throttled(found: object) -> None:
        raise Unavailable("throttled")

    async def go() -> None:
        world.workflow.error = world.backlog.error = Unavailable("throttled")
        monkeypatch.setattr(world.store, "erase", throttled)
        with pytest.raises(Conflict, match="not known"):
            await world.submit(key="k")
        assert len(world.keys.records) == 1

    run(go)


@pytest.mark.parametrize("batch", [False, True])
def test_what_was_written_although_its_receipt_was_lost_is_taken_back(
    world: World, monkeypatch: pytest.MonkeyPatch, batch: bool
) -> None:
    create = world.store.create

    async def unanswered(*written: Any) -> None:
        await create(*written)
        raise Unavailable("an AWS service did not answer")

    async def go() -> None:
        monkeypatch.setattr(world.store, "create", unanswered)
        with pytest.raises(Unavailable):
            await world.submit(batch=batch)
        assert (world.store.requests, world.store.texts, world.store.batches) == ({}, {}, {})
        assert (world.workflow.started, world.backlog.sent) == ([], [])

    run(go)


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("part", ["create", "hand over"])
def test_a_repeated_try_that_fails_takes_nothing_back_of_what_the_first_had_accepted(
    world: World, monkeypatch: pytest.MonkeyPatch, batch: bool, part: str
) -> None:
    async def throttled(*_: Any) -> None:
        raise Unavailable("throttled")

    async def go() -> None:
        with monkeypatch.context() as patch:
            patch.setattr(world.keys, "complete", throttled)
            first = await world.submit(key="k", batch=batch)
        world.now += 31
        with monkeypatch.context() as patch:
            if part == "create":
                patch.setattr(world.store, "create", throttled)
            patch.setattr(world.workflow, "start", throttled)
            patch.setattr(world.backlog, "send", throttled)
            with pytest.raises(Conflict, match="not known"):
                await world.submit(key="k", batch=batch)
        assert len(world.store.requests) == 1
        world.now += 31
        assert (await world.submit(key="k", batch=batch)).identifier == first.identifier

    run(go)


def test_secrets_are_sealed_for_their_request_and_kept_nowhere_in_plain(world: World) -> None:
    async def go() -> None:
        url = "https://example.com/hook"
        secrets = ("new-secret", "old-secret")
        request = await world.accepted(webhook_url=url, webhook_secrets=secrets, key="k")
        assert request.receiver is not None
        assert request.receiver.url == url
        assert [sealed.rpartition("/")[0] for sealed in request.receiver.sealed] == [
            f"acme/{request.request_id}"
        ] * 2
        kept = repr((world.store.requests, world.keys.records, world.workflow.started))
        assert not any(secret in kept for secret in secrets)

    run(go)


def test_a_url_that_leads_inside_is_refused_before_anything_is_written(world: World) -> None:
    async def go() -> None:
        with pytest.raises(InvalidInput) as refused:
            await world.submit(webhook_url="https://internal/", key="k")
        assert refused.value.field == "webhook_url"
        assert (world.store.requests, world.keys.records) == ({}, {})

    run(go)


@pytest.mark.parametrize("text", ["", "x" * 9, " \n" * 50, "\u200b" * 50 + "x" * 9, "\x00" * 50])
def test_a_text_is_too_short_without_ten_characters_that_say_something(world: World, text: str) -> None:
    async def go() -> None:
        with pytest.raises(InvalidInput, match="at least 10") as refused:
            await world.submit(text)
        assert refused.value.field == "text"

    run(go)


@pytest.mark.parametrize("text", ["x" * 10, "x" * 100, f"{' ' * 500}{'x' * 100}", "漢" * 10, "🙂" * 100])
def test_a_text_of_ten_to_the_longest_characters_is_accepted(world: World, text: str) -> None:
    async def go() -> None:
        assert (await world.submit(text)).accepted

    run(go)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("x" * 101, "at most 100"),
        (f"x{' ' * 100}x", "at most 100"),
        (f"{'x' * 50}{' ' * 300_001}", "300051 bytes"),
        ("long enough \ud800", "character 12"),
    ],
)
def test_a_text_that_is_too_long_or_broken_is_refused_with_the_mend(
    world: World, text: str, says: str
) -> None:
    async def go() -> None:
        with pytest.raises(InvalidInput, match=says) as refused:
            await world.submit(text)
        assert refused.value.hint
        with pytest.raises(InvalidInput) as in_batch:
            await world.submit(TEXT, text, batch=True)
        assert in_batch.value.field == "texts[1]"

    run(go)


def test_a_batch_becomes_requests_of_their_own_that_all_wait_in_the_queue(world: World) -> None:
    async def go() -> None:
        texts = [f"{TEXT} {number}" for number in range(25)]
        submitted = await world.submit(
            *texts, batch=True, webhook_url="https://a.example/", webhook_secrets=("s",)
        )
        assert submitted.batch is not None
        ids = submitted.batch.request_ids
        assert (submitted.identifier[:6], len(set(ids))) == ("batch_", 25)
        assert [world.store.texts["acme", one] for one in ids] == texts
        assert [task for task, _ in world.backlog.sent] == ["start"] * 25
        assert [reference.request_id for _, reference in world.backlog.sent] == list(ids)
        assert world.workflow.started == []
        for request in submitted.accepted:
            assert request.batch_id == submitted.identifier
            assert request.receiver is not None
            assert request.request_id in request.receiver.sealed[0]

    run(go)


def test_a_batch_that_cannot_be_queued_leaves_nothing_behind(world: World) -> None:
    async def go() -> None:
        world.backlog.error = Unavailable("throttled")
        with pytest.raises(Unavailable):
            await world.submit(TEXT, TEXT, batch=True)
        assert (world.store.requests, world.store.batches) == ({}, {})

    run(go)


def test_one_key_is_one_request_for_a_day(world: World) -> None:
    async def go() -> None:
        first = await world.submit(key="k")
        again = await world.submit(key="k")
        await world.work(first.accepted[0])
        world.now += DAY - 1
        late = await world.submit(key="k")
        world.now += 2
        assert (first.replayed, again.replayed, late.replayed) == (False, True, True)
        assert first.identifier == again.identifier == late.identifier
        assert (await world.submit(key="k")).identifier != first.identifier
        assert len(world.workflow.started) == 2

    run(go)


def test_one_key_of_two_tenants_is_two_requests(world: World) -> None:
    async def go() -> None:
        mine = await world.submit(key="k")
        theirs = await world.submit(key="k", tenant="other")
        assert (mine.identifier != theirs.identifier, theirs.replayed) == (True, False)

    run(go)


@pytest.mark.parametrize(
    "changes",
    [
        {"mode": "parallel"},
        {"batch": True},
        {"webhook_url": "https://example.com/"},
        {"texts": ("Another text, long enough.",)},
    ],
)
def test_a_key_that_comes_with_another_request_is_refused(world: World, changes: dict[str, Any]) -> None:
    async def go() -> None:
        await world.submit(key="k")
        with pytest.raises(KeyReused):
            await world.submit(*changes.pop("texts", ()), key="k", **changes)

    run(go)


def test_while_a_request_is_being_accepted_its_key_is_in_conflict(world: World) -> None:
    async def go() -> None:
        claim = world.analyses._claim(Submission((TEXT,)), "acme", "k")
        await world.keys.claim(claim)
        asyncio.get_running_loop().call_later(0.05, lambda: setattr(world, "now", world.now + 3))
        with pytest.raises(Conflict):
            await world.submit(key="k")

    run(go)


@pytest.mark.parametrize("function", [PROCESS, RECEIVE], ids=["process", "receive"])
def test_no_function_runs_longer_than_the_lock_of_its_acceptance(world: World, function: Function) -> None:
    """It could still withdraw what the next one has accepted under the same id."""

    async def go() -> None:
        claim = world.analyses._claim(Submission((TEXT,)), "acme", "k")
        assert claim.lock_until - world.now > function.timeout

    run(go)


def test_a_request_whose_acceptance_died_goes_on_under_its_id(world: World) -> None:
    async def go() -> None:
        claim = world.analyses._claim(Submission((TEXT,), batch=True), "acme", "k")
        await world.keys.claim(claim)
        world.now += 31
        first = await world.submit(key="k", batch=True)
        assert (first.identifier, first.replayed) == (claim.job_id, False)
        assert (await world.submit(key="k", batch=True)).replayed

    run(go)


def test_a_second_key_is_held_before_anything_is_accepted_and_freed_when_nothing_is(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def not_kept(*_: Any) -> None:
        raise Unavailable("the table is throttled")

    async def go() -> None:
        world.workflow.error = world.backlog.error = Unavailable("AWS is away")
        with pytest.raises(Unavailable):
            await world.submit(key="id", also="signature")
        assert world.keys.records == {}
        world.workflow.error = None
        with monkeypatch.context() as patch:
            # The process dies, or loses the table, before it can note that both keys are used.
            patch.setattr(world.keys, "complete", not_kept)
            first = await world.submit(key="id", also="signature")
        asyncio.get_running_loop().call_later(0.05, lambda: setattr(world, "now", world.now + 3))
        with pytest.raises(Conflict):
            await world.submit(key="signature")
        world.now += 31
        copy = await world.submit(key="signature")
        assert copy.identifier == first.identifier
        assert (await world.submit(key="new id", also="signature")).identifier != first.identifier

    run(go)


def test_the_id_of_an_accepted_text_is_told_although_nobody_can_watch_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def throttled(tenant: str, request_id: str) -> None:
        raise Unavailable("the table is throttled")

    async def go() -> None:
        submitted = await world.submit(key="k")
        monkeypatch.setattr(world.store, "get", throttled)
        told = await answer(world.results, submitted, "acme", 0.01)
        assert isinstance(told, AcceptedView)
        assert (told.request_id, told.status) == (submitted.identifier, "pending")
        # One that was accepted earlier may be in any state by now: its key brings it back.
        with pytest.raises(Unavailable):
            await answer(world.results, replace(submitted, accepted=(), replayed=True), "acme", 0.01)

    run(go)


def test_a_request_that_failed_runs_anew_under_its_key_and_one_that_did_not_is_replayed(world: World) -> None:
    async def go() -> None:
        partial = await world.accepted(key="partial")
        await world.work(partial, summarizer="completed", sentiment="failed", entity_extractor="failed")
        await world.settle(partial)
        failed = await world.accepted(key="failed")
        await world.work(failed, summarizer="failed", sentiment="failed", entity_extractor="failed")
        await world.settle(failed)
        assert (await world.submit(key="partial")).identifier == partial.request_id
        anew = await world.submit(key="failed")
        assert (anew.replayed, anew.identifier != failed.request_id) == (False, True)

    run(go)


def test_a_request_that_was_deleted_runs_anew_under_its_key(world: World) -> None:
    async def go() -> None:
        first = await world.accepted(key="k")
        await world.erasing.delete("acme", first.request_id)
        assert not (await world.submit(key="k")).replayed

    run(go)
