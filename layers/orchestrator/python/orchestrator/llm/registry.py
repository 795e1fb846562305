"""The models we know: who sells them, what they cost, until when they live and what follows them.

A name from `MODEL_NAME` and its kin goes through `resolve`. A retired id is replaced by its successor with a
warning; an id we do not know is used as it is, since any server can stand behind `OPENAI_BASE_URL`.
State of 20 November 2026; sources are beside each entry. No model is sent sampling parameters: the current
ones ignore or refuse them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Literal

from orchestrator.llm.ports import Effort, Usage

Provider = Literal["openai", "anthropic", "gemini"]
MILLION = Decimal(1_000_000)
NOTICE_DAYS = 60
"""Days before a shutdown from which on `resolve` warns, although the model still answers."""


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

    `effort` is the reasoning effort we ask for, `None` where the parameter does not exist. `context` is in
    tokens, 0 where unknown.
    """

    id: str
    provider: Provider
    price: Price | None = None
    context: int = 0
    shutdown: date | None = None
    successor: str | None = None
    effort: Effort | None = None
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolution:
    """The model to use for `requested`; `warning` says what somebody should change, and why."""

    requested: str
    model: Model
    warning: str | None = None


_CHEAP = (Decimal("0.10"), Decimal("0.50"))

MODELS = (
    # Released 22 September 2026. It reasons by default, which extraction does not need.
    Model("gpt-6-luna", "openai", Price(*_CHEAP), 1_050_000, effort="none"),
    # Announced 14 October 2026 (OpenAI's deprecations page, as quoted by two other pages).
    Model(
        "gpt-4o-mini",
        "openai",
        Price(Decimal("0.15"), Decimal("0.60")),
        128_000,
        shutdown=date(2027, 1, 14),
        successor="gpt-6-luna",
    ),
    Model("text-embedding-3-small", "openai", Price(Decimal("0.02"), Decimal(0)), 8_192),
    Model("text-embedding-3-large", "openai", Price(Decimal("0.13"), Decimal(0)), 8_192),
    # platform.claude.com: released 7 October 2026; five times the price beyond 100,000 prompt tokens.
    Model("claude-haiku-5-5", "anthropic", Price(*_CHEAP, tier=100_000, factor=5), 1_000_000),
    Model("claude-haiku-4-5", "anthropic", context=200_000),
    # Anthropic's release notes; some quote the 19th.
    Model(
        "claude-3-haiku-20240307",
        "anthropic",
        shutdown=date(2026, 4, 20),
        successor="claude-haiku-5-5",
        aliases=("claude-3-haiku",),
    ),
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

_BY_NAME = {name: model for model in MODELS for name in (model.id, *model.aliases)}


def known(name: str) -> Model | None:
    """Return the model that `name` or an alias names, alive or not."""
    return _BY_NAME.get(name)


def resolve(name: str, provider: Provider = "openai", today: date | None = None) -> Resolution:
    """Return the model to ask for when `name` is configured, on `today` (UTC; default: now).

    An unknown name becomes a model of `provider` without price.
    """
    today = today or datetime.now(UTC).date()
    model = _BY_NAME.get(name)
    if model is None:
        return Resolution(name, Model(name, provider))
    if model.shutdown is None or (model.shutdown - today).days > NOTICE_DAYS:
        return Resolution(name, model)
    if today < model.shutdown or model.successor is None:
        return Resolution(name, model, f"{name} ends on {model.shutdown}; its successor is {model.successor}")
    followed = resolve(model.successor, model.provider, today)
    return Resolution(name, followed.model, f"{name} ended on {model.shutdown}; {followed.model.id} is used")
