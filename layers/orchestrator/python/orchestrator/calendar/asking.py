"""A text understood: by a model, whose words are checked, or by the grammar where no model can be trusted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from orchestrator.calendar.models import OrchestrateRequest
from orchestrator.calendar.outcomes import Outcome
from orchestrator.calendar.resolve import resolve
from orchestrator.calendar.spans import Extraction, astray
from orchestrator.errors import NotConfigured, Unavailable, VendorError
from orchestrator.llm.instructions import Instructions
from orchestrator.llm.ports import Prompt, StructuredModel
from orchestrator.llm.spent import Spent
from orchestrator.llm.structured import ask

_log = logging.getLogger(__name__)
MOST_TOKENS = 6000
"""Of an answer: twenty events, each with a description of its own."""


class Astray(Exception):
    """The model wrote words, twice, that do not stand in the text."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text comes to; `warning` says why no model was heard, where none was."""

    outcome: Outcome
    warning: str | None = None


class Reader:
    """Understands requests. The model only finds words; every instant is computed from them here."""

    def __init__(self, model: StructuredModel, instructions: Instructions) -> None:
        """`instructions` are all that the model is told beside the text."""
        self._model = model
        self._instructions = instructions

    async def understand(self, request: OrchestrateRequest, seconds: float) -> Understood:
        """Return what the text comes to, read by the model if it answers within `seconds`."""
        try:
            extraction = await asyncio.wait_for(self._extraction(request.content), seconds)
        except NotConfigured:
            return _degraded(request, "No language model is configured")
        except TimeoutError:
            return _degraded(request, "The language model did not answer in time")
        except (VendorError, Unavailable) as error:
            _log.warning("the grammar reads a text: %s", error.message)
            return _degraded(request, "The language model did not answer")
        except Astray:
            return _degraded(request, "The language model's answer did not fit the text")
        return Understood(resolve(extraction, request))

    async def _extraction(self, text: str) -> Extraction:
        prompt = Prompt(self._instructions.text, text, max_output_tokens=MOST_TOKENS)
        answer = await ask(self._model, prompt, Extraction)
        if wrong := astray(answer.value, text):
            self._note(answer.spent, "wrote words that are not in the text and is asked again")
            answer = await ask(self._model, _reminded(prompt, wrong), Extraction)
            wrong = astray(answer.value, text)
        self._note(answer.spent, "wrote words that are not in the text" if wrong else "read a text")
        if wrong:
            raise Astray
        return answer.value

    def _note(self, spent: Spent, what: str) -> None:
        tokens = spent.usage.input_tokens, spent.usage.output_tokens
        _log.info("%s %s: prompt %s, tokens %s", spent.model, what, self._instructions.version, tokens)


def _reminded(prompt: Prompt, wrong: Sequence[tuple[int, str, str]]) -> Prompt:
    # The places only: the words were made from the text and must not get among the instructions.
    places = ", ".join(f"events[{index}].{field}" for index, field, _ in wrong)
    reminder = (
        f"An earlier answer had words that do not stand in the text ({places}). Copy words exactly as they"
        " stand there, in one piece, or write null."
    )
    return replace(prompt, instructions=f"{prompt.instructions}\n\n{reminder}")


def _degraded(request: OrchestrateRequest, why: str) -> Understood:
    from orchestrator.calendar.grammar.reader import understand  # seldom needed, and its patterns are many

    return Understood(understand(request), f"{why}: the text was read by the built-in grammar.")
