"""Verified keys, remembered for a moment, so that a busy caller costs no database read a request."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from orchestrator.tenancy.keys import ApiKey, Keys, digest_of, key_id_of


def _utc_now() -> datetime:
    return datetime.now(UTC)


class KeyCache:
    """`Keys.verify` with a memory of at most `size` good keys, each for at most `seconds`.

    What was refused is not remembered: a key works from the moment it exists, and guesses cannot fill the
    memory. Entries are found by the key's hash, so the process holds no key that could leak with a dump.
    """

    def __init__(
        self, keys: Keys, *, seconds: float, size: int = 1000, now: Callable[[], datetime] = _utc_now
    ) -> None:
        """Verify with `keys`. `now` is wall-clock time: a frozen Lambda's monotonic clock stands still."""
        self._keys = keys
        self._life = timedelta(seconds=seconds)
        self._size = size
        self._now = now
        self._known: dict[str, tuple[datetime, ApiKey]] = {}

    async def verify(self, presented: str) -> ApiKey | None:
        """Return the record of a good key, else `None`; a revoked one is good for `seconds` at most.

        Raises:
            Unavailable: the store could not be asked.
        """
        if key_id_of(presented) is None:
            return None
        digest, now = digest_of(presented), self._now()
        until, record = self._known.get(digest, (now, None))
        if record and now < until and record.usable(now):
            return record
        self._known.pop(digest, None)
        record = await self._keys.verify(presented)
        if record and self._life:
            self._remember(digest, record, now + self._life)
        return record

    def _remember(self, digest: str, record: ApiKey, until: datetime) -> None:
        if len(self._known) >= self._size:
            # Entries stand in the order they were made, all with one lifetime: the first is the oldest.
            del self._known[next(iter(self._known))]
        self._known[digest] = (until, record)
