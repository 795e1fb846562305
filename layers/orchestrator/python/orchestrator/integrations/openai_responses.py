"""Text, structured output and streams from OpenAI's Responses API, on the official SDK.

For agents and workers only: `import openai` costs some 400 ms (see `orchestrator.integrations.openai_http`).
Nothing is stored at the vendor (`store=False`). The SDK's own retries are off: what runs the agents (Step
Functions, a queue) retries, and knows `VendorBusy.retry_after`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import contextmanager
from typing import cast

import httpx2
import openai
from openai.types.responses import (
    Response,
    ResponseOutputRefusal,
    ResponseOutputText,
)
from pydantic import BaseModel

from orchestrator.errors import VendorBusy
from orchestrator.integrations import openai_errors, openai_wire
from orchestrator.integrations.openai_errors import VENDOR
from orchestrator.integrations.openai_http import CONNECT_TIMEOUT, KeySource
from orchestrator.integrations.openai_start import finish_loading
from orchestrator.integrations.openai_wire import Ending
from orchestrator.llm.ports import Generated, Prompt, Schema, Structured, Usage
from orchestrator.llm.registry import resolve
from orchestrator.llm.spent import Spent

_log = logging.getLogger(__name__)


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
        return openai_wire.structured(self._generated(await self._create(prompt, schema)), schema)

    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Generated]:
        """Yield the pieces, then the whole; the answer's end decides whether it was refused or cut off."""
        with self._translated():
            request = openai_wire.request_of(prompt, self._model)
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

    async def _create(self, prompt: Prompt, schema: type[BaseModel] | None = None) -> Response:
        with self._translated():
            request = openai_wire.request_of(prompt, self._model, schema)
            return cast("Response", await self._sdk().responses.create(**request))

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


def _check(response: Response, spent: Spent) -> None:
    """Raise what kept `response` from being whole."""
    details = response.incomplete_details
    ending = Ending(
        status=response.status,
        code=response.error.code if response.error else None,
        reason=details.reason if details else None,
        refused=any(part.type == "refusal" for part in _parts(response)),
    )
    openai_wire.check(ending, spent)


def _parts(response: Response) -> Iterator[ResponseOutputText | ResponseOutputRefusal]:
    for item in response.output:
        if item.type == "message":
            yield from item.content or []  # servers that only resemble OpenAI's leave it out
