"""One table behind PostgREST, over plain HTTP, with a kept connection (see `openai` for why urllib3).

https://docs.postgrest.org/en/v12/references/api/tables_views.html. Keys: a legacy key is a JWT and goes into
`apikey` and `Authorization`, an `SUPABASE_AUTH_TOKEN` takes its place in the latter; a key or token that
starts with `sb_` is none, so it is never sent as a bearer
(https://supabase.com/docs/guides/api/api-keys: PostgREST would answer PGRST301).
"""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import certifi
import urllib3
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError
from urllib3.exceptions import TimeoutError as TimedOut

from orchestrator.config.groups import supabase_headers
from orchestrator.errors import NotConfigured, OrchestratorError, VendorBusy, VendorError
from orchestrator.integrations import supabase_errors as errors

Credentials = Callable[[], Awaitable[tuple[str, str]]]
"""Gives the current SUPABASE_API_KEY and SUPABASE_AUTH_TOKEN, the latter empty when there is none."""

CONNECT_TIMEOUT = 2.0
READ_TIMEOUT = 8.0
TRIES = 5
PARALLEL = 5
"""Connections that are kept: as many as a request writes events at once."""
ONE_ROW = "application/vnd.pgrst.object+json"
"""What asks for one row instead of an array: any other number of them is an error that undoes the write."""
_LEAST = 0.05
"""Seconds below which it is not worth asking."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to the table. `repeatable`: to send it twice does no more than to send it once."""

    method: str
    query: Sequence[tuple[str, str]] = ()
    body: dict[str, Any] | None = None
    prefer: str = ""
    accept: str = "application/json"
    repeatable: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a request. `status` is 0 when no answer came; `body` is a success's JSON.

    `total` is the number of rows there are, more perhaps than were sent, if `count=exact` was preferred.
    `doubtful`: one of the tries got no answer that tells whether it was carried out.
    """

    status: int
    body: Any = None
    error: dict[str, Any] | None = None
    failure: OrchestratorError | None = None
    doubtful: bool = False
    total: int | None = None

    @property
    def code(self) -> str:
        """PostgREST's code of the error, or nothing."""
        return str((self.error or {}).get("code") or "")


class Table:
    """The table at `url`; a failure is a reply, never an exception."""

    def __init__(self, url: str, credentials: Credentials, *, read_timeout: float = READ_TIMEOUT) -> None:
        """Connect nothing yet; `read_timeout` is in seconds."""
        self.url = url
        self._credentials = credentials
        self._read_timeout = read_timeout
        # Threads: the client is bound to no event loop, and survives from one invocation to the next.
        self._client = urllib3.PoolManager(ca_certs=certifi.where(), retries=False, maxsize=PARALLEL)

    async def send(self, ask: Ask, deadline: float) -> Reply:
        """Ask, and ask again while that can help and there is time."""
        clock = asyncio.get_running_loop().time
        try:
            # The key comes from AWS, which may be slow as well.
            headers = await asyncio.wait_for(self._headers(ask), max(0.0, deadline - clock()))
        except OrchestratorError as problem:
            return Reply(0, failure=problem)
        except TimeoutError:
            return Reply(0, failure=errors.no_time())
        reply = Reply(0, failure=errors.no_time())
        for attempt in range(TRIES):
            if deadline - clock() < _LEAST:
                break
            now = await self._try(ask, headers, deadline)
            reply = replace(now, doubtful=now.doubtful or reply.doubtful)
            wait = _pause(now, attempt)
            if wait is None or (reply.doubtful and not ask.repeatable) or clock() + wait >= deadline:
                break
            if attempt < TRIES - 1:
                await asyncio.sleep(wait)
        return reply

    def close(self) -> None:
        """Close the kept connections."""
        self._client.clear()

    async def _headers(self, ask: Ask) -> dict[str, str]:
        if not self.url:
            raise NotConfigured("SUPABASE_URL is not set", hint="Set it to the address of the project.")
        key, token = (text.strip() for text in await self._credentials())
        if not key:
            raise NotConfigured("SUPABASE_API_KEY is empty", hint=errors.KEY_HINT)
        if not (key + token).isascii() or not (key + token).isprintable():
            raise VendorError(errors.VENDOR, "the key or token is not printable", hint=errors.KEY_HINT)
        return {
            **supabase_headers(key, token),
            "accept": ask.accept,
            "content-type": "application/json",
            "user-agent": "orchestrator",
            **({"prefer": ask.prefer} if ask.prefer else {}),
        }

    async def _try(self, ask: Ask, headers: dict[str, str], deadline: float) -> Reply:
        seconds = min(self._read_timeout, deadline - asyncio.get_running_loop().time())
        try:
            # urllib3 counts its time-out from byte to byte; this one holds for the whole answer.
            async with asyncio.timeout(seconds + _LEAST):
                return await asyncio.to_thread(self._request, ask, headers, seconds)
        except TimeoutError:
            return Reply(0, failure=errors.timed_out(seconds), doubtful=True)

    def _request(self, ask: Ask, headers: dict[str, str], seconds: float) -> Reply:
        url = f"{self.url}?{urlencode(ask.query)}" if ask.query else self.url
        body = None if ask.body is None else json.dumps(ask.body).encode()
        timeout = urllib3.Timeout(connect=min(CONNECT_TIMEOUT, seconds), read=seconds)
        try:
            response = self._client.request(ask.method, url, body=body, headers=headers, timeout=timeout)
        except NewConnectionError:
            return Reply(0, failure=errors.unreachable(self.url))
        except ConnectTimeoutError:
            return Reply(0, failure=errors.timed_out(min(CONNECT_TIMEOUT, seconds)))
        except TimedOut:
            return Reply(0, failure=errors.timed_out(seconds), doubtful=True)
        except HTTPError:
            return Reply(0, failure=errors.unreachable(self.url), doubtful=True)
        return _read(response, headers)


def _read(response: urllib3.BaseHTTPResponse, headers: dict[str, str]) -> Reply:
    status = response.status
    try:
        body = json.loads(response.data) if response.data else None
    except (ValueError, RecursionError) as problem:
        if 200 <= status < 300:
            return Reply(status, failure=errors.unreadable(type(problem).__name__), doubtful=True)
        body = None
    if 200 <= status < 300:
        return Reply(status, body, total=_total(response.headers))
    secrets = [headers["apikey"], headers.get("authorization", "").removeprefix("Bearer ")]
    error = errors.said(body, status, secrets)
    # PostgREST's own errors undo what was begun; a gateway's 502 or 504 says nothing about that.
    doubtful = status >= 500 and status != 503 and not error["code"]
    return Reply(status, None, error, errors.failure(status, error, response.headers), doubtful)


def _total(headers: Mapping[str, str]) -> int | None:
    """Return the number behind the slash of `Content-Range: 0-99/250` (RFC 9110, section 14.4)."""
    number = headers.get("content-range", "").rpartition("/")[2]
    return int(number) if number.isdecimal() else None


def _pause(reply: Reply, attempt: int) -> float | None:
    """Return the seconds until the next try, with full jitter; None when another try cannot help."""
    if not isinstance(reply.failure, VendorBusy):
        return None
    jitter = random.uniform(0, 0.2 * 2**attempt)  # noqa: S311 - not a secret
    return (reply.failure.retry_after or 0) + jitter
