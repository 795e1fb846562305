"""The embedder against the stand-in over real HTTP: the same vectors as the SDK, and every failure named."""

import asyncio
import socket
from collections.abc import Coroutine
from typing import Any, TypeVar

import openai
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from orchestrator.errors import InvalidInput, NotConfigured, VendorBusy, VendorError
from orchestrator.integrations.openai import OpenAIEmbedder
from tests.fakes.http_server import serving
from tests.fakes.sandbox import Sandbox

T = TypeVar("T")
KEY = "sk-very-secret-0123456789"


async def key() -> str:
    return KEY


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def embed(base_url: str, *texts: str, **options: Any) -> Any:
    embedder = OpenAIEmbedder(options.pop("key", key), base_url=base_url, **options)
    try:
        return run(embedder.embed(texts))
    finally:
        embedder.close()


def answering(*answers: Response) -> Any:
    """An app that gives `answers` one after the other, the last one for ever."""
    left = list(answers)

    async def serve(request: Request) -> Response:
        await request.body()
        return left.pop(0) if len(left) > 1 else left[0]

    return serving(Starlette(routes=[Route("/v1/embeddings", serve, methods=["POST"])]))


def body(*vectors: Any, **fields: Any) -> Response:
    data = [{"index": index, "embedding": vector} for index, vector in enumerate(vectors)]
    return JSONResponse({"data": data, **fields})


def test_the_vectors_are_those_the_sdk_gets(vendor: Sandbox) -> None:
    texts = ["a first text", "and a second"]
    ours = embed(vendor.openai, *texts)
    with openai.OpenAI(api_key="k", base_url=vendor.openai, max_retries=0) as client:
        theirs = client.embeddings.create(model="text-embedding-3-small", input=texts, dimensions=256)
    assert ours.vectors == [entry.embedding for entry in theirs.data]
    assert (ours.model, ours.tokens, ours.dimension) == (theirs.model, theirs.usage.prompt_tokens, 256)


def test_many_texts_are_sent_in_batches_and_come_back_in_order(vendor: Sandbox) -> None:
    texts = [f"text {number}" for number in range(513)]
    answer = embed(vendor.openai, *texts)
    assert [entry["status"] for entry in vendor.outbox.entries("openai")] == [200, 200]
    assert answer.vectors[512] == embed(vendor.openai, "text 512").vectors[0]


def test_no_text_asks_nobody(vendor: Sandbox) -> None:
    assert embed(vendor.openai).vectors == []
    assert vendor.outbox.entries() == []


def test_an_empty_text_is_refused_before_it_is_sent(vendor: Sandbox) -> None:
    with pytest.raises(InvalidInput):
        embed(vendor.openai, "fine", " ")
    assert vendor.outbox.entries() == []


def test_one_client_serves_several_event_loops(vendor: Sandbox) -> None:
    embedder = OpenAIEmbedder(key, base_url=vendor.openai)
    assert run(embedder.embed(["x"])) == run(embedder.embed(["x"]))
    embedder.close()


@pytest.mark.parametrize(
    ("fault", "busy", "words"),
    [
        ({"kind": "rate_limit"}, True, "(429)"),
        ({"kind": "error"}, True, "(500)"),
        ({"kind": "hang_up"}, True, "connection"),
        ({"kind": "slow", "delay_ms": 3000}, True, "no answer within 0.2 s"),
        ({"kind": "broken_json"}, False, "cannot be read"),
        ({"kind": "refuse"}, False, "(403)"),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else "",
)
def test_a_failing_vendor_is_named_with_what_to_do(
    vendor: Sandbox, fault: dict[str, Any], busy: bool, words: str
) -> None:
    vendor.fault(**fault)
    with pytest.raises(VendorError) as caught:
        embed(vendor.openai, "text", read_timeout=0.2)
    error = caught.value
    assert isinstance(error, VendorBusy) is busy
    assert error.vendor == "openai"
    assert words in error.message
    assert error.hint
    assert KEY not in f"{error} {error.hint} {error!r} {error.__cause__}"


def test_the_vendors_own_waiting_time_is_kept(vendor: Sandbox) -> None:
    vendor.fault("rate_limit", count=1)
    with pytest.raises(VendorBusy) as caught:
        embed(vendor.openai, "text")
    assert caught.value.retry_after == 1
    assert caught.value.hint == "Try again in 1 seconds."


def test_a_connection_that_died_is_replaced_once_unseen(vendor: Sandbox) -> None:
    vendor.fault("hang_up", count=1)
    assert len(embed(vendor.openai, "text").vectors) == 1
    assert [entry["status"] for entry in vendor.outbox.entries()] == [0, 200]


def test_nobody_listening_is_a_busy_vendor_whose_address_only_the_log_tells(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(VendorBusy, match="openai: the connection failed") as caught:
        embed(f"http://127.0.0.1:{port}/v1", "text")
    assert f"127.0.0.1:{port}" not in f"{caught.value.message} {caught.value.hint}"
    assert f"127.0.0.1:{port}/v1" in caplog.text
    assert "OPENAI_BASE_URL" in str(caught.value.hint)


def test_a_refused_key_is_never_repeated() -> None:
    said = {"error": {"message": f"Incorrect API key provided: {KEY}.", "code": "invalid_api_key"}}
    for status in (401, 400):
        with answering(JSONResponse(said, status)) as url, pytest.raises(VendorError) as caught:
            embed(f"{url}/v1", "text")
        assert KEY not in str(caught.value)
        assert not isinstance(caught.value, VendorBusy)


def test_an_empty_purse_is_no_reason_to_try_again() -> None:
    said = {"error": {"message": "You exceeded your current quota.", "code": "insufficient_quota"}}
    with answering(JSONResponse(said, 429)) as url, pytest.raises(VendorError) as caught:
        embed(f"{url}/v1", "text")
    assert not caught.value.retryable


@pytest.mark.parametrize(
    "answer",
    [
        PlainTextResponse("<html>hello</html>"),
        JSONResponse([]),
        JSONResponse({"data": [{}]}),
        JSONResponse({"data": [{"index": 0, "embedding": "not base64"}]}),
        body([0.0] * 768),
        body([0.0] * 256, [0.0] * 256),
        body(),
    ],
)
def test_an_answer_that_is_no_embedding_points_to_the_address_or_model(answer: Response) -> None:
    with answering(answer) as url, pytest.raises(VendorError) as caught:
        embed(f"{url}/v1", "text")
    assert "OPENAI_BASE_URL" in str(caught.value.hint)


def test_a_server_that_ignores_base64_and_usage_is_understood() -> None:
    with answering(body([1] + [0.0] * 255)) as url:
        answer = embed(f"{url}/v1/", "text")
    assert answer.vectors == [[1.0] + [0.0] * 255]
    assert (answer.model, answer.tokens) == ("text-embedding-3-small", 0)


def test_a_redirect_is_not_followed(vendor: Sandbox) -> None:
    away = Response(status_code=307, headers={"location": f"{vendor.openai}/embeddings"})
    with answering(away) as url, pytest.raises(VendorError, match="307"):
        embed(f"{url}/v1", "text")
    assert vendor.outbox.entries() == []


@pytest.mark.parametrize(
    ("value", "error"), [("", NotConfigured), (" \n", NotConfigured), ("clé\x00", VendorError)]
)
def test_a_key_that_cannot_be_sent_is_named(vendor: Sandbox, value: str, error: type[Exception]) -> None:
    async def odd() -> str:
        return value

    with pytest.raises(error, match=r"key|KEY"):
        embed(vendor.openai, "text", key=odd)
