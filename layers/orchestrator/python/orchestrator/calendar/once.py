"""`Idempotency-Key`: a request that was answered is not done again, one that failed may be.

A success is kept, and what was done in part if that moved or cancelled something. What else was partly done
may be sent again under its key: the ids of its events are made from the key and the request, so that the rows
that are there stay as they are.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestrator.calendar.answers import Answer
from orchestrator.calendar.models import CalendarResponse
from orchestrator.calendar.service import Asked, Calendar
from orchestrator.errors import Unavailable
from orchestrator.idempotency import Claim, Record, request_key

if TYPE_CHECKING:
    from orchestrator.idempotency.admission import Admission

_log = logging.getLogger(__name__)
RETENTION = 24 * 3600
"""Seconds for which a key stands for its answer."""
KEEPING = 1.5
"""Seconds for keeping an answer, after those of the request itself: Lambda and the gateway allow for 29."""
PATIENCE = 10.0
"""Seconds to wait for the same request to be answered elsewhere."""
_MOST_KEPT = 350_000
"""Bytes of an answer that its record holds."""


class Once:
    """The calendar, each key answered once. `admission` is asked for only when a request has a key."""

    def __init__(
        self,
        calendar: Calendar,
        admission: Callable[[], Admission],
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Keep what does the work, and what lets it be done once."""
        self._calendar = calendar
        self._admission = admission
        self._clock = clock

    async def orchestrate(self, asked: Asked, seconds: float) -> Answer:
        """Answer as `Calendar.orchestrate` does, or as the same request was answered before.

        A preview does nothing that could be done twice, so it needs no key.

        Raises:
            KeyReused: the key belongs to another request.
            Conflict: the same request is being worked on.
            Unavailable: keys cannot be looked at now; nothing was done.
        """
        if asked.key is None or asked.request.dry_run:
            return await self._calendar.orchestrate(asked, seconds)
        begun = self._clock()
        admitted = await self._admission().admit(self._claim(asked, asked.key, seconds), None, PATIENCE)
        if isinstance(admitted, Record):
            return Answer(_kept(admitted), replayed=True)
        return await self._answered(asked, seconds - (self._clock() - begun), admitted)

    def _claim(self, asked: Asked, key: str, seconds: float) -> Claim:
        now = self._clock()
        return Claim(
            scope=asked.tenant,
            # Named after the family, so that the same key may stand for something else as well.
            key=request_key("calendar.orchestrate", {"key": key}),
            fingerprint=asked.fingerprint,
            token=secrets.token_hex(8),
            started_at=now,
            lock_until=now + seconds,
            retry_safe=True,
            retention=RETENTION,
        )

    async def _answered(self, asked: Asked, seconds: float, claim: Claim) -> Answer:
        admission = self._admission()
        try:
            answer = await self._calendar.orchestrate(asked, seconds)
        except Exception:
            await self._release(claim)
            raise
        kept = answer.response.model_dump_json()
        if not answer.final or len(kept.encode()) > _MOST_KEPT:
            await self._release(claim)
            return answer
        try:
            async with asyncio.timeout(KEEPING):
                await admission.complete(claim, {"answer": kept})
        except (Unavailable, TimeoutError) as error:
            # It is done. Whoever sends it again books it again, to no effect: the ids stay the same.
            _log.warning("an answer is not kept: %s", error)
        return answer

    async def _release(self, claim: Claim) -> None:
        try:
            async with asyncio.timeout(KEEPING):
                await self._admission().release(claim)
        except TimeoutError:
            _log.warning("a key stays locked until its time is over: no answer within %s s", KEEPING)


def _kept(record: Record) -> CalendarResponse:
    if record.response is None:
        raise TypeError("a record of the calendar's without its answer")
    return CalendarResponse.model_validate_json(record.response["answer"])
