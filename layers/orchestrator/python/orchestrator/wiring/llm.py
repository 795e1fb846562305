"""What the agents ask their questions of."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from orchestrator.config.groups import OpenAI

if TYPE_CHECKING:
    from orchestrator.llm.ports import TextModel


@cache
def text_model() -> TextModel:
    """The model that `MODEL_NAME` means, at `OPENAI_BASE_URL`; its SDK is loaded, nothing connected."""
    from orchestrator.integrations.openai_responses import OpenAIText
    from orchestrator.wiring import openai_key

    settings = OpenAI.load()
    model = OpenAIText(openai_key, base_url=settings.base_url, model=settings.model, timeout=settings.timeout)
    model.prepare()
    return model
