"""Text, structured output and streams from OpenAI's Responses API, on the official SDK.

For agents and workers only: `import openai` costs some 400 ms (see `orchestrator.integrations.openai`).
Nothing is stored at the vendor (`store=False`). The SDK's own retries are off: what runs the agents (Step
Functions, a queue) retries, and knows `VendorBusy.retry_after`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from typing import Any, cast

import httpx2
import openai
from openai.types.responses import (
    Response,
    ResponseInputParam,
    ResponseOutputRefusal,
    ResponseOutputText,
    ResponseTextConfigParam,
)
from pydantic import ValidationError

from orchestrator.errors import VendorBusy, VendorError
from orchestrator.integrations import openai_errors
from orchestrator.integrations.openai import CONNECT_TIMEOUT, KeySource
from orchestrator.integrations.openai_errors import VENDOR
from orchestrator.integrations.openai_start import finish_loading
from orchestrator.llm.errors import Refused, SchemaMismatch, Truncated
from orchestrator.llm.ports import Generated, Prompt, Schema, Structured, Usage
from orchestrator.llm.registry import resolve
from orchestrator.llm.schemas import problem
from orchestrator.llm.spent import Spent

_log = logging.getLogger(__name__)
_PASSING_CODES = frozenset({"server_error", "rate_limit_exceeded", "vector_store_timeout"})


class OpenAIText:
    """`TextModel` over the Responses API; `timeout` in seconds until the answer or its next piece."""

    def __init__(self, key: KeySource, *, base_url: str, model: str, timeout: float = 60.0) -> None:
        """Connect nothing yet. A retired `model` is replaced by its successor, with a warning in the log."""
        resolution = resolve(model)
        if resolution.warning:
            _log.warning("%s", resolution.warning)
        self._requested = model
        self._model = resolution.model
        self._key = key
        self._base_url = base_url
        self._timeout = timeout
        self._client: openai.AsyncOpenAI | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    async def generate(self, prompt: Prompt) -> Generated:
        """Return the whole answer; see `orchestrator.llm.ports.TextModel`."""
        return self._generated(await self._create(prompt))

    async def generate_structured(self, prompt: Prompt, schema: type[Schema]) -> Structured[Schema]:
        """Return an answer that fits `schema`, which the vendor is held to by strict JSON schema."""
        done = self._generated(await self._create(prompt, _format(schema)))
        try:
            value = schema.model_validate_json(done.text)
        except ValidationError as error:
            # `from None`: the cause would quote the answer in a log.
            raise SchemaMismatch(
                VENDOR,
                problem(error, schema),
                done.text,
                spent=Spent.of(done.requested, done.model, done.usage),
            ) from None
        return Structured(value, done.requested, done.model, done.usage)

    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Generated]:
        """Yield the pieces, then the whole; the answer's end decides whether it was refused or cut off."""
        with self._translated():
            request = self._request(prompt, None)
            async with await self._sdk().responses.create(**request, stream=True) as events:
                async for event in events:
                    if event.type == "response.output_text.delta":
                        yield event.delta
                    elif (
                        event.type == "response.completed"
                        or event.type == "response.incomplete"
                        or event.type == "response.failed"
                    ):
                        yield self._generated(event.response)
                        return
                    elif event.type == "error":
                        raise VendorBusy(VENDOR, f"the stream failed: {event.message}")
        raise openai_errors.unreachable(self._base_url)

    async def close(self) -> None:
        """Close the kept connection."""
        if self._client:
            await self._client.close()

    async def _create(self, prompt: Prompt, config: ResponseTextConfigParam | None = None) -> Response:
        with self._translated():
            return cast("Response", await self._sdk().responses.create(**self._request(prompt, config)))

    def _request(self, prompt: Prompt, config: ResponseTextConfigParam | None) -> dict[str, Any]:
        # What comes from outside are user's messages, apart from our instructions; the text is the last one.
        outside = [prompt.context, prompt.text] if prompt.context else [prompt.text]
        messages: ResponseInputParam = [{"role": "user", "content": content} for content in outside]
        optional: dict[str, Any] = {
            "max_output_tokens": prompt.max_output_tokens,
            "reasoning": self._reasoning(prompt),
            "text": config,
        }
        return {
            "model": self._model.id,
            "instructions": prompt.instructions,
            "input": messages,
            "store": False,
            **{name: value for name, value in optional.items() if value is not None},
        }

    def _reasoning(self, prompt: Prompt) -> dict[str, str] | None:
        effort = prompt.effort or self._model.effort
        return {"effort": effort} if effort and "effort" in self._model.parameters else None

    def prepare(self) -> None:
        """Do what the first call would do: read the certificates, load the rest of the SDK."""
        self._client = self._built()
        finish_loading(self._client)

    def _sdk(self) -> openai.AsyncOpenAI:
        # The client's connections belong to an event loop; a new loop needs a new client.
        loop = asyncio.get_running_loop()
        if self._client is None or self._loop not in (None, loop):
            self._client = self._built()
        self._loop = loop
        return self._client

    def _built(self) -> openai.AsyncOpenAI:
        timeout = httpx2.Timeout(self._timeout, connect=CONNECT_TIMEOUT)
        return openai.AsyncOpenAI(api_key=self._key, base_url=self._base_url, max_retries=0, timeout=timeout)

    @contextmanager
    def _translated(self) -> Generator[None]:
        try:
            yield
        except openai.APIStatusError as error:
            raise openai_errors.from_status(error.status_code, error.body, error.response.headers) from None
        except (openai.APITimeoutError, httpx2.TimeoutException):
            raise openai_errors.timed_out(self._timeout) from None
        except (openai.APIConnectionError, httpx2.TransportError):
            raise openai_errors.unreachable(self._base_url) from None
        except openai.APIError as error:
            raise openai_errors.unreadable(type(error).__name__) from None

    def _generated(self, response: Response) -> Generated:
        used = response.usage
        usage = Usage(used.input_tokens, used.output_tokens) if used else Usage()
        _check(response, Spent.of(self._requested, str(response.model), usage))
        return Generated(response.output_text, self._requested, str(response.model), usage)


def _format(schema: type[Schema]) -> ResponseTextConfigParam:
    tool = openai.pydantic_responses_function_tool(schema)  # the SDK's public way to a strict JSON schema
    parameters = cast("dict[str, object]", _permitted(tool["parameters"]))
    return {"format": {"type": "json_schema", "name": schema.__name__, "schema": parameters, "strict": True}}


def _permitted(schema: object) -> object:
    """Return `schema` without the lengths of texts, which strict output may refuse; we check them ourselves.

    https://platform.openai.com/docs/guides/structured-outputs lists what is supported.
    """
    if isinstance(schema, list):
        return [_permitted(part) for part in cast("list[object]", schema)]
    if not isinstance(schema, dict):
        return schema
    fields = cast("dict[str, object]", schema)
    # A number: under `properties` these would be names of fields, whose values are schemas.
    lengths = {name for name in ("minLength", "maxLength") if isinstance(fields.get(name), int)}
    return {name: _permitted(value) for name, value in fields.items() if name not in lengths}


def _check(response: Response, spent: Spent) -> None:
    """Raise what kept `response` from being whole."""
    if response.status == "failed" or response.error:
        code = response.error.code if response.error else "failed"
        kind = VendorBusy if code in _PASSING_CODES else VendorError
        raise kind(VENDOR, f"the answer failed ({code})")
    if any(part.type == "refusal" for part in _parts(response)):
        hint = "Change the text or the instructions."
        raise Refused(VENDOR, "the model declined to answer", hint=hint, spent=spent)
    if response.status == "incomplete":
        reason = response.incomplete_details.reason if response.incomplete_details else None
        if reason == "content_filter":
            raise Refused(VENDOR, "the vendor's content filter stopped the answer", spent=spent)
        hint = "Allow more output tokens, or send less text."
        raise Truncated(VENDOR, f"the answer was cut off ({reason})", hint=hint, spent=spent)


def _parts(response: Response) -> Iterator[ResponseOutputText | ResponseOutputRefusal]:
    for item in response.output:
        if item.type == "message":
            yield from item.content or []  # servers that only resemble OpenAI's leave it out
