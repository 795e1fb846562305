"""The vendors' stand-ins on a free port, mounted where the laptop runner mounts them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.routing import Mount

from infra.local.sandbox import Database, Outbox, create
from tests.fakes.http_server import serving


@dataclass
class Sandbox:
    url: str
    outbox: Outbox

    @property
    def openai(self) -> str:
        return f"{self.url}/openai/v1"

    def fault(self, kind: str, vendor: str = "openai", **fields: Any) -> None:
        answer = httpx2.post(f"{self.url}/{vendor}/faults", json={"kind": kind, **fields})
        assert answer.status_code == 200, answer.text

    def behave(self, vendor: str = "openai") -> None:
        httpx2.delete(f"{self.url}/{vendor}/faults")
        self.outbox.clear()


@contextmanager
def sandbox(rows: Database | None = None) -> Iterator[Sandbox]:
    outbox = Outbox()
    app = Starlette(routes=[Mount("/_local/sandbox", create(outbox, rows))])
    with serving(app) as url:
        yield Sandbox(f"{url}/_local/sandbox", outbox)
