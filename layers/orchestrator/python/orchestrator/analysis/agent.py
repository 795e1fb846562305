"""One agent's turn: begin, read the text, ask the model, check its answer, record what came of it.

Whoever runs the agent repeats a turn that ended with a `retryable` error, and no other. How often is counted
in the store, since the one who repeats may itself be repeated.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Generic, NoReturn

from orchestrator.analysis import endings
from orchestrator.analysis.craft import Craft, Instructions
from orchestrator.analysis.models import AgentRun, Material
from orchestrator.analysis.ports import AnalysisStore, Reference
from orchestrator.errors import VendorBusy
from orchestrator.llm.errors import spent
from orchestrator.llm.ports import Prompt, Schema, TextModel
from orchestrator.llm.registry import resolve
from orchestrator.llm.spent import Spent
from orchestrator.llm.structured import Answer, ask

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Asked:
    """The model an agent asks, the name it was configured by, and how many seconds an answer may take."""

    model: TextModel
    requested: str
    budget: float


class Agent(Generic[Schema]):
    """Runs one craft on the texts it is referred to."""

    def __init__(
        self,
        craft: Craft[Schema],
        instructions: Instructions,
        asked: Asked,
        store: AnalysisStore,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Ask nothing yet; `clock` gives Unix seconds."""
        self._craft = craft
        self._instructions = instructions
        self._asked = asked
        self._provider = resolve(asked.requested).model.provider
        self._store = store
        self._clock = clock

    async def run(self, reference: Reference) -> None:
        """Work on the request once, unless that has been done or the request was deleted.

        Raises:
            VendorBusy, Unavailable: another attempt may succeed; `retry_after` says when, if the vendor did.
            GaveUp: no further attempt will be made.
            OrchestratorError: whatever else keeps the agent from a result; it is recorded, and final.
        """
        begun = await self._store.begin(
            reference.tenant, reference.request_id, self._craft.agent, self._clock()
        )
        if begun is None:
            _log.info("%s has nothing left to do", self._craft.agent)
            return
        run = replace(begun, requested_model=self._asked.requested, prompt_version=self._instructions.version)
        if given_up := endings.exhausted(run):
            await self._fail(run, reference, given_up)
        summary = reference.mode == "sequential" and self._craft.reads_summary
        material = await self._store.material(reference.tenant, reference.request_id, summary=summary)
        if material is None:
            _log.info("%s finds its request deleted", self._craft.agent)
            return
        await self._work(run, reference, material)

    async def _work(self, run: AgentRun, reference: Reference, material: Material) -> None:
        try:
            answer = await self._ask(self._prompt(material))
            result = self._craft.result(answer.value, material.text)
        except Exception as error:  # every ending of an attempt is recorded
            await self._fail(run, reference, error)
        await self._record(reference, endings.completed(run, result, answer.spent, self._clock()))

    async def _fail(self, run: AgentRun, reference: Reference, error: Exception) -> NoReturn:
        verdict = endings.verdict(error, run.attempts)
        await self._record(reference, endings.failed(run, verdict, spent(error), self._clock()))
        if verdict is error:
            raise error
        raise verdict from error

    async def _record(self, reference: Reference, run: AgentRun) -> None:
        await self._store.record(reference.tenant, reference.request_id, run)

    def _prompt(self, material: Material) -> Prompt:
        variables = self._craft.variables(material.text)
        return Prompt(
            # Numbers of ours are all that the text decides of the instructions.
            self._instructions.text.format(**variables),
            material.text,
            max_output_tokens=self._craft.most_tokens,
            context=material.summary or "",
        )

    async def _ask(self, prompt: Prompt) -> Answer[Schema]:
        try:
            answer = await self._in_time(prompt)
        except Exception as error:
            self._log_call(spent(error) or Spent(), error)
            raise
        self._log_call(answer.spent)
        return answer

    async def _in_time(self, prompt: Prompt) -> Answer[Schema]:
        try:
            async with asyncio.timeout(self._asked.budget):
                return await ask(self._asked.model, prompt, self._craft.schema)
        except TimeoutError:
            raise VendorBusy(
                self._provider,
                f"no usable answer within {self._asked.budget:g} s",
                hint="Try again, or name a faster model in MODEL_NAME.",
            ) from None

    def _log_call(self, used: Spent, error: Exception | None = None) -> None:
        """Log one line by OpenTelemetry's names for such calls; never a word of the text or the answer."""
        line: dict[str, Any] = {
            "gen_ai.operation.name": "chat",
            "gen_ai.provider.name": self._provider,
            "gen_ai.agent.name": self._craft.agent,
            "gen_ai.request.model": self._asked.requested,
            "gen_ai.response.model": used.model,
            "gen_ai.usage.input_tokens": used.usage.input_tokens,
            "gen_ai.usage.output_tokens": used.usage.output_tokens,
        }
        _log.info("model call", extra={**line, **({"error.type": type(error).__name__} if error else {})})
