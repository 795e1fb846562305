"""Which model is meant by a name, whether it still lives, and what it costs.

A name from `MODEL_NAME` and its kin goes through `resolve`. A retired id is replaced by its successor with a
warning; an id we do not know is used as it is, since any server can stand behind `OPENAI_BASE_URL`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from orchestrator.llm.models import MODELS, Model, Provider
from orchestrator.llm.ports import Usage

NOTICE_DAYS = 60
"""Days before a shutdown from which on `resolve` warns, although the model still answers."""

_BY_NAME = {name: model for model in MODELS for name in (model.id, *model.aliases)}
_SANDBOX = "sandbox-"  # the laptop's stand-in puts it before the model it was asked for
_SNAPSHOT = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8})$")


@dataclass(frozen=True, slots=True)
class Resolution:
    """The model to use for `requested`; `warning` says what somebody should change, and why."""

    requested: str
    model: Model
    warning: str | None = None


def known(name: str) -> Model | None:
    """Return the model that `name` means, alive or not.

    Vendors are asked for `gpt-6-luna` and answer as the snapshot `gpt-6-luna-2026-09-22` (Anthropic writes
    `-20260922`). A snapshot not listed itself is its model: same price, same end.
    """
    name = name.removeprefix(_SANDBOX)
    return _BY_NAME.get(name) or _BY_NAME.get(_SNAPSHOT.sub("", name))


def cost(name: str, usage: Usage) -> Decimal | None:
    """Return what `usage` of the model `name` costs in US dollars, `None` when its price is unknown."""
    model = known(name)
    return model.price.of(usage) if model and model.price else None


def resolve(name: str, provider: Provider = "openai", today: date | None = None) -> Resolution:
    """Return the model to ask for when `name` is configured, on `today` (UTC; default: now).

    A snapshot is asked for under its own name. An unknown name becomes a model of `provider` without price,
    which is sent no parameter that some server might refuse.
    """
    today = today or datetime.now(UTC).date()
    model = known(name)
    if model is None:
        return Resolution(name, Model(name, provider))
    living = model if name in _BY_NAME else replace(model, id=name)
    if model.shutdown is None or (model.shutdown - today).days > NOTICE_DAYS:
        return Resolution(name, living)
    if today < model.shutdown or model.successor is None:
        return Resolution(
            name, living, f"{name} ends on {model.shutdown}; its successor is {model.successor}"
        )
    followed = resolve(model.successor, model.provider, today)
    return Resolution(name, followed.model, f"{name} ended on {model.shutdown}; {followed.model.id} is used")
