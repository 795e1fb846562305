"""A text model that answers what it was told to, and remembers what it was asked."""

from collections.abc import AsyncIterator
from typing import Any

from pydantic import BaseModel, ValidationError

from orchestrator.llm.errors import SchemaMismatch
from orchestrator.llm.ports import Generated, Prompt, Schema, Structured, Usage
from orchestrator.llm.spent import Spent

REQUESTED, ANSWERED, USAGE = "gpt-6-luna", "gpt-6-luna-2026-09-22", Usage(1000, 100)
PAID = Spent.of(REQUESTED, ANSWERED, USAGE)


class ScriptedModel:
    """`TextModel` that answers with the given values (or JSON), or raises the given errors, in turn."""

    def __init__(self, *answers: BaseModel | str | Exception) -> None:
        self.answers = list(answers)
        self.prompts: list[Prompt] = []
        self.schemas: list[type[BaseModel]] = []

    async def generate(self, prompt: Prompt) -> Generated:
        raise NotImplementedError

    async def generate_structured(self, prompt: Prompt, schema: type[Schema]) -> Structured[Schema]:
        self.prompts.append(prompt)
        self.schemas.append(schema)
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        document = answer if isinstance(answer, str) else answer.model_dump_json()
        try:
            value = schema.model_validate_json(document)
        except ValidationError:
            raise SchemaMismatch("openai", "no such schema", document, spent=PAID) from None
        return Structured(value, REQUESTED, ANSWERED, USAGE)

    def stream(self, prompt: Prompt) -> AsyncIterator[Any]:
        raise NotImplementedError
