"""Submitting texts: admitted once, written, and handed to the agents."""

from __future__ import annotations

import logging
import secrets
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from orchestrator.analysis.models import Analysis, Batch, Receiver
from orchestrator.analysis.ports import AnalysisStore, Backlog, Workflow
from orchestrator.analysis.submission import Submission, Submitted, check, child_ids, reference_to
from orchestrator.errors import Conflict, KeyReused, OrchestratorError, Unavailable
from orchestrator.idempotency import Claim, Record, request_key
from orchestrator.idempotency.admission import Admission
from orchestrator.webhooks.ports import Guard, Vault

logger = logging.getLogger(__name__)

KEY_RETENTION = 24 * 3600
"""Seconds for which an `Idempotency-Key` stands for its request."""
_PATIENCE = 2.0
"""Seconds to wait for the same request to be handed over."""
_LOCK = 30.0
"""Seconds after which a hand-over that did not end belongs to a process that died: longer than its function
may run, or it could withdraw what the next one has accepted under the same id."""
_DAY = 24 * 3600
_Place = tuple[str, str]
"""Tenant and id."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a text may be (characters), and for how many days it and its results are kept."""

    max_length: int
    retention_days: int


@dataclass(frozen=True, slots=True)
class Ways:
    """Where a request goes: the state machine at once, or the backlog when it takes no more."""

    workflow: Workflow
    backlog: Backlog


@dataclass(frozen=True, slots=True)
class Receivers:
    """What looks after those who want to be called back; each is built only when it is needed."""

    guard: Callable[[], Guard]
    vault: Callable[[], Vault]


class Analyses:
    """The submissions of all tenants."""

    def __init__(
        self,
        store: AnalysisStore,
        ways: Ways,
        receivers: Receivers,
        admission: Callable[[], Admission],
        limits: Limits,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`admission` is asked for only when a submission has a key."""
        self._store = store
        self._ways = ways
        self._receivers = receivers
        self._admission = admission
        self._limits = limits
        self._clock = clock

    async def submit(self, submission: Submission, tenant: str) -> Submitted:
        """Accept texts for analysis.

        Raises:
            InvalidInput: a text is too short, too long or broken, or the URL leads where it must not.
            KeyReused: the idempotency key belongs to another submission.
            Conflict: the same submission is being accepted, or whether it was is not known.
            Unavailable: nothing was accepted; try again.
        """
        check(submission, self._limits.max_length)
        if submission.webhook_url:
            await self._receivers.guard().admit(submission.webhook_url)
        if submission.key is None:
            return await self._accept(submission, tenant, submission.new_id())
        claim = self._claim(submission, tenant, submission.key)
        match await self._admission().admit(claim, None, _PATIENCE):
            case Claim(job_id=str() as identifier) as admitted:
                resumed = identifier != claim.job_id
                return await self._accept_once(submission, tenant, identifier, admitted, resumed=resumed)
            case Record(claim=Claim(job_id=str() as identifier)):
                return Submitted(identifier, replayed=True)
            case other:
                raise TypeError(f"neither a claim nor a record of a submission: {other}")

    def _claim(self, submission: Submission, tenant: str, key: str) -> Claim:
        now = self._clock()
        return Claim(
            scope=tenant,
            # Named after the family, so that the same key may stand for an intent as well; hashed, so that
            # it has a fixed length and cannot reach into another scope.
            key=request_key("analysis.process", {"key": key}),
            fingerprint=submission.fingerprint,
            token=secrets.token_hex(8),
            started_at=now,
            lock_until=now + _LOCK,
            retry_safe=True,
            job_id=submission.new_id(),
            retention=KEY_RETENTION,
        )

    async def _accept_once(
        self, submission: Submission, tenant: str, identifier: str, claim: Claim, *, resumed: bool
    ) -> Submitted:
        admission = self._admission()
        claims = [claim]
        try:
            claims += await self._also(submission, tenant, identifier)
            submitted = await self._accept(submission, tenant, identifier, resumed=resumed)
        except Conflict:
            # It may have been accepted: the key stays locked, and the next try goes on with the same id.
            raise
        except Exception as error:
            if resumed:
                raise _unknown() from error
            for held in claims:
                await admission.release(held)
            raise
        try:
            for held in claims:
                await admission.complete(held, None)
        except Unavailable as error:
            # It is accepted. Once the lock is over, the next one goes on with the same id: nothing changes.
            logger.warning("the key of %s is not kept: %s", identifier, error)
        return submitted

    async def _also(self, submission: Submission, tenant: str, identifier: str) -> list[Claim]:
        """Claim the second key before anything is accepted: what is left of one that dies is no way in."""
        if submission.also is None:
            return []
        claim = replace(self._claim(submission, tenant, submission.also), job_id=identifier)
        # Whoever holds it already has accepted the same, or is about to: the first key decides.
        with suppress(Conflict, KeyReused):
            admitted = await self._admission().admit(claim, None, 0)
            return [admitted] if isinstance(admitted, Claim) else []
        return []

    async def _accept(
        self, submission: Submission, tenant: str, identifier: str, *, resumed: bool = False
    ) -> Submitted:
        # As precise as it is shown: what a list shows can be asked for by its time.
        now = round(self._clock(), 3)
        expires_at = int(now) + self._limits.retention_days * _DAY
        batch = None
        ids = (identifier,)
        if submission.batch:
            ids = child_ids(identifier, len(submission.texts))
            batch = Batch(tenant, identifier, ids, now, expires_at)
        accepted = [
            Analysis(
                tenant=tenant,
                request_id=request_id,
                mode=submission.mode,
                text_length=len(text),
                created_at=now,
                expires_at=expires_at,
                correlation_id=submission.correlation_id,
                batch_id=batch.batch_id if batch else None,
                receiver=await self._receiver(submission, tenant, request_id),
            )
            for request_id, text in zip(ids, submission.texts, strict=True)
        ]
        # An earlier try under this id may have been accepted, and have its result by now.
        ours = [] if resumed else _places(accepted, batch)
        await self._write(accepted, submission.texts, batch, ours)
        await self._hand_over(accepted, batch, ours)
        return Submitted(identifier, accepted, batch)

    async def _write(
        self, accepted: Sequence[Analysis], texts: Sequence[str], batch: Batch | None, ours: Sequence[_Place]
    ) -> None:
        try:
            await self._store.create(list(zip(accepted, texts, strict=True)), batch)
        except Unavailable:
            # Only the receipt may be lost: what was written would be shown as pending, and nobody starts it.
            with suppress(OrchestratorError):
                await self._store.erase(ours)
            raise

    async def _receiver(self, submission: Submission, tenant: str, request_id: str) -> Receiver | None:
        if submission.webhook_url is None:
            return None
        sealed: tuple[str, ...] = ()
        if submission.webhook_secrets:
            sealed = await self._receivers.vault().seal(submission.webhook_secrets, tenant, request_id)
        return Receiver(submission.webhook_url, sealed)

    async def _hand_over(
        self, accepted: Sequence[Analysis], batch: Batch | None, ours: Sequence[_Place]
    ) -> None:
        references = [reference_to(analysis) for analysis in accepted]
        try:
            if batch is None and await self._started(accepted[0]):
                return
            await self._ways.backlog.send("start", references)
        except Exception:
            await self._withdraw(ours)
            raise

    async def _started(self, analysis: Analysis) -> bool:
        try:
            await self._ways.workflow.start(reference_to(analysis))
        except Unavailable as error:
            logger.warning("%s waits in the queue: %s", analysis.request_id, error)
            return False
        return True

    async def _withdraw(self, ours: Sequence[_Place]) -> None:
        # It may have been handed over although the receipt was lost, and the caller will send it again. What
        # is erased runs to no effect: its agents find no text.
        try:
            await self._store.erase(ours)
        except OrchestratorError as error:
            raise _unknown() from error


def _unknown() -> Conflict:
    return Conflict("Whether the request was accepted is not known", hint="Ask again.", retry_after=15)


def _places(accepted: Sequence[Analysis], batch: Batch | None) -> list[_Place]:
    batches = [(batch.tenant, batch.batch_id)] if batch else []
    return [*batches, *((analysis.tenant, analysis.request_id) for analysis in accepted)]
