"""What the model registry answers on a given day."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from orchestrator.llm.models import MODELS
from orchestrator.llm.ports import Usage
from orchestrator.llm.registry import NOTICE_DAYS, cost, known, resolve

NOVEMBER = date(2026, 11, 1)


def test_a_living_model_is_used_without_a_word() -> None:
    found = resolve("gpt-6-luna", today=NOVEMBER)
    assert (found.model.id, found.warning) == ("gpt-6-luna", None)


def test_a_model_near_its_end_is_used_with_a_warning() -> None:
    end = date(2027, 1, 14)
    early = resolve("gpt-4o-mini", today=end - timedelta(days=NOTICE_DAYS + 1))
    late = resolve("gpt-4o-mini", today=end - timedelta(days=1))
    assert early.warning is None
    assert late.model.id == "gpt-4o-mini"
    assert "gpt-6-luna" in str(late.warning)


def test_a_retired_model_is_replaced_by_its_successor_from_the_day_on() -> None:
    found = resolve("gpt-4o-mini", today=date(2027, 1, 14))
    assert (found.requested, found.model.id) == ("gpt-4o-mini", "gpt-6-luna")
    assert "2027-01-14" in str(found.warning)


@pytest.mark.parametrize(
    ("name", "successor"),
    [("claude-3-haiku", "claude-haiku-5-5"), ("gemini-1.5-flash", "gemini-3.5-flash-lite")],
)
def test_an_alias_of_a_retired_model_is_replaced_too(name: str, successor: str) -> None:
    assert resolve(name, today=NOVEMBER).model.id == successor


def test_an_unknown_model_is_used_as_it_is() -> None:
    found = resolve("llama3.3:70b", today=NOVEMBER)
    assert (found.model.id, found.model.price, found.warning) == ("llama3.3:70b", None, None)


@pytest.mark.parametrize(
    ("answered_as", "model"),
    [
        ("gpt-6-luna-2026-09-22", "gpt-6-luna"),
        ("sandbox-gpt-6-luna", "gpt-6-luna"),
        ("sandbox-gpt-6-luna-2026-09-22", "gpt-6-luna"),
        ("claude-haiku-5-5-20261007", "claude-haiku-5-5"),
        ("claude-3-haiku-20240307", "claude-3-haiku-20240307"),
    ],
)
def test_the_name_an_answer_comes_under_finds_its_model(answered_as: str, model: str) -> None:
    found = known(answered_as)
    assert found is not None
    assert found.id == model


@pytest.mark.parametrize(
    "name", ["gpt-6-luna-pro", "gpt-6-luna-2026", "llama3.3:70b-20260101", "sandbox-", ""]
)
def test_a_name_that_only_resembles_a_model_is_not_taken_for_it(name: str) -> None:
    assert known(name) is None
    assert cost(name, Usage(1, 1)) is None


def test_a_snapshot_is_asked_for_under_its_own_name_and_ends_with_its_model() -> None:
    name = "gpt-4o-mini-2024-07-18"
    assert resolve(name, today=NOVEMBER).model.id == name
    assert resolve(name, today=date(2027, 1, 14)).model.id == "gpt-6-luna"


def test_effort_is_only_asked_of_models_that_take_it() -> None:
    for model in MODELS:
        assert model.effort is None or "effort" in model.parameters
    assert "effort" not in resolve("gpt-4o-mini", today=NOVEMBER).model.parameters
    assert "effort" not in resolve("llama3.3:70b").model.parameters


def test_a_call_costs_its_tokens_and_more_beyond_the_tier() -> None:
    luna, haiku = known("gpt-6-luna"), known("claude-haiku-5-5")
    assert luna is not None
    assert haiku is not None
    assert luna.price
    assert haiku.price
    assert luna.price.of(Usage(1_000_000, 200_000)) == Decimal("0.20")
    assert haiku.price.of(Usage(100_000, 0)) == Decimal("0.01")
    assert haiku.price.of(Usage(100_001, 0)) == Decimal("0.0500005")


def test_every_name_is_unique_and_every_successor_is_known_and_outlives() -> None:
    names = [name for model in MODELS for name in (model.id, *model.aliases)]
    assert len(names) == len(set(names))
    for model in MODELS:
        if model.shutdown:
            successor = known(str(model.successor))
            assert successor is not None
            assert successor.shutdown is None or successor.shutdown > model.shutdown
