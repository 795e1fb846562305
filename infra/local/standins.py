"""The vendors' stand-ins and the receiver of webhooks; built at the first request that needs them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

from infra.local import sandbox
from infra.local.gateway.app import Receive, Scope, Send
from infra.local.sandbox import RECEIVER
from infra.local.sandbox.ssh import SshStandIn
from infra.local.vendors import Vendor, is_configured

MOUNT = "/_local/sandbox"
DELIVERIES = "/_local/deliveries"


def is_under(base: str, path: str) -> bool:
    """Return whether a path is `base` or lies below it."""
    return path == base or path.startswith(base + "/")


class StandIns:
    """An ASGI application. `url` is the runner's own address.

    `rows` are what the stand-in for Supabase keeps; `changed` is called when they change.
    """

    def __init__(self, url: str, changed: Callable[[], None] = lambda: None) -> None:
        self._url = url
        self._outbox = sandbox.Outbox()
        self.rows = sandbox.Database(changed)
        self._ssh: SshStandIn | None = None
        self._building: asyncio.Task[Any] | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request to a stand-in."""
        path: str = scope["path"]
        path = path.removeprefix(MOUNT) if is_under(MOUNT, path) else path.replace(DELIVERIES, RECEIVER, 1)
        inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": ""}
        app = await self._built()
        await app(inner, receive, send)

    def warm(self) -> None:
        """Begin to build what the first request would have to wait for."""
        if self._building is None:
            self._building = asyncio.create_task(asyncio.to_thread(sandbox.create, self._outbox, self.rows))

    async def _built(self) -> Any:
        self.warm()
        assert self._building  # noqa: S101 - set by `warm`
        return await asyncio.shield(self._building)

    def entries(self) -> list[dict[str, Any]]:
        """Return what the stand-ins received, newest last."""
        return self._outbox.entries()

    def base_urls(self, vendors: list[Vendor], settings: Mapping[str, str]) -> dict[str, str]:
        """Return the base URL variable of every vendor that is not configured and has a stand-in."""
        return {
            vendor.base_url: f"{self._url}{MOUNT}{sandbox.BASES[vendor.name]}"
            for vendor in vendors
            if vendor.base_url and vendor.name in sandbox.BASES and not is_configured(vendor, settings)
        }

    async def ssh(self, settings: Mapping[str, str]) -> dict[str, str]:
        """Return host and key of the SSH stand-in by variable, started at the first call.

        Nothing, when the developer has hosts or a key of their own.
        """
        if any(settings.get(name, "").strip() for name in ("SSH_HOSTS", "SSH_PRIVATE_KEY")):
            return {}
        if self._ssh is None:
            self._ssh = await SshStandIn.start(self._outbox)
        return {"SSH_HOSTS": self._ssh.hosts, "SSH_PRIVATE_KEY": self._ssh.private_key}

    async def close(self) -> None:
        """Stop what listens on a port of its own."""
        if self._ssh:
            await self._ssh.stop()
