"""The one guard before any call to an address that a caller gave us (OWASP API7:2023: request forgery).

It runs when a URL is accepted and again at every attempt, and what it returns is where to connect: whoever
resolved the name anew could be led elsewhere (DNS rebinding).
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from orchestrator.errors import InvalidInput, Unavailable
from orchestrator.webhooks.addresses import Address, canonical, is_public
from orchestrator.webhooks.models import Target
from orchestrator.webhooks.ports import Resolver, UnknownHost
from orchestrator.webhooks.urls import Parts, Unreadable, read

logger = logging.getLogger(__name__)

MAX_ADDRESSES = 8
"""Addresses of a name that are kept to connect to; all of them are judged."""

_PRIVATE_SUFFIXES = frozenset(
    {
        "arpa", "corp", "example", "home", "internal", "intranet", "invalid", "lan", "local", "localdomain",
        "localhost", "onion", "private", "svc", "test",
    }
)  # fmt: skip
"""Last labels that no public DNS holds, or only as a door to a network of one's own."""
_METADATA = frozenset({"metadata.goog", "metadata.tencentyun.com", "metadata.platformequinix.com"})


class AddressGuard:
    """`Guard` over a resolver. `local`: a laptop, where http and this machine's loopback are allowed too."""

    def __init__(self, resolver: Resolver, *, local: bool) -> None:
        """Keep the resolver and the stage's rules."""
        self._resolver = resolver
        self._local = local

    async def locate(self, url: str, *, field: str = "webhook_url") -> Target:
        """Resolve `url` and return where to connect.

        Raises:
            InvalidInput: the URL is malformed, or leads where it must not; names `field` and the mend.
            Unavailable: the name does not resolve for the moment.
        """
        parts = self._readable(url, field)
        found = [parts.address] if parts.address else await self._resolved(parts, field)
        if not all(self._may_reach(address) for address in found):
            raise _refused(field, "does not lead to a public address only")
        kept = tuple(str(address) for address in found[:MAX_ADDRESSES])
        return Target(parts.url, parts.scheme, parts.host, parts.port, parts.path, kept)

    async def admit(self, url: str, *, field: str = "webhook_url") -> None:
        """Check `url` when a request brings it.

        A resolver that does not answer is no reason to refuse a request whose delivery asks it again. On a
        laptop without a network no name exists, so only a deployed stage refuses a name that does not.

        Raises:
            InvalidInput: the URL is malformed, or leads where it must not; names `field` and the mend.
        """
        try:
            await self.locate(url, field=field)
        except Unavailable as error:
            if isinstance(error, UnknownHost) and not self._local:
                raise _refused(field, "names a host that does not exist", "Check its spelling.") from error
            logger.warning("%s is accepted unresolved: %s", field, error)

    def _readable(self, url: str, field: str) -> Parts:
        try:
            parts = read(url)
        except Unreadable as error:
            raise _refused(field, str(error), error.hint) from error
        if parts.scheme == "http" and not self._local:
            raise _refused(field, "is not https", "Deployed, webhooks go over TLS only.")
        if parts.address is None and not self._may_name(parts.host):
            raise _refused(field, "names a host of a private network")
        return parts

    def _may_name(self, host: str) -> bool:
        # A laptop may name itself as it likes in /etc/hosts; the addresses behind a name are judged anyway.
        domain, _, last = host.rpartition(".")
        return self._local or (domain != "" and last not in _PRIVATE_SUFFIXES and host not in _METADATA)

    def _may_reach(self, address: Address) -> bool:
        return is_public(address) or (self._local and address.is_loopback)

    async def _resolved(self, parts: Parts, field: str) -> Sequence[Address]:
        # RFC 6761 §6.3: these names are the loopback, whatever a resolver says.
        local = _is_localhost(parts.host)
        texts = ("127.0.0.1", "::1") if local else await self._resolver.addresses(parts.host)
        found = [canonical(text) for text in texts]
        known = [address for address in found if address is not None]
        if not known or len(known) < len(found):
            raise _refused(field, "does not lead to a public address only")
        return known


def _is_localhost(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")


def _refused(
    field: str, sentence: str, hint: str = "Use an address that is open to the internet."
) -> InvalidInput:
    # What a private name resolves to is not repeated: that would be a map of the network.
    return InvalidInput(f"{field} {sentence}.", hint=hint, field=field)
