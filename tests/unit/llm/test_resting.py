"""Leaving a struggling embedding vendor alone."""

import asyncio
from collections.abc import Sequence

import pytest

from orchestrator.errors import NotConfigured, VendorBusy, VendorError
from orchestrator.llm.ports import Embeddings
from orchestrator.llm.resting import RestingEmbedder


class Scripted:
    """Answers, or raises `error`."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error, self.calls = error, 0

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        self.calls += 1
        if self.error:
            raise self.error
        return Embeddings([[1.0] for _ in texts], "vendor")


def ask(embedder: RestingEmbedder) -> str:
    return asyncio.run(embedder.embed(["x"])).model


def test_a_busy_vendor_is_asked_again_only_after_its_rest() -> None:
    now = [100.0]
    vendor = Scripted(VendorBusy("openai", "down", hint="Check OPENAI_BASE_URL."))
    embedder = RestingEmbedder(vendor, rest=10, clock=lambda: now[0])
    for _ in range(3):
        with pytest.raises(VendorBusy) as caught:
            ask(embedder)
        assert caught.value.hint == "Check OPENAI_BASE_URL."
    assert vendor.calls == 1
    now[0] += 10
    vendor.error = None
    assert [ask(embedder), ask(embedder)] == ["vendor", "vendor"]
    assert vendor.calls == 3


@pytest.mark.parametrize("error", [VendorError("openai", "refused"), NotConfigured("no key")])
def test_what_waiting_does_not_mend_is_no_reason_to_rest(error: Exception) -> None:
    vendor = Scripted(error)
    embedder = RestingEmbedder(vendor)
    for _ in range(2):
        with pytest.raises(type(error)):
            ask(embedder)
    assert vendor.calls == 2
