"""The agents' questions, from our own code over OpenAI's SDK to the stand-in and back."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from orchestrator.analysis.entities import Entities
from orchestrator.analysis.sentiment import Sentiment
from orchestrator.analysis.summary import Summary
from orchestrator.errors import VendorBusy
from orchestrator.integrations.openai_responses import OpenAIText
from orchestrator.llm.errors import Refused, SchemaMismatch, spent
from orchestrator.llm.ports import Prompt, Usage
from orchestrator.llm.registry import cost
from orchestrator.llm.structured import Answer, ask
from tests.fakes.sandbox import Sandbox

T = TypeVar("T")
TEXT = """\
👩‍💻 Grüße from Köln! Sarah Miller bought the Galaxy S24 from Samsung on March 3, 2026 for €799.00. \
She loves the screen, but the battery is awful. "It never lasts a day," she wrote to help@samsung.example. \
The company promised a replacement within two weeks and apologised for the trouble she had."""
PROMPT = Prompt("Analyse the text.", TEXT, max_output_tokens=2000)
SCHEMAS = [Summary, Sentiment, Entities]


async def key() -> str:
    return "sk-very-secret-0123456789"


def run(vendor: Sandbox, work: Callable[[OpenAIText], Awaitable[T]], timeout: float = 5) -> T:
    async def running() -> T:
        model = OpenAIText(key, base_url=vendor.openai, model="gpt-6-luna", timeout=timeout)
        try:
            return await work(model)
        finally:
            await model.close()

    return asyncio.run(running())


def answer(vendor: Sandbox, schema: type[Any], prompt: Prompt = PROMPT, timeout: float = 5) -> Answer[Any]:
    return run(vendor, lambda model: ask(model, prompt, schema), timeout)


def test_the_summarizer_gets_a_summary_and_key_points(vendor: Sandbox) -> None:
    value = answer(vendor, Summary).value
    assert "Sarah Miller" in value.summary
    assert 1 <= len(value.key_points) <= 7
    assert value.summary not in value.key_points


def test_the_sentiment_agent_gets_a_label_and_who_is_felt_about(vendor: Sandbox) -> None:
    value = answer(vendor, Sentiment).value
    assert value.label == "mixed"
    labels = {entity.text: entity.label for entity in value.entities}
    assert (labels["screen"], labels["battery"]) == ("positive", "negative")
    assert all(TEXT[entity.start : entity.end] == entity.text for entity in value.entities)


def test_the_entity_extractor_gets_places_in_code_points(vendor: Sandbox) -> None:
    value = answer(vendor, Entities).value
    assert [(entity.type, entity.text) for entity in value.entities] == [
        ("location", "Köln"),
        ("person", "Sarah Miller"),
        ("product", "Galaxy S24"),
        ("organization", "Samsung"),
        ("date", "March 3, 2026"),
        ("money", "€799.00"),
        ("email", "help@samsung.example"),
    ]
    assert all(TEXT[entity.start : entity.end] == entity.text for entity in value.entities)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_what_was_found_before_is_no_part_of_the_text(vendor: Sandbox, schema: type[BaseModel]) -> None:
    told = Prompt(PROMPT.instructions, TEXT, context="Angela Merkel was terrible in Paris on Sunday.")
    assert answer(vendor, schema, told).value == answer(vendor, schema).value


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_answer_tells_model_tokens_and_cost(vendor: Sandbox, schema: type[BaseModel]) -> None:
    got = answer(vendor, schema)
    assert (got.requested, got.model) == ("gpt-6-luna", "sandbox-gpt-6-luna")
    assert (got.asked, got.repaired) == (1, False)
    assert got.usage.input_tokens > len(TEXT) // 5
    assert got.cost == cost("gpt-6-luna", got.usage)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_one_broken_answer_is_got_over(vendor: Sandbox, schema: type[BaseModel]) -> None:
    vendor.fault("broken_json", count=1)
    got = answer(vendor, schema)
    assert got.repaired is (got.asked == 1)
    assert len(vendor.outbox.entries("openai")) == got.asked


def test_an_answer_that_stays_broken_is_repaired_or_fails_with_the_tokens_of_both_calls(
    vendor: Sandbox,
) -> None:
    vendor.fault("broken_json")
    names = answer(vendor, Entities)
    assert names.repaired
    assert 1 <= len(names.value.entities) < 7
    with pytest.raises(SchemaMismatch) as caught:  # half of this one ends inside the summary
        answer(
            vendor, Summary, Prompt("Analyse the text.", "One sentence that is long enough to be cut in two.")
        )
    assert caught.value.usage.output_tokens > 0
    calls = vendor.outbox.entries("openai")[-2:]
    assert "did not fit the JSON schema" in calls[1]["body"]["instructions"]
    assert calls[0]["body"]["input"] == calls[1]["body"]["input"]


@pytest.mark.parametrize("schema", SCHEMAS)
def test_a_refusal_is_final_and_paid_for(vendor: Sandbox, schema: type[BaseModel]) -> None:
    vendor.fault("refuse")
    with pytest.raises(Refused) as caught:
        answer(vendor, schema)
    assert caught.value.usage.output_tokens > 0
    assert len(vendor.outbox.entries("openai")) == 1


def test_a_slow_vendor_is_left_in_time_and_has_cost_nothing_that_is_known(vendor: Sandbox) -> None:
    vendor.fault("slow", delay_ms=4000)
    started = time.monotonic()
    with pytest.raises(VendorBusy, match=r"no answer within 0\.3 s") as caught:
        answer(vendor, Summary, timeout=0.3)
    assert time.monotonic() - started < 3
    assert spent(caught.value) is None


def test_a_vendor_that_is_busy_at_the_re_ask_leaves_the_first_call_counted(vendor: Sandbox) -> None:
    vendor.fault("broken_json", count=1)
    vendor.fault("rate_limit")
    with pytest.raises(VendorBusy) as caught:
        answer(
            vendor, Summary, Prompt("Analyse the text.", "One sentence that is long enough to be cut in two.")
        )
    assert caught.value.retry_after == 1
    used = spent(caught.value)
    assert used is not None
    assert used.usage != Usage()
