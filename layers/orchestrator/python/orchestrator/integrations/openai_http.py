"""Plain HTTP to OpenAI for functions whose first answer must come quickly: urllib3, one kept connection.

Why neither the SDK nor httpx2: `import openai` always builds some 1,500 pydantic types (`openai/__init__`
imports all of `openai.types`, whichever submodule is asked for): import + client + first call cost 510 ms.
httpx2 cost 50 to 90 ms, and 1 ms more a call than urllib3, which botocore has loaded anyway. Contract tests
hold what is built on this to the SDK's own results.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import certifi
import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as TimedOut

from orchestrator.errors import NotConfigured, VendorError
from orchestrator.integrations import openai_errors

KeySource = Callable[[], Awaitable[str]]
"""Gives the current API key; its owner caches it, so that a rotated key is used without a redeploy."""

CONNECT_TIMEOUT = 2.0


class OpenAIHttp:
    """Posts JSON to one path below `base_url`; `read_timeout` in seconds.

    The client is a blocking one in a thread: it is not bound to an event loop, so it survives from one
    invocation to the next whatever loop the edge runs, and a time-out of ours can abandon the call.
    """

    def __init__(self, key: KeySource, base_url: str, path: str, read_timeout: float) -> None:
        """Connect nothing yet."""
        self._key = key
        self._url = f"{base_url.rstrip('/')}/{path}"
        self._read_timeout = read_timeout
        self._client = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=CONNECT_TIMEOUT, read=read_timeout),
            headers={"content-type": "application/json", "user-agent": "orchestrator"},
            ca_certs=certifi.where(),
            retries=False,
        )

    async def key(self) -> str:
        """Return the key.

        Raises:
            NotConfigured: there is none.
            VendorError: it could not be sent in a header.
        """
        key = (await self._key()).strip()
        if not key:
            raise NotConfigured("OPENAI_API_KEY is empty", hint=openai_errors.KEY_HINT)
        if not (key.isascii() and key.isprintable()):
            raise VendorError(
                openai_errors.VENDOR, "the API key is not printable", hint=openai_errors.KEY_HINT
            )
        return key

    async def post(self, body: dict[str, Any], key: str) -> Any:
        """Return the parsed answer to `body`.

        Raises:
            VendorBusy: the same call may succeed later.
            VendorError: the vendor refused, or its answer is no JSON.
        """
        return await asyncio.to_thread(self._ask, json.dumps(body).encode(), key)

    def close(self) -> None:
        """Close the kept connection."""
        self._client.clear()

    def _ask(self, content: bytes, key: str) -> Any:
        response = self._post(content, key)
        if response.status != 200:
            raise openai_errors.from_status(response.status, _json_or_none(response), response.headers)
        try:
            return response.json()
        except (ValueError, RecursionError) as error:
            raise openai_errors.unreadable(f"{type(error).__name__} in the answer") from error

    def _post(self, content: bytes, key: str) -> urllib3.BaseHTTPResponse:
        headers = {**self._client.headers, "authorization": f"Bearer {key}"}
        for last in (False, True):
            try:
                return self._client.request("POST", self._url, body=content, headers=headers)
            except NewConnectionError:
                raise openai_errors.unreachable(self._url) from None
            except TimedOut as error:
                seconds = CONNECT_TIMEOUT if isinstance(error, ConnectTimeoutError) else self._read_timeout
                raise openai_errors.timed_out(seconds) from None
            except HTTPError:
                # A kept connection can die while Lambda is frozen; once more, on a new one. What is asked for
                # here changes nothing at the vendor, so asking twice does no harm.
                if last:
                    raise openai_errors.unreachable(self._url) from None
        raise AssertionError("unreachable")


def _json_or_none(response: urllib3.BaseHTTPResponse) -> object:
    try:
        return response.json()
    except (ValueError, RecursionError):
        return None
