"""Which web pages may talk to the runner.

The ports are on loopback, but every page in the developer's browser reaches them as well, and in open mode
nothing else stands between a page and the developer's keys and hosts. `Origin` tells a page of another site
(RFC 6454); `Host` tells a page whose name was made to point here after it was loaded (DNS rebinding).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from infra.local.gateway.routes import HttpApi

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_PAGE_HEADERS = frozenset({"origin", "sec-fetch-site"})


@dataclass(frozen=True, slots=True)
class Visitors:
    """Besides loopback: `hosts` are names the API is reached by, `origins` sites whose pages may call it."""

    hosts: frozenset[str] = frozenset()
    origins: frozenset[str] = frozenset()

    @classmethod
    def of(cls, api: HttpApi | None, settings: Mapping[str, str]) -> Visitors:
        """Read them from the API's CORS and from ORCHESTRATOR_BASE_URL.

        The template also says `*` when nobody set CORS_ORIGINS: that lets in the pages of this machine only.
        """
        allowed = api.cors.origins if api and api.cors else frozenset[str]()
        asked = settings.get("CORS_ORIGINS", "").strip()
        public = _name(settings.get("ORCHESTRATOR_BASE_URL", ""))
        return cls(frozenset({public} if public else ()), allowed if asked else allowed - {"*"})

    def refusal(self, path: str, headers: Iterable[tuple[bytes, bytes]]) -> str | None:
        """Return why a request is not answered, if it is not; `/_local/` is for this machine alone."""
        named = {key: value.decode("latin-1") for key, value in headers if key in (b"host", b"origin")}
        host, origin = named.get(b"host"), named.get(b"origin")
        own = path.startswith("/_local/")
        hosts = _LOOPBACK if own else _LOOPBACK | self.hosts
        if host and _name(f"//{host}") not in hosts:
            return (
                f"Nothing here is called {host}: set ORCHESTRATOR_BASE_URL if the API is reached by that name"
            )
        if origin is None or _name(origin) in hosts or (not own and self.origins & {"*", origin}):
            return None
        return f"Pages of {origin} may not call this: add it to CORS_ORIGINS if they should"


def from_page(headers: Mapping[str, str]) -> bool:
    """Return whether a browser sent a request that only SDKs send; header names are lower case."""
    return (
        bool(_PAGE_HEADERS & headers.keys())
        or _name(f"//{headers.get('host', '127.0.0.1')}") not in _LOOPBACK
    )


def _name(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None
