"""The composition root: the only module that joins wings to adapters. Each piece is built on first use.

What a piece needs is imported inside its function, so a Lambda loads only what it works with.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from functools import cache
from typing import TYPE_CHECKING

from orchestrator.config.groups import Auth, Intents, OpenAI
from orchestrator.spec import QUEUES

if TYPE_CHECKING:
    from orchestrator.aws.jobs import DynamoJobs
    from orchestrator.aws.keys import DynamoKeys
    from orchestrator.aws.memory import DynamoMemory
    from orchestrator.aws.secrets import Secret
    from orchestrator.integrations.ssh import AsyncSsh
    from orchestrator.intents.dispatch import Dispatcher
    from orchestrator.intents.registry import Providers, Registry
    from orchestrator.intents.tool import Call
    from orchestrator.jobs.ports import Delivery
    from orchestrator.jobs.service import Jobs
    from orchestrator.jobs.worker import Worker
    from orchestrator.memory.service import Backends, Memory
    from orchestrator.tenancy.cache import KeyCache

_MAX_RECEIVES = {queue.name: queue.max_receives for queue in QUEUES}
_WORKER_MARGIN = 10
"""Seconds the worker keeps to record how a stopped tool ended."""


@cache
def key_store() -> DynamoKeys:
    """Where API keys live."""
    from orchestrator.aws.clients import dynamodb
    from orchestrator.aws.keys import DynamoKeys

    dynamodb()  # The authorizer asks for its store while it starts: SnapStart then keeps the built client.
    return DynamoKeys(os.environ["TABLE_KEYS"])


@cache
def verified_keys() -> KeyCache:
    """What tells a good API key, for routes API Gateway lets anybody call."""
    from orchestrator.tenancy.cache import KeyCache
    from orchestrator.tenancy.keys import Keys

    return KeyCache(Keys(key_store()), seconds=Auth.load().key_cache)


def readiness_probes() -> dict[str, Callable[[], Awaitable[str]]]:
    """What the API leans on, each with a read that tells whether it answers."""
    from orchestrator.aws import probes
    from orchestrator.integrations import openai_probe

    return {
        "database": lambda: probes.table(os.environ["TABLE_JOBS"]),
        "queue": lambda: probes.queue(os.environ["QUEUE_JOBS"]),
        "openai": lambda: openai_probe.models(openai_key, OpenAI.load().base_url),
    }


@cache
def _job_store() -> DynamoJobs:
    from orchestrator.aws.jobs import DynamoJobs

    return DynamoJobs(os.environ["TABLE_JOBS"])


@cache
def jobs() -> Jobs:
    """The jobs, seen from the request side."""
    from orchestrator.aws.jobs import SqsJobs
    from orchestrator.jobs.service import Jobs

    # A function that only looks at jobs has no queue to send to.
    queue = SqsJobs(os.environ.get("QUEUE_JOBS", ""))
    return Jobs(_job_store(), queue, max_receives=_MAX_RECEIVES["jobs"])


@cache
def secret(vendor: str) -> Secret:
    """The secret of `vendor`."""
    from orchestrator.aws.secrets import Secret

    return Secret(vendor, os.environ[f"SECRET_{vendor.upper()}"])


async def openai_key() -> str:
    """The current key for OpenAI."""
    return await secret("openai").get("OPENAI_API_KEY")


@cache
def _memory_store() -> DynamoMemory:
    from orchestrator.aws.memory import DynamoMemory

    return DynamoMemory(os.environ["TABLE_MEMORY"])


@cache
def _memory_backends() -> Backends:
    from orchestrator.aws.vectors import S3Vectors
    from orchestrator.integrations.openai import OpenAIEmbedder
    from orchestrator.llm.hashing import HashingEmbedder
    from orchestrator.memory.service import Backends

    settings = OpenAI.load()
    return Backends(
        store=_memory_store(),
        index=S3Vectors(os.environ["VECTORS_MEMORY"]),
        embedder=OpenAIEmbedder(openai_key, base_url=settings.base_url, model=settings.embedding_model),
        fallback=HashingEmbedder(),
    )


def memory(call: Call) -> Memory:
    """The memory of the user a call is for."""
    from orchestrator.memory.re_embedding import ReEmbeddingJobs
    from orchestrator.memory.service import Memory

    return Memory(_memory_backends(), f"{call.tenant}#{call.user_id}", ReEmbeddingJobs(jobs(), call.user_id))


@cache
def ssh() -> AsyncSsh:
    """What runs commands on the allowed hosts; only the jobs' worker holds the key for it."""
    from orchestrator.integrations.ssh import AsyncSsh
    from orchestrator.intents.ssh import Hosts

    async def key() -> str:
        return await secret("ssh").get("SSH_PRIVATE_KEY")

    return AsyncSsh(Hosts.parse(os.environ.get("SSH_HOSTS", "")), key)


@cache
def _providers() -> Providers:
    from orchestrator.intents.ssh import Ssh
    from orchestrator.memory.service import Memory

    return {Memory: memory, Ssh: lambda call: ssh()}


@cache
def tools() -> Registry:
    """Every agent-mode tool of this deployment."""
    from orchestrator.intents import tools as package
    from orchestrator.intents.registry import discover

    return discover(package, _providers())


@cache
def dispatcher() -> Dispatcher:
    """What answers `POST /orchestrate`."""
    from orchestrator.aws.idempotency import DynamoIdempotency
    from orchestrator.idempotency.admission import Admission
    from orchestrator.intents.dispatch import Dispatcher
    from orchestrator.wiring.webhooks import guard

    admission = Admission(
        DynamoIdempotency(os.environ["TABLE_IDEMPOTENCY"]),
        _memory_store().changed_since,
        jobs().ending_of,
    )
    return Dispatcher(
        tools(), _providers(), admission, jobs(), guard=guard, sync_timeout=Intents.load().sync_timeout
    )


def prepare_dispatcher() -> None:
    """Build what the first request would otherwise build: for a snapshot."""
    from orchestrator.aws import clients
    from orchestrator.wiring.webhooks import guard

    dispatcher()
    guard()
    _memory_backends()
    for client in (clients.dynamodb, clients.sqs, clients.s3vectors, clients.secretsmanager):
        client()


@cache
def job_worker(timeout: float) -> Worker:
    """What works on jobs in a function that may run for `timeout` seconds."""
    from orchestrator.intents.job_runner import JobRunner
    from orchestrator.jobs.worker import Worker
    from orchestrator.wiring.webhooks import callbacks

    runner = JobRunner(tools(), _providers(), budget=timeout - _WORKER_MARGIN)
    return Worker(
        _job_store(),
        runner,
        callbacks(),
        retry_safe=runner.retry_safe,
        lease=Intents.load().job_lease,
        max_receives=_MAX_RECEIVES["jobs"],
    )


def job_delivery(queue_url: str, receipt_handle: str, receive_count: int) -> Delivery:
    """The delivery of a job's message."""
    from orchestrator.aws.jobs import SqsDelivery

    return SqsDelivery(queue_url, receipt_handle, receive_count)
