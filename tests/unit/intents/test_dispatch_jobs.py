"""From a request to its job: handed over once, followed, reported."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotConfigured,
    NotFound,
    OrchestratorError,
    Unavailable,
    VendorBusy,
)
from orchestrator.intents.dispatch import Preferences
from orchestrator.intents.tool import Call
from orchestrator.jobs.models import Failure
from tests.fakes.dispatching import World, accepted, play, result


def test_a_long_tool_becomes_a_job_with_the_documented_words() -> None:
    async def scene(world: World) -> None:
        answer = await world.ask(
            "long",
            wanted=Preferences(wait=0, correlation_id="order-4711"),
            callback_url="https://example.com/hook",
            context={"user_id": "u", "trace": "t"},
        )
        body = accepted(answer)
        assert (body.status, body.message) == ("accepted", "Job accepted for async processing")
        assert body.callback_url == "https://example.com/hook"
        assert world.queue.sent == [("acme", body.job_id, "order-4711")]
        job = await world.jobs.get("acme", body.job_id)
        assert (job.intent, job.inputs, job.callback_url) == ("long", {"n": 1}, "https://example.com/hook")
        assert job.context == {"user_id": "u", "session_id": "", "trace": "t"}
        assert world.runs == []

    play(scene)


def test_a_job_that_ends_within_the_wait_answers_as_if_it_had_run_in_place() -> None:
    async def scene(world: World) -> None:
        request = asyncio.create_task(world.ask("long", context={"user_id": "u"}))
        await world.queue.arrived.wait()
        await world.work_off()
        body = result(await request)
        assert body.result == {"runs": 1, "tenant": "acme"}
        assert body.job_id == world.queue.sent[0][1]
        again = await world.ask("long", context={"user_id": "u"})
        assert again.replayed
        assert result(again).result == body.result
        assert len(world.queue.sent) == 1
        assert world.runs[0][1].user_id == "u"

    play(scene)


@pytest.mark.parametrize(
    ("error_type", "kind"),
    [("VendorError", "VendorError"), ("WorkerDied", "WorkerDied"), ("InternalError", "InternalError")],
)
def test_a_job_that_fails_within_the_wait_is_reported_with_its_own_error_type(
    error_type: str, kind: str
) -> None:
    async def scene(world: World) -> None:
        job_id = accepted(await world.ask("long", wanted=Preferences(wait=0))).job_id
        running = await world.store.begin("acme", job_id, 0, 9e9)
        assert running is not None
        await world.store.fail(running, Failure("no luck", error_type, "Try a stick."), 0)
        world.admission._ending_of = world._open  # type: ignore[method-assign]
        with pytest.raises(OrchestratorError, match=f"no luck \\(job {job_id}\\)") as caught:
            await world.ask("long")
        assert (caught.value.error_type, caught.value.hint) == (kind, "Try a stick.")

    play(scene)


@pytest.mark.parametrize("scope", ["vault:open", "*"])
def test_a_tool_with_a_scope_of_its_own_runs_for_keys_that_have_it(scope: str) -> None:
    async def scene(world: World) -> None:
        assert result(await world.ask("guarded", scopes=frozenset({scope}))).status == "success"

    play(scene)


@pytest.mark.parametrize("scope", ["", "vault:look", "intents:run"])
def test_a_tool_with_a_scope_of_its_own_does_not_run_for_other_keys(scope: str) -> None:
    async def scene(world: World) -> None:
        with pytest.raises(Forbidden, match="vault:open"):
            await world.ask("guarded", scopes=frozenset({scope}))
        assert world.runs == []

    play(scene)


def test_a_hand_over_nobody_knows_the_end_of_goes_on_with_the_same_job() -> None:
    async def scene(world: World) -> None:
        send, withdraw = world.queue.send, world.store.withdraw

        async def down(*_: Any) -> Any:
            raise Unavailable("throttled")

        world.queue.send = world.store.withdraw = down  # type: ignore[method-assign]
        with pytest.raises(Conflict, match="not known"):
            await world.ask("long", wanted=Preferences(wait=0))
        world.queue.send, world.store.withdraw = send, withdraw  # type: ignore[method-assign]
        (held,) = world.records.records.values()
        world.records.records[next(iter(world.records.records))] = replace(
            held, claim=replace(held.claim, lock_until=0)
        )
        again = accepted(await world.ask("long", wanted=Preferences(wait=0)))
        assert again.job_id == held.claim.job_id
        assert len(world.queue.sent) == 1

    play(scene)


def test_after_a_job_failed_the_same_request_starts_another() -> None:
    async def scene(world: World) -> None:
        async def failing(_: Call) -> dict[str, Any]:
            raise VendorBusy("openai", "does not answer")

        world.act = failing
        no_wait = Preferences(wait=0)
        first = accepted(await world.ask("long", wanted=no_wait)).job_id
        await world.work_off()
        second = await world.ask("long", wanted=no_wait)
        assert not second.replayed
        assert accepted(second).job_id != first

    play(scene)


def test_a_preview_answers_without_a_job_and_is_not_kept() -> None:
    async def scene(world: World) -> None:
        answer = await world.ask("long", inputs={"n": 0})
        assert result(answer).result == {"dry_run": True}
        assert (world.queue.sent, world.runs, world.records.records) == ([], [], {})

    play(scene)


def test_a_job_whose_receipt_was_lost_does_not_run_beside_the_one_of_the_next_try() -> None:
    async def scene(world: World) -> None:
        world.queue.error, world.queue.lossy = Unavailable("no answer"), True
        with pytest.raises(Unavailable):
            await world.ask("long")
        world.queue.error = None
        await world.ask("long", wanted=Preferences(wait=0))
        assert len(world.queue.sent) == 2
        await world.work_off()
        assert len(world.runs) == 1

    play(scene)


def test_a_queue_that_is_down_is_reported_and_leaves_no_lock() -> None:
    async def scene(world: World) -> None:
        world.queue.error = Unavailable("SendMessage is throttled")
        with pytest.raises(Unavailable):
            await world.ask("long")
        world.queue.error = None
        accepted(await world.ask("long", wanted=Preferences(wait=0)))
        assert len(world.queue.sent) == 1

    play(scene)


@pytest.mark.parametrize(
    ("fields", "error", "words"),
    [
        ({"intent": "xyz"}, NotFound, r"Intent 'xyz' not found\. Available: \["),
        ({"intent": "gmail.triage"}, NotConfigured, "N8N_WEBHOOK_BASE"),
        ({"mode": "mcp"}, NotConfigured, "MCP server"),
        ({"inputs": {"n": "1"}}, InvalidInput, r"inputs\.n: "),
        ({"inputs": {"n": 1, "call": {}}}, InvalidInput, r"inputs\.call: "),
        ({"context": {"x": "\ud800"}}, InvalidInput, r"context\.x: "),
        ({"context": {"x": [float("nan")]}}, InvalidInput, r"context\.x\[0\]: "),
    ],
)
def test_what_cannot_run_is_refused_before_anything_is_claimed(
    fields: dict[str, Any], error: type[Exception], words: str
) -> None:
    async def scene(world: World) -> None:
        with pytest.raises(error, match=words):
            await world.ask(**fields)
        assert (world.runs, world.records.records) == ([], {})

    play(scene)


def test_every_answer_can_be_written_as_json() -> None:
    async def scene(world: World) -> None:
        for answer in (await world.ask(), await world.ask("long", wanted=Preferences(wait=0))):
            json.loads(answer.body.model_dump_json())

    play(scene)
