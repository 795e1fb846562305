"""The OpenAI stand-in, driven by OpenAI's own SDK over real HTTP."""

from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import Any

import httpx2
import openai
import pytest
from pydantic import BaseModel, Field

from tests.fakes.sandbox import Sandbox

MODEL = "gpt-6-luna"


class Mood(StrEnum):
    GOOD = "good"
    BAD = "bad"


class Item(BaseModel):
    name: str
    children: list["Item"] = []


class Reading(BaseModel):
    summary: str = Field(min_length=1)
    mood: Mood
    score: float = Field(ge=-1, le=1)
    count: int = Field(ge=3, le=9)
    tags: list[str] = Field(min_length=2)
    day: date
    note: str | None
    root: Item


@pytest.fixture
def client(vendor: Sandbox) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(api_key="any", base_url=vendor.openai, max_retries=0, timeout=5) as client:
        yield client


def likeness(left: list[float], right: list[float]) -> float:
    return sum(a * b for a, b in zip(left, right, strict=True))


@pytest.mark.parametrize(
    ("stored", "query", "other"),
    [
        ("I parked my car on level three", "where is the automobile", "my cat likes fish"),
        ("Meeting with Ann on Monday", "which appointments do I have", "how to bake bread"),
        ("buy milk", "groceries", "repair the bicycle"),
    ],
)
def test_what_means_the_same_is_nearer(client: openai.OpenAI, stored: str, query: str, other: str) -> None:
    answer = client.embeddings.create(
        model="text-embedding-3-small", input=[stored, query, other], dimensions=256
    )
    first, second, third = (entry.embedding for entry in answer.data)
    assert likeness(first, second) > 0.25
    assert likeness(first, second) > likeness(first, third) + 0.2


def test_both_encodings_hold_the_same_unit_vector(client: openai.OpenAI) -> None:
    packed = client.embeddings.create(model="text-embedding-3-small", input="a text")
    plain = client.embeddings.create(model="text-embedding-3-small", input="a text", encoding_format="float")
    assert packed.data[0].embedding == pytest.approx(plain.data[0].embedding)
    assert likeness(packed.data[0].embedding, packed.data[0].embedding) == pytest.approx(1)
    assert len(packed.data[0].embedding) == 1536
    assert packed.model == "sandbox-text-embedding-3-small"
    assert packed.usage.prompt_tokens == packed.usage.total_tokens > 0


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"input": ""}, "input"),
        ({"input": []}, "input"),
        ({"input": ["x"], "dimensions": 0}, "dimensions"),
        ({"input": ["x"], "dimensions": 1537}, "dimensions"),
        ({"input": ["x"], "encoding_format": "hex"}, "encoding_format"),
    ],
)
def test_bad_embedding_requests_are_refused_as_openai_does(
    client: openai.OpenAI, body: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.embeddings.create(model="text-embedding-3-small", **body)
    assert caught.value.param == param
    assert caught.value.type == "invalid_request_error"


def test_the_models_say_that_they_are_a_sandbox(client: openai.OpenAI) -> None:
    names = [model.id for model in client.models.list()]
    assert names
    assert all(name.startswith("sandbox-") for name in names)


def test_a_text_answer_is_deterministic_and_counted(client: openai.OpenAI) -> None:
    first = client.responses.create(model=MODEL, input="What is the time?", store=False)
    second = client.responses.create(model=MODEL, input="What is the time?", store=False)
    assert first == second
    assert "What is the time?" in first.output_text
    assert (first.model, first.status) == (f"sandbox-{MODEL}", "completed")
    assert first.usage is not None
    assert first.usage.total_tokens == first.usage.input_tokens + first.usage.output_tokens


def test_messages_are_read_like_a_text(client: openai.OpenAI) -> None:
    parts: Any = [
        {"role": "user", "content": [{"type": "input_text", "text": "part one"}]},
        {"role": "user", "content": "two"},
    ]
    assert "part one\ntwo" in client.responses.create(model=MODEL, input=parts).output_text


def test_structured_output_fits_its_schema(client: openai.OpenAI) -> None:
    answer = client.responses.parse(model=MODEL, input="All is bad today. It rains.", text_format=Reading)
    assert answer.output_parsed is not None
    assert answer.output_parsed.mood is Mood.BAD
    assert answer.output_parsed.summary in {"All is bad today.", "It rains."}


@pytest.mark.parametrize("change", [{"additionalProperties": True}, {"required": []}])
def test_a_schema_that_is_not_strict_is_refused_as_openai_does(
    client: openai.OpenAI, change: dict[str, Any]
) -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string"}},
        "required": ["a"],
        "additionalProperties": False,
    }
    config: Any = {"format": {"type": "json_schema", "name": "A", "strict": True, "schema": schema | change}}
    with pytest.raises(openai.BadRequestError, match="Invalid schema for response_format 'A'"):
        client.responses.create(model=MODEL, input="x", text=config)


def test_the_stream_tells_the_text_piece_by_piece(client: openai.OpenAI) -> None:
    with client.responses.stream(model=MODEL, input="Tell me something long enough") as stream:
        events = list(stream)
        final = stream.get_final_response()
    kinds = [event.type for event in events]
    assert kinds[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert kinds[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    pieces = [event.delta for event in events if event.type == "response.output_text.delta"]
    assert len(pieces) > 2
    assert "".join(pieces) == final.output_text
    assert [event.sequence_number for event in events] == list(range(len(events)))


def test_structured_output_streams_too(client: openai.OpenAI) -> None:
    with client.responses.stream(model=MODEL, input="good news", text_format=Reading) as stream:
        final = stream.until_done().get_final_response()
    assert final.output_parsed is not None
    assert final.output_parsed.mood is Mood.GOOD


def test_an_answer_over_the_limit_is_incomplete(client: openai.OpenAI) -> None:
    answer = client.responses.create(model=MODEL, input="word " * 50, max_output_tokens=16)
    assert answer.status == "incomplete"
    assert answer.incomplete_details is not None
    assert answer.incomplete_details.reason == "max_output_tokens"


def test_a_refusal_is_a_refusal_also_in_a_stream(client: openai.OpenAI, vendor: Sandbox) -> None:
    vendor.fault("refuse", count=2)
    part: Any = client.responses.create(model=MODEL, input="x").output[0]
    assert part.content[0].type == "refusal"
    with client.responses.stream(model=MODEL, input="x") as stream:
        kinds = [event.type for event in stream]
    assert "response.refusal.delta" in kinds
    assert client.responses.create(model=MODEL, input="x").output_text


def test_broken_json_breaks_the_models_text_not_the_envelope(client: openai.OpenAI, vendor: Sandbox) -> None:
    vendor.fault("broken_json")
    with pytest.raises(ValueError, match="JSON"):
        client.responses.parse(model=MODEL, input="good", text_format=Reading)


def test_rate_limits_and_failures_look_like_openais(client: openai.OpenAI, vendor: Sandbox) -> None:
    vendor.fault("rate_limit", count=1)
    with pytest.raises(openai.RateLimitError) as limited:
        client.responses.create(model=MODEL, input="x")
    assert limited.value.response.headers["retry-after"] == "1"
    vendor.fault("error", count=1)
    with pytest.raises(openai.InternalServerError):
        client.responses.create(model=MODEL, input="x")
    vendor.fault("hang_up", count=1)
    with pytest.raises(openai.APIConnectionError):
        client.responses.create(model=MODEL, input="x")
    assert client.responses.create(model=MODEL, input="x").status == "completed"


def test_a_fault_can_be_aimed_at_some_requests(client: openai.OpenAI, vendor: Sandbox) -> None:
    vendor.fault("error", match="entities")
    assert client.responses.create(model=MODEL, input="summarize").status == "completed"
    with pytest.raises(openai.InternalServerError):
        client.responses.create(model=MODEL, input="find entities")


@pytest.mark.parametrize(
    "fault", [{"kind": "explode"}, {"kind": "slow", "count": 0}, {"kind": "slow", "delay_ms": "1"}, [], {}]
)
def test_a_fault_nobody_knows_is_refused_with_the_reason(vendor: Sandbox, fault: Any) -> None:
    answer = httpx2.post(f"{vendor.url}/openai/faults", json=fault)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_no_key_an_unknown_path_and_a_broken_body_answer_as_openai_does(vendor: Sandbox) -> None:
    key = {"authorization": "Bearer k"}
    cases = [
        (httpx2.post(f"{vendor.openai}/responses", json={}, headers={"authorization": "Basic x"}), 401),
        (httpx2.post(f"{vendor.openai}/nothing", json={}, headers=key), 404),
        (httpx2.post(f"{vendor.openai}/responses", content=b"{", headers=key), 400),
        (httpx2.post(f"{vendor.openai}/responses", json={"input": "x"}, headers=key), 400),
    ]
    for answer, status in cases:
        assert answer.status_code == status
        assert set(answer.json()["error"]) == {"message", "type", "param", "code"}


def test_the_outbox_shows_what_came_with_secrets_masked(client: openai.OpenAI, vendor: Sandbox) -> None:
    client.responses.create(
        model=MODEL, input="my key is sk-abcdef123456", metadata={"webhook_secret": "s3cret"}
    )
    entry = vendor.outbox.entries("openai")[-1]
    assert (entry["method"], entry["path"], entry["status"]) == ("POST", "/v1/responses", 200)
    assert entry["body"]["input"] == "my key is sk-***"
    assert entry["body"]["metadata"] == {"webhook_secret": "***"}
    assert vendor.outbox.entries("slack") == []
