"""What joins webhooks to their adapters, each built on first use."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from orchestrator.config.groups import Platform

if TYPE_CHECKING:
    from orchestrator.integrations.webhook_sender import HttpSender
    from orchestrator.webhooks.guard import AddressGuard


@cache
def guard() -> AddressGuard:
    """What decides which caller-supplied URLs may be called."""
    from orchestrator.integrations.dns import SystemResolver
    from orchestrator.webhooks.guard import AddressGuard

    return AddressGuard(SystemResolver(), local=Platform.load().stage == "local")


@cache
def sender() -> HttpSender:
    """What makes the POST to a receiver."""
    from orchestrator.integrations.webhook_sender import HttpSender

    return HttpSender()
