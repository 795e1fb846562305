"""Going on without the embedding vendor."""

import asyncio
from collections.abc import Sequence

import pytest

from orchestrator.errors import InvalidInput, NotConfigured, VendorBusy, VendorError
from orchestrator.llm.fallback import FallbackEmbedder
from orchestrator.llm.ports import Embeddings


class Scripted:
    """Answers as `model`, or raises `error`."""

    def __init__(self, model: str, error: Exception | None = None) -> None:
        self.model, self.error, self.calls = model, error, 0

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        self.calls += 1
        if self.error:
            raise self.error
        return Embeddings([[1.0] for _ in texts], self.model)


def model_of(embedder: FallbackEmbedder) -> str:
    return asyncio.run(embedder.embed(["x"])).model


FAILURES = [VendorBusy("v", "down"), VendorError("v", "refused"), NotConfigured("no key")]


def test_a_vendor_that_answers_is_used() -> None:
    assert model_of(FallbackEmbedder(Scripted("vendor"), Scripted("offline"))) == "vendor"


@pytest.mark.parametrize("error", FAILURES, ids=lambda error: type(error).__name__)
def test_a_vendor_that_fails_is_replaced_and_left_alone_for_a_while(error: Exception) -> None:
    now = [100.0]
    vendor = Scripted("vendor", error)
    embedder = FallbackEmbedder(vendor, Scripted("offline"), pause=15, clock=lambda: now[0])
    assert [model_of(embedder), model_of(embedder)] == ["offline", "offline"]
    assert vendor.calls == 1
    now[0] += 15
    vendor.error = None
    assert model_of(embedder) == "vendor"


def test_a_wrong_input_is_not_hidden_by_the_fallback() -> None:
    with pytest.raises(InvalidInput):
        model_of(FallbackEmbedder(Scripted("vendor", InvalidInput("empty")), Scripted("offline")))
