"""What the wings ask of language models. Adapters in `orchestrator.integrations` implement these ports."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeVar

from pydantic import BaseModel

Schema = TypeVar("Schema", bound=BaseModel)
Effort = Literal["none", "minimal", "low", "medium", "high"]


@dataclass(frozen=True, slots=True)
class Embeddings:
    """One vector per text, in order, made by `model` from `tokens` tokens of input (0: not counted)."""

    vectors: list[list[float]]
    model: str
    tokens: int = 0

    @property
    def dimension(self) -> int:
        """The length of every vector, 0 when there is none."""
        return len(self.vectors[0]) if self.vectors else 0


class Embedder(Protocol):
    """Turns texts into vectors whose cosine says how near their meanings are."""

    async def embed(self, texts: Sequence[str]) -> Embeddings:
        """Return one vector per text; no text, no vector.

        Raises:
            InvalidInput: a text is empty.
            VendorBusy: the same call may succeed later.
            VendorError: the vendor refused, or answered what is no embedding.
            NotConfigured: there is no key for the vendor.
        """
        ...


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a model is asked: `instructions` from us, `text` from outside, and how much it may answer.

    `context` is what earlier agents found; it was made from outside text and is trusted no more than that. It
    is sent as a message of its own before the text, which is always the last one.

    No sampling parameters: today's models reason and refuse or ignore them. `effort` `None` leaves the model
    registry's default for the model.
    """

    instructions: str
    text: str
    max_output_tokens: int | None = None
    effort: Effort | None = None
    context: str = ""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one call or of several, reasoning included in `output_tokens`."""

    input_tokens: int = 0
    output_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        """Return the tokens of both."""
        return Usage(self.input_tokens + other.input_tokens, self.output_tokens + other.output_tokens)


@dataclass(frozen=True, slots=True)
class Generated:
    """A finished text: `requested` is the model asked for, `model` the one that answered."""

    text: str
    requested: str
    model: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class Structured(Generic[Schema]):
    """A finished answer that fits its schema."""

    value: Schema
    requested: str
    model: str
    usage: Usage


class StructuredModel(Protocol):
    """Fills schemas. It raises what `orchestrator.llm.errors` draws."""

    async def generate_structured(self, prompt: Prompt, schema: type[Schema]) -> Structured[Schema]:
        """Return an answer that validates against `schema`."""
        ...


class TextModel(StructuredModel, Protocol):
    """Writes text, and fills schemas. Every method raises what `orchestrator.llm.errors` draws."""

    async def generate(self, prompt: Prompt) -> Generated:
        """Return the whole answer."""
        ...

    def stream(self, prompt: Prompt) -> AsyncIterator[str | Generated]:
        """Yield the answer's pieces as they come and, last, the whole as `Generated`."""
        ...
