"""What webhooks need from outside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from orchestrator.webhooks.models import Announcement, Reply, Target


class Guard(Protocol):
    """Decides which caller-supplied URLs may be called; used when one is accepted and at every attempt."""

    async def locate(self, url: str, *, field: str = "webhook_url") -> Target:
        """Resolve `url` and return where to connect.

        Raises:
            InvalidInput: the URL is malformed, or leads where it must not; names `field` and the mend.
            Unavailable: the name does not resolve for the moment.
        """
        ...


class Sender(Protocol):
    """Makes one POST to a target: no redirect, no proxy, the answer's body read up to a cap and dropped."""

    async def post(self, target: Target, headers: Mapping[str, str], body: bytes, seconds: float) -> Reply:
        """Return what the receiver answered, whatever its status.

        Raises:
            VendorBusy: no answer within `seconds` in all, or the connection failed or broke.
        """
        ...


class Vault(Protocol):
    """Encrypts receivers' secrets; what is bound to one tenant and subject opens only with both."""

    async def seal(self, secrets: Sequence[str], tenant: str, subject: str) -> tuple[str, ...]:
        """Return each secret encrypted."""
        ...

    async def open(self, sealed: Sequence[str], tenant: str, subject: str) -> tuple[str, ...]:
        """Return each secret as it was."""
        ...


class Announcer(Protocol):
    """What other wings ask of this one."""

    async def announce(self, announcement: Announcement) -> None:
        """Accept an announcement for delivery; announcing the same subject again changes nothing."""
        ...
