"""A text understood: by a model, whose words are checked, or by the grammar where no model can be trusted."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from orchestrator.calendar.models import CalendarRequest
from orchestrator.calendar.outcomes import Outcome
from orchestrator.calendar.resolve import resolve
from orchestrator.calendar.spans import EventSpans, Extraction, astray, each_said, in_order, missed
from orchestrator.errors import NotConfigured, Unavailable, VendorError
from orchestrator.llm.instructions import Instructions
from orchestrator.llm.patience import patiently
from orchestrator.llm.ports import Prompt, StructuredModel
from orchestrator.llm.spent import Spent
from orchestrator.llm.structured import Answer, ask

_log = logging.getLogger(__name__)
MOST_TOKENS = 6000
"""Of an answer: twenty events, each with a description of its own."""


class Astray(Exception):
    """The model wrote, twice, what cannot be the words of the text."""


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text comes to; `warning` says why no model was heard, where none was."""

    outcome: Outcome
    warning: str | None = None


class Reader:
    """Understands requests. The model only finds words; every instant is computed from them here."""

    def __init__(
        self,
        model: StructuredModel,
        instructions: Instructions,
        chance: Callable[[], float] = random.random,
    ) -> None:
        """`instructions` are all that the model is told beside the text; `chance` spreads further tries."""
        self._model = model
        self._instructions = instructions
        self._chance = chance

    async def understand(self, request: CalendarRequest, seconds: float) -> Understood:
        """Return what the text comes to, read by the model if it answers within `seconds`."""
        try:
            extraction = await asyncio.wait_for(self._extraction(request, seconds), seconds)
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

    async def _extraction(self, request: CalendarRequest, seconds: float) -> Extraction:
        deadline = asyncio.get_running_loop().time() + seconds
        prompt = Prompt(self._instructions.text, request.content, max_output_tokens=MOST_TOKENS)
        answer = await self._asked(prompt, deadline)
        if wrong := _wrong(answer, request):
            self._note(answer.spent, "wrote what does not fit the text and is asked again")
            answer = await self._asked(_reminded(prompt, wrong), deadline)
            wrong = _wrong(answer, request)
        self._note(answer.spent, "wrote what does not fit the text" if wrong else "read a text")
        if wrong:
            raise Astray
        return in_order(each_said(answer.value, request.content), request.content)

    async def _asked(self, prompt: Prompt, deadline: float) -> Answer[Extraction]:
        return await patiently(lambda: ask(self._model, prompt, Extraction), deadline, self._chance)

    def _note(self, spent: Spent, what: str) -> None:
        tokens = spent.usage.input_tokens, spent.usage.output_tokens
        _log.info("%s %s: prompt %s, tokens %s", spent.model, what, self._instructions.version, tokens)


def _wrong(answer: Answer[Extraction], request: CalendarRequest) -> list[str]:
    """Return the places of words that do not stand in the text, of missing ones, of orders it does not give.

    An answer that had to be repaired may have been cut off; a lost time would make a day of an hour.
    """
    places = [f"events[{index}].{field}" for index, field, _ in astray(answer.value, request.content)]
    places += [f"events[{index}].{field}" for index, field in missed(answer.value, request.content)]
    places += _contrary(answer.value, request)
    if answer.repaired:
        for index, spans in enumerate(answer.value.events):
            lost = EventSpans.model_fields.keys() - spans.model_fields_set
            places += [f"events[{index}].{field}" for field in sorted(lost)]
    return places


def _contrary(extraction: Extraction, request: CalendarRequest) -> list[str]:
    """Return the places of orders to move or cancel that a text which plainly books does not give.

    The order is all that a model says in words of its own, and these ones destroy.
    """
    changing = [
        f"events[{index}].operation"
        for index, spans in enumerate(extraction.events)
        if spans.operation in {"reschedule", "cancel"}
    ]
    if not changing:
        return []
    plain = _by_grammar(request)
    return changing if plain.bookings and not plain.changes and not plain.clarifications else []


def _reminded(prompt: Prompt, wrong: Sequence[str]) -> Prompt:
    # The places only: the words were made from the text and must not get among the instructions.
    places = ", ".join(wrong)
    reminder = (
        f"An earlier answer did not fit the text ({places}). Write every field: words exactly as they stand"
        " in the text, in one piece, or null."
    )
    return replace(prompt, instructions=f"{prompt.instructions}\n\n{reminder}")


def _degraded(request: CalendarRequest, why: str) -> Understood:
    return Understood(_by_grammar(request), f"{why}: the text was read by the built-in grammar.")


def _by_grammar(request: CalendarRequest) -> Outcome:
    from orchestrator.calendar.grammar.reader import understand  # seldom needed, and its patterns are many

    return understand(request)
