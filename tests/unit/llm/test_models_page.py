"""The page on models says what the registry knows."""

from pathlib import Path

import pytest

from orchestrator.llm.models import MODELS, Model

PAGE = (Path(__file__).parents[3] / "docs" / "models.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.id)
def test_every_model_is_on_the_page_with_its_end_its_successor_and_its_price(model: Model) -> None:
    (row,) = (
        line for line in PAGE.splitlines() if line.startswith("|") and f"`{model.id}`" in line.split("|")[1]
    )
    for told in (model.shutdown, model.successor, *model.aliases):
        assert told is None or str(told) in row
    if model.price:
        assert f"{model.price.input:.2f}" in row
        assert not model.price.output or f"{model.price.output:.2f}" in row
