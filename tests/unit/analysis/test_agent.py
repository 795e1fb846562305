"""One attempt of an agent, from its beginning to its record."""

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from orchestrator.analysis.entities import ENTITY_EXTRACTOR, Entities
from orchestrator.analysis.models import AgentRun
from orchestrator.analysis.summary import Summary
from orchestrator.errors import Unavailable
from orchestrator.llm.ports import Prompt, Schema, Structured
from tests.fakes.text_model import ANSWERED, PAID, REQUESTED, ScriptedModel
from tests.unit.analysis.agent_world import ANSWER, NOW, RESULT, TEXT, World, reference

COST = PAID.cost or Decimal(0)


def test_what_the_agent_made_is_kept_with_its_audit_trail() -> None:
    world = World([ANSWER])
    world.attempt()
    assert world.run == AgentRun(
        "summarizer",
        "completed",
        1,
        NOW,
        completed_at=NOW,
        prompt_version="test-1",
        requested_model=REQUESTED,
        model=ANSWERED,
        input_tokens=1000,
        output_tokens=100,
        cost_usd="0.00015",
        result=RESULT,
    )
    assert Decimal("0.00015") == COST


def test_the_text_travels_apart_from_the_instructions() -> None:
    world = World([ANSWER])
    world.attempt()
    assert world.prompt.text == TEXT
    assert world.prompt.instructions == "Sum it up in 20 words."
    assert world.prompt.context == ""
    assert world.prompt.max_output_tokens == world.craft.most_tokens


def test_an_agent_that_has_completed_does_nothing_when_it_is_called_again() -> None:
    world = World([ANSWER])
    world.attempt()
    before = world.run
    world.attempt()
    assert world.run == before
    assert len(world.model.prompts) == 1


def test_in_sequential_mode_the_summary_is_handed_on() -> None:
    world = World([ANSWER])
    world.attempt("sequential")
    following = World(
        [Entities(entities=[])], craft=ENTITY_EXTRACTOR, instructions="Find.", store=world.store
    )
    following.attempt("sequential")
    assert world.prompt.context == "", "the summarizer reads no summary, not even its own"
    assert following.prompt.context == RESULT["summary"]
    assert following.prompt.text == TEXT


@pytest.mark.parametrize("mode", ["parallel", "sequential"])
def test_without_a_summary_an_agent_works_all_the_same(mode: str) -> None:
    world = World([Entities(entities=[])], craft=ENTITY_EXTRACTOR, instructions="Find.")
    world.attempt(mode)
    assert world.prompt.context == ""
    assert world.run.status == "completed"


def test_in_parallel_mode_no_summary_is_handed_on_even_if_there_is_one() -> None:
    world = World([ANSWER])
    world.attempt()
    following = World(
        [Entities(entities=[])], craft=ENTITY_EXTRACTOR, instructions="Find.", store=world.store
    )
    following.attempt("parallel")
    assert following.prompt.context == ""


def test_a_request_deleted_meanwhile_costs_nothing_and_leaves_no_result() -> None:
    world = World([ANSWER])
    asyncio.run(world.store.delete("acme", "req_1"))
    world.attempt()
    assert world.model.prompts == []
    assert world.run.result is None


def test_an_answer_asked_for_twice_is_paid_twice() -> None:
    world = World(["no JSON at all", ANSWER])
    world.attempt()
    assert (world.run.input_tokens, world.run.output_tokens) == (2000, 200)
    assert world.run.cost_usd == "0.0003"


def test_what_earlier_attempts_have_used_is_added() -> None:
    world = World([ANSWER])
    asyncio.run(world.store.begin("acme", "req_1", "summarizer", NOW - 9))
    spent = replace(world.run, status="waiting", input_tokens=7, output_tokens=5, cost_usd="0.0001")
    asyncio.run(world.store.record("acme", "req_1", spent))
    world.attempt()
    assert (world.run.attempts, world.run.started_at) == (2, NOW - 9)
    assert (world.run.input_tokens, world.run.output_tokens, world.run.cost_usd) == (1007, 105, "0.00025")


def test_a_cost_with_an_unknown_part_is_unknown() -> None:
    world = World([ANSWER])
    asyncio.run(world.store.begin("acme", "req_1", "summarizer", NOW - 9))
    unpriced = replace(world.run, status="waiting", input_tokens=7, cost_usd=None)
    asyncio.run(world.store.record("acme", "req_1", unpriced))
    world.attempt()
    assert world.run.cost_usd is None


def test_a_store_that_is_down_leaves_the_attempt_to_be_repeated() -> None:
    world = World([ANSWER])

    async def down(*_: object, **__: object) -> None:
        raise Unavailable("The table is throttled")

    world.store.record = down  # type: ignore[method-assign]
    with pytest.raises(Unavailable):
        world.attempt()
    assert world.run.status == "running"


class Together(ScriptedModel):
    """A model that answers two calls at the same time."""

    def __init__(self, *answers: Summary) -> None:
        super().__init__(*answers)
        self.both = asyncio.Barrier(2)

    async def generate_structured(self, prompt: Prompt, schema: type[Schema]) -> Structured[Schema]:
        await self.both.wait()
        return await super().generate_structured(prompt, schema)


def test_two_attempts_at_once_end_in_one_result() -> None:
    world = World([])

    async def both() -> None:
        model = Together(ANSWER, ANSWER)
        await asyncio.gather(*(world.agent(model).run(reference()) for _ in range(2)))

    asyncio.run(both())
    assert (world.run.status, world.run.attempts, world.run.result) == ("completed", 2, RESULT)
