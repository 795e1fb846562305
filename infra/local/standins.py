"""The vendors' stand-ins, mounted at `/_local/sandbox`; built at the first request that needs them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any, cast

from infra.local.gateway.app import Receive, Scope, Send
from infra.local.vendors import Vendor, is_configured

MOUNT = "/_local/sandbox"


class StandIns:
    """An ASGI application. `url` is the runner's own address."""

    def __init__(self, url: str) -> None:
        self._url = url

    @cached_property
    def _built(self) -> tuple[Any, Any]:
        from infra.local import sandbox

        outbox = sandbox.Outbox()
        return sandbox.create(outbox), outbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request to a stand-in."""
        path: str = scope["path"].removeprefix(MOUNT)
        inner = {**scope, "path": path, "raw_path": path.encode(), "root_path": ""}
        await self._built[0](inner, receive, send)

    def entries(self) -> list[dict[str, Any]]:
        """Return what the stand-ins received, newest last."""
        if "_built" not in self.__dict__:
            return []
        return cast("list[dict[str, Any]]", self._built[1].entries())

    def base_urls(self, vendors: list[Vendor], settings: Mapping[str, str]) -> dict[str, str]:
        """Return the base URL variable of every vendor that is not configured and has a stand-in."""
        from infra.local import sandbox

        return {
            vendor.base_url: f"{self._url}{MOUNT}{sandbox.BASES[vendor.name]}"
            for vendor in vendors
            if vendor.base_url and vendor.name in sandbox.BASES and not is_configured(vendor, settings)
        }
