"""The text adapters against the stand-in: one on OpenAI's own SDK, one for structured output without it."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import openai
import pytest
from pydantic import BaseModel, Field
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from orchestrator.analysis.entities import Entities
from orchestrator.analysis.sentiment import Sentiment
from orchestrator.analysis.summary import Summary as AnalysisSummary
from orchestrator.calendar.spans import Extraction
from orchestrator.errors import NotConfigured, VendorBusy, VendorError
from orchestrator.integrations.openai_responses import OpenAIText
from orchestrator.integrations.openai_structured import OpenAIStructured
from orchestrator.integrations.openai_wire import strict
from orchestrator.llm.errors import Refused, SchemaMismatch, Truncated, Unusable
from orchestrator.llm.ports import Generated, Prompt
from tests.fakes.http_server import serving
from tests.fakes.sandbox import Sandbox

T = TypeVar("T")
PROMPT = Prompt("Sum it up.", "The sun shines. The report is late.")


class Summary(BaseModel):
    summary: str
    points: list[str]


async def key() -> str:
    return "sk-very-secret-0123456789"


def ask(vendor: Sandbox, work: Callable[[Any], Awaitable[T]], **options: Any) -> T:
    async def run() -> T:
        model = options.pop("adapter", OpenAIText)(
            options.pop("key", key),
            **{"base_url": vendor.openai, "model": "gpt-6-luna", "timeout": 5, **options},
        )
        try:
            return await work(model)
        finally:
            await model.close()

    return asyncio.run(run())


async def pieces(model: OpenAIText, prompt: Prompt = PROMPT) -> list[str | Generated]:
    return [piece async for piece in model.stream(prompt)]


async def structured(model: OpenAIText | OpenAIStructured) -> Any:
    return await model.generate_structured(PROMPT, Summary)


either = pytest.mark.parametrize("adapter", [OpenAIText, OpenAIStructured])


def test_text_comes_with_its_model_and_tokens(vendor: Sandbox) -> None:
    answer = ask(vendor, lambda model: model.generate(PROMPT))
    assert "The report is late." in answer.text
    assert (answer.requested, answer.model) == ("gpt-6-luna", "sandbox-gpt-6-luna")
    assert answer.usage.input_tokens > 0
    assert answer.usage.output_tokens > 0


@either
def test_nothing_is_stored_and_no_sampling_parameter_is_sent(vendor: Sandbox, adapter: Any) -> None:
    ask(vendor, structured, adapter=adapter)
    sent = vendor.outbox.entries()[-1]["body"]
    assert sent["store"] is False
    assert sent["reasoning"] == {"effort": "none"}
    assert {"temperature", "top_p", "frequency_penalty", "presence_penalty"}.isdisjoint(sent)
    assert sent["text"]["format"]["strict"] is True
    assert sent["instructions"] == "Sum it up."
    assert sent["input"] == [{"role": "user", "content": PROMPT.text}]


def test_what_earlier_agents_found_is_a_message_before_the_text(vendor: Sandbox) -> None:
    prompt = Prompt("Sum it up.", "The text.", context="A summary.")
    ask(vendor, lambda model: model.generate(prompt))
    sent = vendor.outbox.entries()[-1]["body"]
    assert [message["content"] for message in sent["input"]] == ["A summary.", "The text."]
    assert {message["role"] for message in sent["input"]} == {"user"}


def test_both_adapters_send_the_same_and_read_the_same(vendor: Sandbox) -> None:
    prompt = Prompt("Sum it up.", "The text.", context="A summary.", effort="low", max_output_tokens=999)
    answers = [
        ask(vendor, lambda model: model.generate_structured(prompt, Summary), adapter=adapter)
        for adapter in (OpenAIText, OpenAIStructured)
    ]
    sent = [entry["body"] for entry in vendor.outbox.entries()]
    assert sent[0] == sent[1]
    assert answers[0] == answers[1]


@pytest.mark.parametrize("schema", [Extraction, Summary, Entities, Sentiment, AnalysisSummary])
def test_schemas_are_what_the_sdk_would_make_of_them(schema: type[BaseModel]) -> None:
    theirs = openai.pydantic_responses_function_tool(schema)["parameters"]
    assert strict(schema) == theirs


@pytest.mark.parametrize("model", ["gpt-4o-mini", "llama3.3:70b"])
def test_effort_is_not_sent_to_a_model_that_has_none(vendor: Sandbox, model: str) -> None:
    prompt = Prompt("Sum it up.", "The text.", effort="low", max_output_tokens=99)
    ask(vendor, lambda text_model: text_model.generate(prompt), model=model)
    sent = vendor.outbox.entries()[-1]["body"]
    assert "reasoning" not in sent
    assert sent["max_output_tokens"] == 99


@either
def test_structured_output_is_a_checked_model(vendor: Sandbox, adapter: Any) -> None:
    answer = ask(vendor, structured, adapter=adapter)
    assert answer.value.summary in PROMPT.text
    assert answer.usage.output_tokens > 0


def test_lengths_of_texts_are_checked_here_and_not_asked_of_the_vendor(vendor: Sandbox) -> None:
    class Bounded(BaseModel):
        minLength: str = Field(min_length=1, max_length=3)  # noqa: N815 - a field may be called so
        points: list[str] = Field(min_length=1)

    with pytest.raises(SchemaMismatch, match="minLength: String should have at most 3 characters"):
        ask(vendor, lambda model: model.generate_structured(PROMPT, Bounded))
    sent = vendor.outbox.entries()[-1]["body"]["text"]["format"]["schema"]["properties"]
    assert sent["minLength"].keys().isdisjoint({"minLength", "maxLength"})
    assert sent["points"]["minItems"] == 1


@either
def test_a_retired_model_is_replaced_and_both_names_are_reported(
    vendor: Sandbox, caplog: pytest.LogCaptureFixture, adapter: Any
) -> None:
    answer = ask(vendor, structured, model="claude-3-haiku", adapter=adapter)
    assert (answer.requested, answer.model) == ("claude-3-haiku", "sandbox-claude-haiku-5-5")
    assert "claude-3-haiku" in caplog.text


def test_a_stream_ends_with_the_whole(vendor: Sandbox) -> None:
    *parts, whole = ask(vendor, pieces)
    assert len(parts) > 2
    assert isinstance(whole, Generated)
    assert "".join(map(str, parts)) == whole.text


@pytest.mark.parametrize(
    ("work", "adapter"),
    [(structured, OpenAIText), (pieces, OpenAIText), (structured, OpenAIStructured)],
    ids=["structured", "stream", "without the SDK"],
)
@pytest.mark.parametrize(
    ("fault", "error"),
    [
        ({"kind": "refuse"}, Refused),
        ({"kind": "rate_limit"}, VendorBusy),
        ({"kind": "error"}, VendorBusy),
        ({"kind": "hang_up"}, VendorBusy),
        ({"kind": "slow", "delay_ms": 3000}, VendorBusy),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_failures_are_named(
    vendor: Sandbox, work: Any, adapter: Any, fault: dict[str, Any], error: type[Exception]
) -> None:
    vendor.fault(**fault)
    with pytest.raises(error) as caught:
        ask(vendor, work, timeout=0.3, adapter=adapter)
    assert "very-secret" not in f"{caught.value!r} {caught.value.__cause__}"


@either
def test_broken_json_keeps_what_came_for_a_repair(vendor: Sandbox, adapter: Any) -> None:
    vendor.fault("broken_json")
    with pytest.raises(SchemaMismatch) as caught:
        ask(vendor, structured, adapter=adapter)
    assert caught.value.answer.startswith('{"summary"')
    assert "The report" not in f"{caught.value!r} {caught.value.__cause__}"


def test_an_answer_over_its_limit_is_truncated_also_in_a_stream(vendor: Sandbox) -> None:
    short = Prompt("Sum it up.", "word " * 100, max_output_tokens=16)
    with pytest.raises(Truncated):
        ask(vendor, lambda model: model.generate(short))
    with pytest.raises(Truncated):
        ask(vendor, lambda model: pieces(model, short))


@either
@pytest.mark.parametrize(
    ("kind", "error"), [("refuse", Refused), ("broken_json", SchemaMismatch), (None, Truncated)]
)
def test_an_answer_that_cannot_be_used_is_paid_for_all_the_same(
    vendor: Sandbox, kind: str | None, error: type[Unusable], adapter: Any
) -> None:
    if kind:
        vendor.fault(kind)
    prompt = Prompt("Sum it up.", "word " * 100, max_output_tokens=None if kind else 16)
    with pytest.raises(error) as caught:
        ask(vendor, lambda model: model.generate_structured(prompt, Summary), adapter=adapter)
    assert (caught.value.requested, caught.value.model) == ("gpt-6-luna", "sandbox-gpt-6-luna")
    assert caught.value.usage.input_tokens > 100
    assert caught.value.usage.output_tokens > 0
    assert caught.value.cost is not None
    assert caught.value.cost > 0


@either
def test_a_missing_key_is_named_and_nothing_is_sent(vendor: Sandbox, adapter: Any) -> None:
    async def none() -> str:
        raise NotConfigured("OPENAI_API_KEY is not set")

    with pytest.raises(NotConfigured):
        ask(vendor, structured, key=none, adapter=adapter)
    assert vendor.outbox.entries() == []


@either
def test_a_wrong_path_points_to_the_setting(vendor: Sandbox, adapter: Any) -> None:
    with pytest.raises(VendorError) as caught:
        ask(vendor, structured, base_url=f"{vendor.openai}/nowhere", adapter=adapter)
    assert "OPENAI_BASE_URL" in str(caught.value.hint)


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        {"output": None},
        {"output": [{"type": "message", "content": [{"type": "output_text"}]}]},
        {"output": [3]},
        {"output": [], "usage": {"input_tokens": "many"}},
    ],
    ids=str,
)
def test_an_answer_of_another_shape_points_to_the_address(answer: Any) -> None:
    with serving(Starlette(routes=[Route("/v1/responses", _answering(answer), methods=["POST"])])) as url:
        model = OpenAIStructured(key, base_url=f"{url}/v1", model="gpt-6-luna")
        with pytest.raises(VendorError) as caught:
            asyncio.run(structured(model))
    assert "OPENAI_BASE_URL" in str(caught.value.hint)


def _answering(answer: Any) -> Any:
    async def serve(request: Request) -> Response:
        await request.body()
        return JSONResponse(answer)

    return serve


@pytest.mark.parametrize("prepared", [False, True])
def test_one_adapter_serves_several_event_loops(vendor: Sandbox, *, prepared: bool) -> None:
    model = OpenAIText(key, base_url=vendor.openai, model="gpt-6-luna")
    if prepared:
        model.prepare()
    assert asyncio.run(model.generate(PROMPT)) == asyncio.run(model.generate(PROMPT))
