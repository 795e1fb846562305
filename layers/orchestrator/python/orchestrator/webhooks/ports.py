"""What webhooks need from outside."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Protocol, cast

from orchestrator.errors import Unavailable
from orchestrator.webhooks.models import Announcement, Delivery, Endpoint, Reply, Target


class UnknownHost(Unavailable):
    """DNS says that there is no such name. It may be there later, so a delivery goes on trying."""


class Resolver(Protocol):
    """Asks DNS, within a time limit."""

    async def addresses(self, host: str) -> Sequence[str]:
        """Return every IP address of `host`, at least one.

        Raises:
            UnknownHost: there is no such name, or it has no address.
            Unavailable: there was no answer in time.
        """
        ...


class Guard(Protocol):
    """Decides which caller-supplied URLs may be called; used when one is accepted and at every attempt."""

    async def locate(self, url: str, *, field: str = "webhook_url") -> Target:
        """Resolve `url` and return where to connect.

        Raises:
            InvalidInput: the URL is malformed, or leads where it must not; names `field` and the mend.
            Unavailable: the name does not resolve for the moment.
        """
        ...

    async def admit(self, url: str, *, field: str = "webhook_url") -> None:
        """Check `url` when a request brings it: as `locate`, but a name need not resolve for the moment.

        Raises:
            InvalidInput: the URL is malformed, or leads where it must not; names `field` and the mend.
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


class DeliveryStore(Protocol):
    """Where deliveries live. Every change is one conditional call; times are Unix seconds."""

    async def create(self, delivery: Delivery) -> Delivery:
        """Write a new delivery and return it, or what stands under its subject already."""
        ...

    async def supersede(self, standing: Delivery, delivery: Delivery) -> bool:
        """Put `delivery` in the place of `standing`; false when something else stands there by now."""
        ...

    async def get(self, tenant: str, subject: str) -> Delivery | None:
        """Return the tenant's delivery, read consistently."""
        ...

    async def take(
        self, tenant: str, subject: str, holder: str, now: float, lease_until: float
    ) -> Delivery | None:
        """Take a delivery that is due, or whose lease has run out, and log that an attempt begins.

        Return it as it now stands: the caller's only if it names `holder`. `None`: there is none.
        """
        ...

    async def settle(self, delivery: Delivery) -> bool:
        """Keep how the last attempt of `delivery.log` ended, and `delivery`'s status, tries and next try.

        False when the attempt has lost the delivery: nothing is changed then.
        """
        ...

    async def renew(
        self,
        tenant: str,
        subject: str,
        now: float,
        expires_at: int,
        url: str | None = None,
        *,
        due_at: float | None = None,
        only_failed: bool = False,
    ) -> Delivery | None:
        """Begin a new round by hand, due `now` or at `due_at`, and return the delivery as it now stands.

        `url` replaces the receiver's. `None`: there is no delivery any more, an attempt is running, it
        has had `MAX_ATTEMPTS`, or (with `only_failed`) it has not failed.
        """
        ...

    async def forget(self, tenant: str, subject: str) -> bool:
        """Erase the delivery; an attempt under way records nothing any more. False when there is none."""
        ...

    async def failed(self, tenant: str, since: float, until: float, limit: int) -> Sequence[str]:
        """Return the subjects of up to `limit` deliveries that failed in between, the earliest first."""
        ...

    async def sweep(self, now: float, limit: int) -> int:
        """Erase up to `limit` deliveries whose time was over before today (UTC); return how many."""
        ...


class EndpointStore(Protocol):
    """Which receivers do nothing but fail. An endpoint is a tenant's URL without its query."""

    async def get(self, tenant: str, url: str) -> Endpoint | None:
        """Return what is known of a failing endpoint; `None` is a good one. May be a minute old."""
        ...

    async def failed(self, tenant: str, url: str, now: float) -> None:
        """Note a failure; repeated within a minute it may be left out."""
        ...

    async def recovered(self, tenant: str, url: str) -> None:
        """Forget the failures."""
        ...


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """The message of a delivery that is to be tried at `due_at` (Unix seconds)."""

    tenant: str
    subject: str
    due_at: float
    correlation_id: str = ""

    @classmethod
    def read(cls, text: str) -> Due:
        """Return what a message's body says.

        Raises:
            ValueError, KeyError, TypeError: it is none of ours.
        """
        fields = cast("dict[str, Any]", json.loads(text))
        due_at = float(fields["due_at"])
        return cls(str(fields["tenant"]), str(fields["subject"]), due_at, str(fields["correlation_id"]))

    def text(self) -> str:
        """Return the body of the message."""
        return json.dumps(asdict(self))


class DeliveryQueue(Protocol):
    """How the worker hears of a delivery."""

    async def send(self, due: Due, now: float) -> None:
        """Send the message so that it arrives when it is due, or earlier when that is too far away."""
        ...


class Received(Protocol):
    """One receive of a message: it stays hidden from other workers only as long as it is kept."""

    @property
    def receive_count(self) -> int:
        """How often the message has been received, this time included."""
        ...

    async def keep(self, seconds: float) -> None:
        """Hide the message for `seconds` from now."""
        ...
