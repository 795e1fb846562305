"""Attempts that fail: what may pass is tried again, five times in all, and everything is on record."""

import asyncio
import json
from dataclasses import replace

import pytest

from orchestrator.analysis.errors import GaveUp
from orchestrator.errors import NotConfigured, OrchestratorError, Unavailable, VendorBusy, VendorError
from orchestrator.llm.errors import Refused, SchemaMismatch, Truncated
from orchestrator.llm.ports import Schema, Structured
from tests.fakes.text_model import PAID, ScriptedModel
from tests.unit.analysis.agent_world import ANSWER, NOW, RESULT, World
from tests.unit.entry.conftest import Lines

BUSY = VendorBusy("openai", "Rate limit reached (429)", hint="Try again in 7 seconds.", retry_after=7)


@pytest.mark.parametrize(
    "error",
    [
        Refused("openai", "the model declined to answer", hint="Change the text.", spent=PAID),
        Truncated("openai", "the answer was cut off", spent=PAID),
        VendorError("openai", "the API key was refused (401)", hint="Put a valid key."),
        NotConfigured("OPENAI_API_KEY is not set", hint="Set it."),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_cannot_pass_is_final_and_leaves_as_it_is(error: OrchestratorError) -> None:
    world = World([error])
    with pytest.raises(type(error)) as caught:
        world.attempt()
    assert caught.value is error
    assert (world.run.status, world.run.completed_at) == ("failed", NOW)
    assert (world.run.error, world.run.error_type, world.run.hint) == (
        error.message,
        type(error).__name__,
        error.hint,
    )
    paid = isinstance(error, Refused | Truncated)
    assert (world.run.input_tokens, world.run.cost_usd) == ((1000, "0.00015") if paid else (0, None))


def test_an_answer_that_never_fits_its_schema_is_final_and_paid_for() -> None:
    world = World(["no JSON at all", "none either"])
    with pytest.raises(SchemaMismatch):
        world.attempt()
    assert (world.run.status, world.run.error_type) == ("failed", "SchemaMismatch")
    assert (world.run.input_tokens, world.run.output_tokens) == (2000, 200)


@pytest.mark.parametrize("error", [BUSY, Unavailable("Secrets Manager is throttled")], ids=["vendor", "ours"])
def test_what_may_pass_is_on_record_but_no_ending(error: OrchestratorError) -> None:
    world = World([error, ANSWER])
    with pytest.raises(type(error)) as caught:
        world.attempt()
    assert caught.value is error, "with its `retry_after`"
    assert (world.run.status, world.run.completed_at) == ("waiting", None)
    assert (world.run.error, world.run.error_type) == (error.message, type(error).__name__)
    world.attempt()
    assert (world.run.status, world.run.attempts, world.run.result) == ("completed", 2, RESULT)
    assert (world.run.error, world.run.error_type, world.run.hint) == (None, None, None)


def test_a_vendor_busy_at_the_second_asking_has_been_paid_for_the_first() -> None:
    world = World(["no JSON at all", BUSY])
    with pytest.raises(VendorBusy):
        world.attempt()
    assert (world.run.status, world.run.input_tokens) == ("waiting", 1000)


def test_the_fifth_attempt_is_the_last() -> None:
    world = World([BUSY] * 5)
    for _ in range(4):
        with pytest.raises(VendorBusy):
            world.attempt()
    with pytest.raises(GaveUp) as caught:
        world.attempt()
    assert not caught.value.retryable
    assert (world.run.status, world.run.error_type, world.run.attempts) == ("failed", "GaveUp", 5)
    assert world.run.error == "Given up after 5 attempts: openai: Rate limit reached (429)"
    assert world.run.hint == BUSY.hint


def test_attempts_whose_worker_was_killed_count_too() -> None:
    world = World([ANSWER])
    for _ in range(5):
        asyncio.run(world.store.begin("acme", "req_1", "summarizer", NOW))
    with pytest.raises(GaveUp):
        world.attempt()
    assert (world.run.status, world.run.attempts) == ("failed", 6)
    assert world.model.prompts == []


def test_a_sixth_attempt_says_what_the_fifth_said() -> None:
    world = World([])
    for _ in range(5):
        asyncio.run(world.store.begin("acme", "req_1", "summarizer", NOW))
    last = replace(world.run, status="waiting", error="openai: overloaded", hint="Wait.")
    asyncio.run(world.store.record("acme", "req_1", last))
    with pytest.raises(GaveUp, match="openai: overloaded"):
        world.attempt()
    assert world.run.hint == "Wait."


@pytest.mark.parametrize(("wait", "status"), [(300, "waiting"), (301, "failed")])
def test_a_wait_of_more_than_five_minutes_is_not_waited_for(wait: float, status: str) -> None:
    world = World([VendorBusy("openai", "Come back later", retry_after=wait)])
    with pytest.raises((VendorBusy, GaveUp)) as caught:
        world.attempt()
    assert world.run.status == status
    assert isinstance(caught.value, GaveUp) == (status == "failed")


def test_an_unforeseen_fault_is_final_and_says_nothing_of_itself() -> None:
    world = World([ZeroDivisionError("secret detail")])
    with pytest.raises(ZeroDivisionError):
        world.attempt()
    assert (world.run.status, world.run.error_type) == ("failed", "InternalError")
    assert "secret" not in str(world.run)


class Hanging(ScriptedModel):
    """A model that never answers."""

    async def generate_structured(self, prompt: object, schema: type[Schema]) -> Structured[Schema]:
        await asyncio.Event().wait()
        raise AssertionError


def test_a_model_that_does_not_answer_in_time_is_busy() -> None:
    world = World([], budget=0.01)
    with pytest.raises(VendorBusy, match=r"no usable answer within 0\.01 s"):
        world.attempt(model=Hanging())
    assert world.run.status == "waiting"


def test_a_long_message_is_cut() -> None:
    world = World([VendorError("openai", "x" * 100_000)])
    with pytest.raises(VendorError):
        world.attempt()
    assert len(world.run.error or "") == 1000


def test_each_call_leaves_one_line_by_opentelemetrys_names_and_without_a_word_of_the_text(
    lines: Lines,
) -> None:
    World([ANSWER]).attempt()
    [line] = [line for line in lines() if line["message"] == "model call"]
    named = {name: value for name, value in line.items() if name.startswith(("gen_ai.", "error"))}
    assert named == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.agent.name": "summarizer",
        "gen_ai.request.model": "gpt-6-luna",
        "gen_ai.response.model": "gpt-6-luna-2026-09-22",
        "gen_ai.usage.input_tokens": 1000,
        "gen_ai.usage.output_tokens": 100,
    }
    assert "rained" not in json.dumps(lines())


def test_a_failed_call_leaves_a_line_with_its_error(lines: Lines) -> None:
    with pytest.raises(Refused):
        World([Refused("openai", "no", spent=PAID)]).attempt()
    [line] = [line for line in lines() if line["message"] == "model call"]
    assert (line["error.type"], line["gen_ai.usage.input_tokens"]) == ("Refused", 1000)
