"""From a request to its answer in place: once, in time, and kept."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.errors import (
    BudgetExceeded,
    Conflict,
    KeyReused,
    Unavailable,
    VendorBusy,
)
from orchestrator.intents.dispatch import Preferences
from orchestrator.intents.tool import Call
from tests.fakes.dispatching import World, accepted, play, result


def test_a_quick_tool_answers_in_place_with_what_the_document_shows() -> None:
    async def scene(world: World) -> None:
        body = result(await world.ask(context={"user_id": "u", "session_id": "s"}))
        assert (body.status, body.result, body.mode) == ("success", {"runs": 1, "tenant": "acme"}, "agent")
        assert 0 <= body.duration_ms < 5000
        call = world.runs[0][1]
        assert (call.tenant, call.user_id, call.session_id, call.job_id) == ("acme", "u", "s", None)
        assert world.queue.sent == []

    play(scene)


def test_fifty_identical_requests_at_once_are_one_execution_and_equal_answers() -> None:
    async def scene(world: World) -> None:
        async def slow(call: Call) -> dict[str, Any]:
            await asyncio.sleep(0)
            return {"runs": len(world.runs)}

        world.act = slow
        answers = await asyncio.gather(*(world.ask() for _ in range(50)))
        assert len(world.runs) == 1
        assert len({answer.body.model_dump_json() for answer in answers}) == 1
        assert [answer.replayed for answer in answers].count(False) == 1

    play(scene)


def test_fifty_identical_long_requests_at_once_are_one_job() -> None:
    async def scene(world: World) -> None:
        no_wait = Preferences(wait=0)
        answers = await asyncio.gather(*(world.ask("long", wanted=no_wait) for _ in range(50)))
        assert len({accepted(answer).job_id for answer in answers}) == 1
        assert len(world.queue.sent) == 1

    play(scene)


@pytest.mark.parametrize(
    "change",
    [{"inputs": {"n": 2}}, {"tenant": "other"}, {"context": {"user_id": "u"}}, {"intent": "effect"}],
)
def test_another_request_tenant_or_user_is_worked_on_by_itself(change: dict[str, Any]) -> None:
    async def scene(world: World) -> None:
        await world.ask()
        assert not (await world.ask(**change)).replayed
        assert len(world.runs) == 2

    play(scene)


def test_a_failure_is_not_kept() -> None:
    async def scene(world: World) -> None:
        async def failing(_: Call) -> dict[str, Any]:
            raise VendorBusy("openai", "does not answer")

        works, world.act = world.act, failing
        for _ in range(2):
            with pytest.raises(VendorBusy):
                await world.ask()
        world.act = works
        answer = await world.ask()
        assert (result(answer).result["runs"], answer.replayed) == (3, False)

    play(scene)


def test_a_result_that_is_no_json_is_a_failure_and_leaves_no_lock() -> None:
    async def scene(world: World) -> None:
        async def strange(_: Call) -> dict[str, Any]:
            return {"file": object()}

        works, world.act = world.act, strange
        with pytest.raises(TypeError, match="quick"):
            await world.ask()
        world.act = works
        assert result(await world.ask()).result["runs"] == 2

    play(scene)


def test_a_callers_own_key_names_the_request_and_no_other() -> None:
    async def scene(world: World) -> None:
        key = Preferences(key="order-1")
        first = await world.ask(wanted=key)
        again = await world.ask(wanted=key)
        assert (again.replayed, again.body) == (True, first.body)
        with pytest.raises(KeyReused):
            await world.ask(wanted=key, inputs={"n": 2})
        assert not (await world.ask(wanted=Preferences(key="order-2"))).replayed
        assert not (await world.ask("quick", "other", wanted=key)).replayed

    play(scene)


def test_a_fresh_request_is_worked_on_again_and_its_answer_kept() -> None:
    async def scene(world: World) -> None:
        await world.ask()
        assert result(await world.ask(wanted=Preferences(fresh=True))).result["runs"] == 2
        assert result(await world.ask()).result["runs"] == 2

    play(scene)


def test_a_quick_tool_that_overruns_is_stopped_and_the_setting_named() -> None:
    async def scene(world: World) -> None:
        stopped = asyncio.Event()

        async def endless(call: Call) -> dict[str, Any]:
            assert 0 < call.remaining() <= 0.05
            try:
                await asyncio.Event().wait()
            finally:
                stopped.set()
            return {}

        world.act = endless
        with pytest.raises(BudgetExceeded, match=r"ORCHESTRATOR_SYNC_TIMEOUT \(0\.05 s\)"):
            await world.ask()
        assert stopped.is_set()
        assert world.records.records == {}

    play(scene, sync_timeout=0.05)


def test_a_time_out_of_the_tools_own_is_not_taken_for_ours() -> None:
    async def scene(world: World) -> None:
        async def impatient(_: Call) -> dict[str, Any]:
            raise TimeoutError("the printer does not answer")

        world.act = impatient
        with pytest.raises(TimeoutError, match="printer"):
            await world.ask()
        assert world.records.records == {}

    play(scene)


def test_a_side_effect_whose_process_died_is_reported_and_never_repeated() -> None:
    async def scene(world: World) -> None:
        async def dying(_: Call) -> dict[str, Any]:
            raise asyncio.CancelledError  # nothing more of this process runs

        works, world.act = world.act, dying
        with pytest.raises(asyncio.CancelledError):
            await world.ask("effect")
        world.act = works
        ((place, held),) = world.records.records.items()
        world.records.records[place] = replace(held, claim=replace(held.claim, lock_until=0))
        with pytest.raises(Conflict, match="whether it took effect is unknown"):
            await world.ask("effect")
        assert len(world.runs) == 1

    play(scene)


def test_work_that_may_be_repeated_goes_on_after_its_process_died() -> None:
    async def scene(world: World) -> None:
        async def dying(_: Call) -> dict[str, Any]:
            raise asyncio.CancelledError

        works, world.act = world.act, dying
        with pytest.raises(asyncio.CancelledError):
            await world.ask()
        world.act = works
        ((place, held),) = world.records.records.items()
        world.records.records[place] = replace(held, claim=replace(held.claim, lock_until=0))
        assert result(await world.ask()).result["runs"] == 2

    play(scene)


def test_an_answer_that_cannot_be_kept_is_still_the_answer() -> None:
    async def scene(world: World) -> None:
        async def throttled(*_: Any) -> None:
            raise Unavailable("throttled")

        world.records.complete = throttled  # type: ignore[method-assign]
        assert result(await world.ask()).result["runs"] == 1

    play(scene)


@pytest.mark.parametrize(("intent", "repeated"), [("quick", True), ("effect", False)])
def test_an_answer_too_large_to_keep_is_given_and_no_side_effect_repeated(
    intent: str, repeated: bool
) -> None:
    async def scene(world: World) -> None:
        async def large(_: Call) -> dict[str, Any]:
            return {"text": "x" * 400_000}

        world.act = large
        assert len(result(await world.ask(intent)).result["text"]) == 400_000
        if repeated:
            assert not (await world.ask(intent)).replayed
            return
        ((place, held),) = world.records.records.items()
        world.records.records[place] = replace(held, claim=replace(held.claim, lock_until=0))
        with pytest.raises(Conflict):
            await world.ask(intent)
        assert len(world.runs) == 1

    play(scene)
