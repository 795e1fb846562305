"""One POST to a receiver: to the addresses the guard checked, and to nothing else.

No redirect is followed, no proxy or other setting of the environment is obeyed, no name is resolved, no
cookie or connection is shared between receivers (several of them may live behind one address), and the
answer's body is neither decoded nor kept.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache

import certifi
import httpx2

from orchestrator.errors import VendorBusy
from orchestrator.webhooks.models import Reply, Target

RECEIVER = "the receiver"
MAX_ANSWER = 65_536
"""Bytes of an answer's body that are read before the connection is closed."""
CONNECT_SECONDS = 5.0
"""How long one address may take to accept a connection before the next one is tried."""

_OWN_HEADERS = {"user-agent": "orchestrator-webhooks/1", "accept-encoding": "identity", "connection": "close"}


@cache
def _public_authorities() -> ssl.SSLContext:
    # One for the process: reading the certificates takes longer than a delivery.
    return ssl.create_default_context(cafile=certifi.where())


class HttpSender:
    """`Sender` over HTTP/1.1. `tls` decides which certificates are believed; by default those of the web."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        """Connect to nothing yet."""
        self._tls = tls

    async def post(self, target: Target, headers: Mapping[str, str], body: bytes, seconds: float) -> Reply:
        """Return what the receiver answered, whatever its status.

        Raises:
            VendorBusy: no answer within `seconds` in all, or the connection failed or broke.
        """
        started = time.perf_counter()
        try:
            async with asyncio.timeout(seconds):
                return await self._post(target, headers, body, started)
        except TimeoutError:
            raise VendorBusy(RECEIVER, f"no complete answer within {seconds:g} s", hint=_SOON) from None
        except httpx2.TransportError as error:
            raise VendorBusy(RECEIVER, _said(error), hint=_SOON) from error

    async def _post(self, target: Target, headers: Mapping[str, str], body: bytes, started: float) -> Reply:
        *others, last = target.addresses
        for address in others:
            try:
                return await self._ask(target, address, headers, body, started)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                # Nothing was sent. What fails later may have been received, and is not sent twice from here.
                continue
        return await self._ask(target, last, headers, body, started)

    async def _ask(
        self, target: Target, address: str, headers: Mapping[str, str], body: bytes, started: float
    ) -> Reply:
        place = f"[{address}]" if ":" in address else address
        request = httpx2.Request(
            "POST",
            f"{target.scheme}://{place}:{target.port}/",
            headers={**_OWN_HEADERS, **headers, "host": _host(target)},
            content=body,
            extensions={
                "target": target.path.encode("ascii"),
                "sni_hostname": target.host,
                "timeout": {"connect": CONNECT_SECONDS},
            },
        )
        tls = self._tls or _public_authorities()
        async with httpx2.AsyncHTTPTransport(verify=tls, trust_env=False) as transport:
            response = await transport.handle_async_request(request)
            latency = round((time.perf_counter() - started) * 1000)
            await _drain(response)
        return Reply(response.status_code, latency, seconds_of(response.headers.get("retry-after")))


async def _drain(response: httpx2.Response) -> None:
    """Read the body as far as it is worth it: one that breaks off is an answer that broke off."""
    seen = 0
    async for chunk in response.aiter_raw():
        seen += len(chunk)
        if seen >= MAX_ANSWER:
            break
    await response.aclose()


def _host(target: Target) -> str:
    name = f"[{target.host}]" if ":" in target.host else target.host
    usual = {"http": 80, "https": 443}[target.scheme]
    return name if target.port == usual else f"{name}:{target.port}"


def seconds_of(retry_after: str | None) -> float | None:
    """Return the seconds a `Retry-After` asks for, given as a number or as a date (RFC 9110 §10.2.3)."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, OverflowError):
        return None
    # An HTTP date is always GMT, also where it is written as if no zone were known.
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - datetime.now(UTC)).total_seconds())


def _said(error: httpx2.TransportError) -> str:
    if isinstance(error, httpx2.ConnectTimeout):
        return "could not be connected to in time"
    if isinstance(error, httpx2.ConnectError):
        return _why_not_connected(error)
    if isinstance(error, httpx2.RemoteProtocolError | httpx2.ReadError | httpx2.WriteError):
        return "the connection broke before there was a complete HTTP answer"
    return f"could not be asked ({type(error).__name__})"


def _why_not_connected(error: httpx2.ConnectError) -> str:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not valid: {cause.verify_message}"
        if isinstance(cause, ssl.SSLError):
            return "no TLS connection could be made"
        cause = cause.__cause__ or cause.__context__
    return "could not be connected to"


_SOON = "It is tried again by itself."
