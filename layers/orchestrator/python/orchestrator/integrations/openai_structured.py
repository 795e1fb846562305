"""Structured output from OpenAI's Responses API over plain HTTP: for functions that must answer quickly.

The same requests and answers as `openai_responses`, without the SDK's import (see `openai_http`); the
contract tests run the same cases on both. What streams, or runs behind a queue, uses the SDK.

Wire: POST {base}/responses, Authorization: Bearer <key>, the body of `openai_wire.request_of`;
    200 {"status": "completed", "model": …, "output": [{"type": "message", "content": [{"type":
    "output_text", "text": …}]}], "usage": {"input_tokens": …, "output_tokens": …}}
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any, cast

from orchestrator.integrations import openai_errors
from orchestrator.integrations.openai_http import KeySource, OpenAIHttp
from orchestrator.integrations.openai_wire import Ending, check, mapping, request_of, structured
from orchestrator.llm.ports import Generated, Prompt, Schema, Structured, Usage
from orchestrator.llm.registry import resolve
from orchestrator.llm.spent import Spent

_log = logging.getLogger(__name__)


class OpenAIStructured:
    """`StructuredModel` over HTTP; `timeout` in seconds until the answer."""

    def __init__(self, key: KeySource, *, base_url: str, model: str, timeout: float = 15.0) -> None:
        """Connect nothing yet. A retired `model` is replaced by its successor, with a warning in the log."""
        resolution = resolve(model)
        if resolution.warning:
            _log.warning("%s", resolution.warning)
        self._requested = model
        self._model = resolution.model
        self._http = OpenAIHttp(key, base_url, "responses", timeout)

    async def generate_structured(self, prompt: Prompt, schema: type[Schema]) -> Structured[Schema]:
        """Return an answer that fits `schema`; see `orchestrator.llm.ports.StructuredModel`."""
        key = await self._http.key()
        answer = await self._http.post(request_of(prompt, self._model, schema), key)
        try:
            done = self._generated(answer)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise openai_errors.unreadable(f"{type(error).__name__} in the answer") from error
        return structured(done, schema)

    async def close(self) -> None:
        """Close the kept connection."""
        self._http.close()

    def _generated(self, answer: dict[str, Any]) -> Generated:
        used = mapping(answer.get("usage"))
        usage = Usage(int(used.get("input_tokens", 0)), int(used.get("output_tokens", 0)))
        model = str(answer.get("model") or self._model.id)
        parts = list(_parts(answer["output"]))
        error = mapping(answer.get("error"))
        ending = Ending(
            status=answer.get("status"),
            code=str(error.get("code") or "failed") if error else None,
            reason=mapping(answer.get("incomplete_details")).get("reason"),
            refused=any(part.get("type") == "refusal" for part in parts),
        )
        check(ending, Spent.of(self._requested, model, usage))
        text = "".join(str(part["text"]) for part in parts if part.get("type") == "output_text")
        return Generated(text, self._requested, model, usage)


def _parts(output: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for item in output:
        if item["type"] == "message":
            # Servers that only resemble OpenAI's leave the content out.
            yield from cast("list[Mapping[str, Any]]", item.get("content") or [])
