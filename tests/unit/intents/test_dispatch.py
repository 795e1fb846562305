"""From a request to its answer, with every port in memory."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import pytest

from orchestrator.errors import (
    BudgetExceeded,
    Conflict,
    Forbidden,
    InvalidInput,
    KeyReused,
    NotConfigured,
    NotFound,
    OrchestratorError,
    Unavailable,
    VendorBusy,
)
from orchestrator.intents.admission import Admission
from orchestrator.intents.dispatch import Answer, Dispatcher, Preferences
from orchestrator.intents.job_runner import JobRunner
from orchestrator.intents.models import OrchestrateAccepted, OrchestrateRequest, OrchestrateResult
from orchestrator.intents.registry import Registry, Tool
from orchestrator.intents.tool import Call, options_of, tool
from orchestrator.jobs.models import Ending, Failure
from orchestrator.jobs.service import Jobs
from orchestrator.jobs.worker import Worker
from orchestrator.tenancy import Identity
from tests.fakes.idempotency import MemoryIdempotency
from tests.fakes.jobs import MemoryDelivery, MemoryJobs, MemoryQueue


class World:
    """A dispatcher on ports in memory; `runs` counts what the tools were asked for."""

    def __init__(self, *, sync_timeout: float = 5) -> None:
        self.runs: list[Any] = []
        self.act: Callable[[Call], Awaitable[dict[str, Any]]] = self._answer
        self.store, self.queue, self.records = MemoryJobs(), MemoryQueue(), MemoryIdempotency()
        self.jobs = Jobs(self.store, self.queue, max_attempts=4)
        self.registry = Registry({made.intent: made for made in self._tools()})
        self.admission = Admission(self.records, self._unchanged, self.jobs.ending_of)
        self.dispatcher = Dispatcher(self.registry, {}, self.admission, self.jobs, sync_timeout=sync_timeout)

    async def ask(
        self,
        intent: str = "quick",
        tenant: str = "acme",
        *,
        wanted: Preferences | None = None,
        scopes: frozenset[str] = frozenset(),
        **fields: Any,
    ) -> Answer:
        request = OrchestrateRequest.model_validate({"intent": intent, "inputs": {"n": 1}, **fields})
        caller = Identity(tenant, "key", scopes)
        return await self.dispatcher.dispatch(request, caller, wanted or Preferences())

    async def work_off(self) -> None:
        """Do what a worker does with every message that was sent."""
        runner = JobRunner(self.registry, {}, budget=5)
        worker = Worker(self.store, runner, retry_safe=runner.retry_safe, lease=30, max_receives=4)
        for tenant, job_id, _ in self.queue.sent:
            await worker.work(tenant, job_id, MemoryDelivery())

    async def _answer(self, call: Call) -> dict[str, Any]:
        return {"runs": len(self.runs), "tenant": call.tenant}

    @staticmethod
    async def _open(*_: object) -> Ending:
        return "open"

    @staticmethod
    async def _unchanged(*_: Any) -> bool:
        return False

    def _tools(self) -> list[Tool]:
        async def safe(n: int, call: Call) -> dict[str, Any]:
            self.runs.append((n, call))
            return await self.act(call)

        async def effect(n: int, call: Call) -> dict[str, Any]:
            return await safe(n, call)

        async def slow(n: int, call: Call) -> dict[str, Any]:
            return await safe(n, call)

        def dry(arguments: Any) -> dict[str, Any] | None:
            return {"dry_run": True} if arguments["n"] == 0 else None

        async def guarded(n: int, call: Call) -> dict[str, Any]:
            return await safe(n, call)

        guarded = tool(intent="guarded", scope="vault:open")(guarded)
        safe = tool(intent="quick", retry_safe=True)(safe)
        effect = tool(intent="effect")(effect)
        slow = tool(intent="long", long=True, preview=dry)(slow)
        functions = [safe, effect, slow, guarded]
        return [
            Tool(options_of(made).intent or "", made, options_of(made), {"call": Call}) for made in functions
        ]


def play(scene: Callable[[World], Awaitable[None]], **settings: Any) -> None:
    async def go() -> None:
        await scene(World(**settings))

    asyncio.run(go())


def result(answer: Answer) -> OrchestrateResult:
    assert isinstance(answer.body, OrchestrateResult)
    return answer.body


def accepted(answer: Answer) -> OrchestrateAccepted:
    assert isinstance(answer.body, OrchestrateAccepted)
    return answer.body


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
        ({"mode": "mcp"}, NotConfigured, "MCP_SERVERS"),
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
