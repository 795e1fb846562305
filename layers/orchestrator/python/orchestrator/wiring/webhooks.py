"""What joins webhooks to their adapters, each built on first use."""

from __future__ import annotations

import os
from contextlib import suppress
from functools import cache
from typing import TYPE_CHECKING

from orchestrator.config.groups import Platform, Webhooks
from orchestrator.errors import InvalidInput, Misconfigured, NotConfigured
from orchestrator.spec import QUEUES

if TYPE_CHECKING:
    from orchestrator.aws.deliveries import DynamoDeliveries
    from orchestrator.aws.delivery_queue import SqsDeliveries, SqsVisibility
    from orchestrator.aws.vault import KmsVault
    from orchestrator.integrations.webhook_sender import HttpSender
    from orchestrator.webhooks import service
    from orchestrator.webhooks.callbacks import Callbacks
    from orchestrator.webhooks.deliverer import Deliverer
    from orchestrator.webhooks.guard import AddressGuard
    from orchestrator.webhooks.ports import Received
    from orchestrator.webhooks.schedule import Schedule


@cache
def guard() -> AddressGuard:
    """What decides which caller-supplied URLs may be called."""
    from orchestrator.integrations.dns import SystemResolver
    from orchestrator.webhooks.guard import AddressGuard

    return AddressGuard(SystemResolver(), local=Platform.load().stage == "local")


async def receive_secrets() -> tuple[str, ...]:
    """Return what inbound webhooks are signed with, the current secret first.

    Raises:
        NotConfigured: WEBHOOK_RECEIVE_SECRET is not set.
        Misconfigured: it, or the one before it, is there and cannot be a secret.
    """
    from orchestrator.webhooks.signing import key_bytes
    from orchestrator.wiring import secret

    name = "WEBHOOK_RECEIVE_SECRET"
    secrets = [await secret("webhooks").get(name)]
    with suppress(NotConfigured):
        secrets.append(await secret("webhooks").get(f"{name}_PREVIOUS"))
    try:
        for one in secrets:
            key_bytes(one)
    except InvalidInput as error:
        raise Misconfigured(f"{name}, or the one before it, is malformed", hint=error.hint) from error
    return tuple(secrets)


@cache
def sender() -> HttpSender:
    """What makes the POST to a receiver."""
    from orchestrator.integrations.webhook_sender import HttpSender

    return HttpSender()


@cache
def vault() -> KmsVault:
    """What encrypts receivers' secrets, and opens them again."""
    from orchestrator.aws.vault import KmsVault

    return KmsVault(os.environ["KEY_WEBHOOKS"])


@cache
def _store() -> DynamoDeliveries:
    from orchestrator.aws.deliveries import DynamoDeliveries

    return DynamoDeliveries(os.environ["TABLE_WEBHOOKS"])


@cache
def _queue() -> SqsDeliveries:
    from orchestrator.aws.delivery_queue import SqsDeliveries

    # A function that only reads or erases deliveries has no queue to send to.
    return SqsDeliveries(os.environ.get("QUEUE_WEBHOOKS", ""))


def _schedule(settings: Webhooks) -> Schedule:
    from orchestrator.webhooks.schedule import Schedule

    return Schedule.parse(settings.retry_schedule, settings.max_retries)


@cache
def webhooks() -> service.Webhooks:
    """The deliveries, seen from the request side."""
    from orchestrator.webhooks import service

    settings = Webhooks.load()
    # Kept beyond the last try of a round, however long the schedule is.
    kept = settings.retention_days * 86_400 + _schedule(settings).longest()
    return service.Webhooks(_store(), _queue(), guard, kept=kept)


@cache
def callbacks() -> Callbacks:
    """What announces the ends of jobs."""
    from orchestrator.webhooks.callbacks import Callbacks

    receives = next(queue.max_receives for queue in QUEUES if queue.name == "jobs")
    return Callbacks(webhooks(), max_receives=receives)


@cache
def deliverer() -> Deliverer:
    """What works on messages of deliveries."""
    from orchestrator.aws.endpoints import DynamoEndpoints
    from orchestrator.webhooks.courier import Courier
    from orchestrator.webhooks.deliverer import Deliverer
    from orchestrator.wiring import secret

    settings = Webhooks.load()
    courier = Courier(guard(), sender(), vault(), secret("webhooks").get, timeout=settings.timeout)
    endpoints = DynamoEndpoints(os.environ["TABLE_WEBHOOKS"])
    return Deliverer(_store(), endpoints, _queue(), courier, _schedule(settings), timeout=settings.timeout)


@cache
def _visibility(queue_url: str) -> SqsVisibility:
    from orchestrator.aws.delivery_queue import SqsVisibility

    return SqsVisibility(queue_url)


def received(queue_url: str, receipt_handle: str, receive_count: int) -> Received:
    """The receive of a delivery's message."""
    from orchestrator.aws.delivery_queue import SqsReceived

    return SqsReceived(_visibility(queue_url), receipt_handle, receive_count)
