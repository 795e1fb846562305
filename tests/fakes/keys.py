"""The key store in memory; `tests/contracts/test_key_store.py` holds it to the same rules as the table."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime

from orchestrator.errors import Conflict, NotFound
from orchestrator.tenancy.keys import ApiKey


class MemoryKeys:
    """`KeyStore` in a dict. `reads` counts the calls of `get`."""

    def __init__(self) -> None:
        self.records: dict[str, ApiKey] = {}
        self.reads = 0

    async def add(self, key: ApiKey) -> None:
        if key.id in self.records:
            raise Conflict(f"the key id {key.id} is taken")
        self.records[key.id] = key

    async def get(self, key_id: str) -> ApiKey | None:
        self.reads += 1
        return self.records.get(key_id)

    async def of_tenant(self, tenant: str) -> AsyncIterator[ApiKey]:
        for key in sorted(self.records.values(), key=lambda key: (key.created_at, key.id)):
            if key.tenant == tenant:
                yield key

    async def revoke(self, key_id: str, at: datetime) -> ApiKey:
        if key_id not in self.records:
            raise NotFound(f"there is no key {key_id}")
        key = self.records[key_id]
        self.records[key_id] = key if key.revoked_at else replace(key, revoked_at=at)
        return self.records[key_id]


class Clock:
    """A clock that moves only when told to."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now
