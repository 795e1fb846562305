"""The models we know: who sells them, what they cost and take, until when they live and what follows them.

State of 20 November 2026; sources are beside each entry, and what has none is left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from orchestrator.llm.ports import Effort, Usage

Provider = Literal["openai", "anthropic", "gemini"]
Parameter = Literal["dimensions", "effort", "max_output_tokens", "temperature", "top_p"]
MILLION = Decimal(1_000_000)
_TEXT: frozenset[Parameter] = frozenset({"max_output_tokens"})


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars per million tokens; beyond `tier` input tokens both prices are `factor` times as high."""

    input: Decimal
    output: Decimal
    tier: int | None = None
    factor: int = 1

    def of(self, usage: Usage) -> Decimal:
        """Return what `usage` costs, in US dollars."""
        times = self.factor if self.tier is not None and usage.input_tokens > self.tier else 1
        return (self.input * usage.input_tokens + self.output * usage.output_tokens) * times / MILLION


@dataclass(frozen=True, slots=True)
class Model:
    """One model. `price` is `None` where we have no source; `shutdown` is the first day without it.

    `parameters` are the optional ones it may be sent: what is not among them is left out of a request, since
    current models refuse or ignore what they do not know. `effort` is the reasoning effort asked for when a
    prompt names none. `context` is in tokens, 0 where unknown.
    """

    id: str
    provider: Provider
    price: Price | None = None
    context: int = 0
    shutdown: date | None = None
    successor: str | None = None
    parameters: frozenset[Parameter] = _TEXT
    effort: Effort | None = None
    aliases: tuple[str, ...] = ()


_REASONING: frozenset[Parameter] = frozenset({"max_output_tokens", "effort"})
_SAMPLED: frozenset[Parameter] = frozenset({"max_output_tokens", "temperature", "top_p"})
_EMBEDDING: frozenset[Parameter] = frozenset({"dimensions"})


def _price(input_: str, output: str, tier: int | None = None, factor: int = 1) -> Price:
    return Price(Decimal(input_), Decimal(output), tier, factor)


MODELS = (
    # Released 22 September 2026. It reasons by default, which extraction does not need.
    Model(
        "gpt-6-luna",
        "openai",
        _price("0.10", "0.50"),
        1_050_000,
        parameters=_REASONING,
        effort="none",
    ),
    # developers.openai.com/api/docs/deprecations, announced 14 October 2026.
    Model(
        "gpt-4o-mini",
        "openai",
        _price("0.15", "0.60"),
        128_000,
        shutdown=date(2027, 1, 14),
        successor="gpt-6-luna",
        parameters=_SAMPLED,
    ),
    Model("text-embedding-3-small", "openai", _price("0.02", "0"), 8_192, parameters=_EMBEDDING),
    Model("text-embedding-3-large", "openai", _price("0.13", "0"), 8_192, parameters=_EMBEDDING),
    # platform.claude.com: released 7 October 2026; refuses sampling parameters.
    Model("claude-haiku-5-5", "anthropic", _price("0.10", "0.50", tier=100_000, factor=5), 1_000_000),
    Model("claude-haiku-4-5", "anthropic", _price("1", "5"), 200_000, parameters=_SAMPLED),
    # Anthropic's release notes; some quote the 19th.
    Model(
        "claude-3-haiku-20240307",
        "anthropic",
        shutdown=date(2026, 4, 20),
        successor="claude-haiku-5-5",
        parameters=_SAMPLED,
        aliases=("claude-3-haiku",),
    ),
    # These ignore sampling parameters.
    Model("gemini-3.5-flash-lite", "gemini"),
    Model("gemini-3.8-flash", "gemini"),
    # The API answers 404 since 29 September 2025.
    Model(
        "gemini-1.5-flash",
        "gemini",
        shutdown=date(2025, 9, 24),
        successor="gemini-3.5-flash-lite",
        aliases=("gemini-1.5-flash-002",),
    ),
    Model("gemini-2.5-flash", "gemini", shutdown=date(2026, 12, 1), successor="gemini-3.5-flash-lite"),
)
