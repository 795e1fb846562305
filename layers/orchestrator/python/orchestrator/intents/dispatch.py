"""From a request to its answer: choose the mode, admit it once, run it here or hand it to a job."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from orchestrator.errors import BudgetExceeded, Conflict, Forbidden, Unavailable, recorded
from orchestrator.idempotency import Claim, Record, request_key
from orchestrator.idempotency.admission import Admission, Admitted
from orchestrator.intents.models import Mode, OrchestrateAccepted, OrchestrateRequest, OrchestrateResult
from orchestrator.intents.modes import require_available, select_mode
from orchestrator.intents.plain import refuse_beyond_json
from orchestrator.intents.registry import Providers, Registry, Tool
from orchestrator.intents.tool import Call
from orchestrator.jobs.models import Job
from orchestrator.jobs.service import Jobs, new_job_id
from orchestrator.tenancy import Identity
from orchestrator.webhooks.ports import Guard

logger = logging.getLogger(__name__)

MAX_KEPT = 380_000
"""Bytes of a response, of the 400 KB of a DynamoDB item."""
_LOCK_MARGIN = 4
"""Seconds a quick run's lock outlives its time limit: enough to store the answer."""


@dataclass(frozen=True, slots=True)
class Preferences:
    """How the caller wants to be answered.

    `key` is its own idempotency key, `fresh` bypasses a cached answer, `wait` (seconds) replaces the time
    the request may take before it becomes a job.
    """

    key: str | None = None
    fresh: bool = False
    wait: float | None = None
    correlation_id: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back, and whether it was given before."""

    body: OrchestrateResult | OrchestrateAccepted
    replayed: bool = False


@dataclass(frozen=True, slots=True)
class _Work:
    """One checked request on its way."""

    tool: Tool
    arguments: Mapping[str, Any]
    request: OrchestrateRequest
    tenant: str
    mode: Mode
    reason: str
    wait: float
    started: float
    correlation_id: str

    def result(
        self, result: Mapping[str, Any], job_id: str | None = None, elapsed: int | None = None
    ) -> OrchestrateResult:
        if elapsed is None:
            elapsed = round((time.monotonic() - self.started) * 1000)
        return OrchestrateResult(
            result=dict(result), mode=self.mode, duration_ms=elapsed, mode_reason=self.reason, job_id=job_id
        )


class Dispatcher:
    """Runs intents. `sync_timeout` is ORCHESTRATOR_SYNC_TIMEOUT, in seconds."""

    def __init__(
        self,
        registry: Registry,
        providers: Providers,
        admission: Admission,
        jobs: Jobs,
        *,
        guard: Callable[[], Guard],
        sync_timeout: float,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """`providers` gives tools what their signatures ask for; `guard` is built for a callback address."""
        self._registry = registry
        self._providers = providers
        self._admission = admission
        self._jobs = jobs
        self._guard = guard
        self._sync_timeout = sync_timeout
        self._clock = clock

    async def dispatch(self, request: OrchestrateRequest, caller: Identity, wanted: Preferences) -> Answer:
        """Answer `request` for `caller`.

        Raises:
            NotConfigured: the mode's engine is not set up.
            NotFound: there is no such intent.
            Forbidden: the caller's key lacks the scope the tool asks for.
            InvalidInput: the inputs do not fit the intent, or `callback_url` leads where it must not.
            KeyReused: the idempotency key belongs to another request.
            Conflict: the same request is under way and did not end in time, or was interrupted.
            BudgetExceeded: a quick tool took longer than ORCHESTRATOR_SYNC_TIMEOUT.
            OrchestratorError: whatever the tool raised.
        """
        started = time.monotonic()
        mode, reason = select_mode(request.intent, request.mode, self._registry)
        require_available(mode)
        tool = self._registry.get(request.intent)
        if not caller.allows(tool.options.scope):
            raise Forbidden(
                f"{tool.intent} needs a key with the scope {tool.options.scope!r}",
                hint="Ask for a key with that scope.",
            )
        arguments = tool.checked(request.inputs)
        refuse_beyond_json(request.context.model_extra or {}, "context")
        if request.callback_url is not None:
            await self._guard().admit(request.callback_url, field="callback_url")
        wait = self._sync_timeout if wanted.wait is None else wanted.wait
        correlation_id = wanted.correlation_id
        work = _Work(tool, arguments, request, caller.tenant, mode, reason, wait, started, correlation_id)
        if tool.options.preview and (shown := tool.options.preview(arguments)) is not None:
            return Answer(work.result(shown))
        admitted = await self._admission.admit(
            self._claim(work, wanted.key), tool.options.stale_after, self._sync_timeout, fresh=wanted.fresh
        )
        return await self._answer(work, admitted)

    def _claim(self, work: _Work, key: str | None) -> Claim:
        now = self._clock()
        fingerprint = request_key(work.request.intent, work.request.inputs)
        return Claim(
            scope=f"{work.tenant}#{work.request.context.user_id}",
            # Hashed, so that a caller's key has a fixed length and cannot reach into another scope.
            key=request_key("Idempotency-Key", {"key": key}) if key else fingerprint,
            fingerprint=fingerprint,
            token=secrets.token_hex(8),
            started_at=now,
            lock_until=now + self._sync_timeout + _LOCK_MARGIN,
            retry_safe=work.tool.options.retry_safe,
            job_id=new_job_id() if work.tool.options.long else None,
        )

    async def _answer(self, work: _Work, admitted: Admitted) -> Answer:
        match admitted:
            case Claim() as claim if claim.job_id:
                return await self._hand_over(work, claim, claim.job_id)
            case Claim() as claim:
                return await self._run_here(work, claim)
            case Record(response=dict() as response):
                return Answer(OrchestrateResult.model_validate(response), replayed=True)
            case Record(claim=Claim(job_id=str() as job_id)):
                return replace(await self._follow(work, job_id), replayed=True)
            case _:
                raise TypeError(f"a record without response and job: {admitted}")

    async def _run_here(self, work: _Work, claim: Claim) -> Answer:
        context = work.request.context
        call = Call(
            work.tenant, context.user_id, context.session_id, deadline=work.started + self._sync_timeout
        )
        limit = asyncio.timeout(call.remaining())
        try:
            async with limit:
                result = await work.tool.run(work.arguments, call, self._providers)
        except TimeoutError as error:
            # Stopped half-way, a tool that is not retry-safe may have taken effect: its key stays locked.
            if work.tool.options.retry_safe or not limit.expired():
                await self._admission.release(claim)
            if not limit.expired():  # the tool's own, from a socket for example
                raise
            raise BudgetExceeded(
                f"{work.tool.intent} took longer than ORCHESTRATOR_SYNC_TIMEOUT ({self._sync_timeout:g} s)"
                " and was stopped",
                hint="Increase ORCHESTRATOR_SYNC_TIMEOUT, or ask for less at once.",
            ) from error
        except Exception:
            await self._admission.release(claim)
            raise
        body = work.result(result)
        await self._keep(claim, body.model_dump(mode="json"))
        return Answer(body)

    async def _hand_over(self, work: _Work, claim: Claim, job_id: str) -> Answer:
        request = work.request
        job = Job(
            tenant=work.tenant,
            job_id=job_id,
            intent=request.intent,
            inputs=request.inputs,
            mode=work.mode,
            created_at=self._clock(),
            context=request.context.model_dump(),
            callback_url=request.callback_url,
            correlation_id=work.correlation_id,
        )
        try:
            await self._jobs.hand_over(job)
        except Conflict:
            # Nobody knows whether the workers have it: the key stays locked, and the next try goes on with
            # the same job.
            raise
        except Exception:
            await self._admission.release(claim)
            raise
        await self._keep(claim, None)
        return await self._follow(work, job_id)

    async def _keep(self, claim: Claim, response: Mapping[str, Any] | None) -> None:
        if response is not None and len(json.dumps(response, ensure_ascii=False).encode()) > MAX_KEPT:
            logger.warning("the response under %s is too large to keep", claim.key)
            # What only reads is simply done again; what has an effect stays locked, or it could be repeated.
            if claim.retry_safe:
                await self._admission.release(claim)
            return
        try:
            await self._admission.complete(claim, response)
        except Unavailable as error:
            # The work is done or safely handed over: an answer that cannot be cached is still the answer.
            logger.warning("the response under %s is not kept: %s", claim.key, error)

    async def _follow(self, work: _Work, job_id: str) -> Answer:
        # What was spent on the way here counts: the function itself has a time limit.
        left = max(0.0, work.wait - (time.monotonic() - work.started))
        job = await self._jobs.watch(work.tenant, job_id, left)
        view = self._jobs.view(job)
        if view.status == "success" and view.result is not None:
            # The job's own time, so that the same request gets the same answer.
            elapsed = round((job.updated_at - job.created_at) * 1000)
            return Answer(work.result(view.result, job_id, elapsed))
        if view.status == "failed":
            raise recorded(view.error_type or "", f"{view.error} (job {job_id})", view.hint)
        return Answer(
            OrchestrateAccepted(
                job_id=job_id, mode=work.mode, callback_url=job.callback_url, mode_reason=work.reason
            )
        )
