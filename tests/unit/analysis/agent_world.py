"""An agent with a store, a model that answers as told, and one request to work on."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from orchestrator.analysis.agent import Agent, Asked
from orchestrator.analysis.craft import Craft, Instructions
from orchestrator.analysis.models import AgentRun, Analysis
from orchestrator.analysis.ports import Reference
from orchestrator.analysis.summary import SUMMARIZER, Summary
from orchestrator.llm.ports import Prompt, TextModel
from tests.fakes.analysis import MemoryAnalysis
from tests.fakes.text_model import REQUESTED, ScriptedModel

NOW = 1_795_174_154.5
TEXT = "It rained all day in London. Nobody went out."
ANSWER = Summary(summary="It rained in London.", key_points=["It rained."])
RESULT = {"summary": "It rained in London.", "key_points": ["It rained."], "words": 4, "word_budget": 20}


def reference(mode: str = "parallel") -> Reference:
    return Reference("acme", "req_1", mode, "order-4711")


@dataclass
class World:
    """`craft` works on `text` with a model that gives `answers` in turn."""

    answers: list[Any]
    craft: Craft[Any] = field(default_factory=lambda: SUMMARIZER)
    text: str = TEXT
    instructions: str = "Sum it up in {word_budget} words."
    budget: float = 5
    store: MemoryAnalysis = field(default_factory=lambda: MemoryAnalysis(clock=lambda: NOW))

    def __post_init__(self) -> None:
        self.model = ScriptedModel(*self.answers)
        analysis = Analysis("acme", "req_1", "parallel", len(self.text), NOW - 1, int(NOW) + 100)
        asyncio.run(self.store.create([(analysis, self.text)]))

    def agent(self, model: TextModel | None = None) -> Agent[Any]:
        asked = Asked(model or self.model, REQUESTED, self.budget)
        instructions = Instructions("test-1", self.instructions)
        return Agent(self.craft, instructions, asked, self.store, clock=lambda: NOW)

    def attempt(self, mode: str = "parallel", model: TextModel | None = None) -> None:
        asyncio.run(self.agent(model).run(reference(mode)))

    @property
    def run(self) -> AgentRun:
        return self.store.runs["acme", "req_1"][self.craft.agent]

    @property
    def prompt(self) -> Prompt:
        [prompt] = self.model.prompts
        return prompt
