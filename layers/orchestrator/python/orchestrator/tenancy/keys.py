"""API keys: how one looks, what is kept of it, and the four things that can be done with it.

A key reads `orc_<id>_<secret>`. The id names the record and may be shown; the secret is shown once, at
creation. The record holds the SHA-256 of the whole key: with 256 random bits in it, a slow password hash
would add cost to every request and no safety.

A key carries scopes, each written `area:verb`, or `*` for all. A route says in its `spec.py` which scope it
asks for; today these are `intents:run` (run an intent), `intents:read` (list intents and tools), `jobs:read`
(look at a job) and `jobs:cancel` (cancel one). `python -m orchestrator.tenancy` refuses a scope that no
route asks for.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import AsyncIterator, Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol

from orchestrator.errors import InvalidInput
from orchestrator.tenancy import ALL_SCOPES, Identity

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
"""57 letters and digits, without those read as one another (0 and O, 1 and I and l)."""

ID_LENGTH = 12
SECRET_LENGTH = 44  # 44 * log2(57) = 256.6 bits

_KEY = re.compile(rf"orc_(?P<id>[{ALPHABET}]{{{ID_LENGTH}}})_[{ALPHABET}]{{{SECRET_LENGTH}}}")
_SCOPE = re.compile(r"[a-z][a-z0-9-]*:[a-z][a-z0-9-]*")
_TENANT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_NO_DIGEST = "0" * 64


def _random(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def new_key() -> str:
    """Return a fresh key: `orc_`, 12 characters of id, `_`, 44 characters (256 bits) of secret."""
    return f"orc_{_random(ID_LENGTH)}_{_random(SECRET_LENGTH)}"


def key_id_of(presented: str) -> str | None:
    """Return the id inside a presented key, or `None` for anything that is not shaped like a key."""
    match = _KEY.fullmatch(presented)
    return match["id"] if match else None


def digest_of(presented: str) -> str:
    """Return the SHA-256 of the whole key, in lower-case hex."""
    return hashlib.sha256(presented.encode()).hexdigest()


def _utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key. Times are in UTC; `expires_at=None` means it does not expire."""

    id: str
    tenant: str
    name: str
    scopes: frozenset[str]
    created_at: datetime
    digest: str = field(repr=False)
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    def usable(self, now: datetime) -> bool:
        """Return whether the key is neither revoked nor expired at `now`."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)

    @property
    def identity(self) -> Identity:
        """The caller that shows this key."""
        return Identity(self.tenant, self.id, self.scopes)


class KeyStore(Protocol):
    """Where the records live. Every method may raise `Unavailable`."""

    async def add(self, key: ApiKey) -> None:
        """Keep a new record. Raises `Conflict` when the id is taken."""
        ...

    async def get(self, key_id: str) -> ApiKey | None:
        """Return the record as it is now (not as it was a moment ago), or `None`."""
        ...

    def of_tenant(self, tenant: str) -> AsyncIterator[ApiKey]:
        """Yield the tenant's records, oldest first, fetched a page at a time."""
        ...

    async def revoke(self, key_id: str, at: datetime) -> ApiKey:
        """Mark the record revoked and return it; the first revocation stands. Raises `NotFound`."""
        ...


class Keys:
    """Create, list, revoke and verify API keys."""

    def __init__(self, store: KeyStore, now: Callable[[], datetime] = _utc_now) -> None:
        """Work on `store`; `now` gives the time in UTC."""
        self._store = store
        self._now = now

    async def create(
        self, tenant: str, name: str, scopes: Iterable[str], lifetime: timedelta | None
    ) -> tuple[str, ApiKey]:
        """Make a key for `tenant`; return the key itself, which is kept nowhere, and its record.

        Raises:
            InvalidInput: the tenant, the name, a scope or the lifetime is not of the right shape.
            Conflict: the random id is taken; try again.
        """
        granted = frozenset(scopes)
        _check(tenant, name, granted, lifetime)
        key, now = new_key(), self._now()
        record = ApiKey(
            id=key[len("orc_") :][:ID_LENGTH],
            tenant=tenant,
            name=name,
            scopes=granted,
            created_at=now,
            digest=digest_of(key),
            expires_at=now + lifetime if lifetime else None,
        )
        await self._store.add(record)
        return key, record

    async def verify(self, presented: str) -> ApiKey | None:
        """Return the record of a key that is known, unexpired and not revoked, else `None`.

        An unknown id takes the same path as a known one with a wrong secret, down to a comparison in
        constant time: how long the answer takes does not tell which ids exist.
        """
        key_id = key_id_of(presented)
        if key_id is None:
            return None
        record = await self._store.get(key_id)
        matches = hmac.compare_digest(record.digest if record else _NO_DIGEST, digest_of(presented))
        return record if record and matches and record.usable(self._now()) else None

    def list(self, tenant: str) -> AsyncIterator[ApiKey]:
        """Yield the tenant's keys, oldest first, revoked and lately expired ones included."""
        return self._store.of_tenant(tenant)

    async def revoke(self, key: str) -> ApiKey:
        """Revoke a key, named by its id or given whole (a leaked one is at hand as a whole).

        Raises:
            NotFound: there is no such key.
        """
        return await self._store.revoke(key_id_of(key) or key, self._now())


def _check(tenant: str, name: str, scopes: frozenset[str], lifetime: timedelta | None) -> None:
    if not _TENANT.fullmatch(tenant):
        raise InvalidInput(
            f"{tenant!r} is no tenant name",
            hint="Up to 63 lower-case letters, digits, - and _, a letter or digit first.",
            field="tenant",
        )
    if not (name.isprintable() and 0 < len(name.strip()) <= 100):
        raise InvalidInput("a key needs a name of 1 to 100 printable characters", field="name")
    if not scopes:
        raise InvalidInput("a key needs at least one scope", hint="For example jobs:read.", field="scopes")
    for scope in sorted(scopes):
        if scope != ALL_SCOPES and not _SCOPE.fullmatch(scope):
            raise InvalidInput(f"{scope!r} is no scope", hint="Write area:verb, or *.", field="scopes")
    if lifetime is not None and lifetime <= timedelta(0):
        raise InvalidInput("a key cannot expire before it is made", field="expires")
