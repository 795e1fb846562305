"""Asking DNS through the machine's own resolver."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from orchestrator.errors import Unavailable
from orchestrator.webhooks.ports import UnknownHost

SECONDS = 3.0
"""How long an answer may take; Lambda's resolver answers in milliseconds."""

_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})


@cache
def _threads() -> ThreadPoolExecutor:
    # Apart from the loop's own: a resolver that hangs holds its threads long after we stopped waiting.
    return ThreadPoolExecutor(max_workers=16, thread_name_prefix="dns")


class SystemResolver:
    """`Resolver` over `getaddrinfo`. `seconds` until it counts as unanswered."""

    def __init__(self, seconds: float = SECONDS) -> None:
        """Ask nothing yet."""
        self._seconds = seconds

    async def addresses(self, host: str) -> Sequence[str]:
        """Return every address of `host` in the order in which they are to be tried (RFC 6724).

        Raises:
            UnknownHost: there is no such name, or it has no address.
            Unavailable: there was no answer in time.
        """
        asking = asyncio.get_running_loop().run_in_executor(_threads(), _ask, host)
        try:
            async with asyncio.timeout(self._seconds):
                found = await asking
        except TimeoutError as error:
            raise _unanswered(host) from error
        except socket.gaierror as error:
            if error.errno in _NO_SUCH_NAME:
                raise UnknownHost(f"{host} does not resolve", hint="Check the name and its DNS.") from error
            raise _unanswered(host) from error
        except (OSError, UnicodeError) as error:
            raise _unanswered(host) from error
        return tuple(dict.fromkeys(found))


def _ask(host: str) -> list[str]:
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


def _unanswered(host: str) -> Unavailable:
    return Unavailable(f"{host} did not resolve in time", hint="Try again in a few seconds.")
