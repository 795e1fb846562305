"""The three tables of events that must behave alike, and events to put into them."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import httpx2
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from infra.local.sandbox import Database
from orchestrator.calendar.models import Event
from orchestrator.integrations.supabase import SupabaseEvents
from tests.fakes.event_store import MemoryEvents
from tests.fakes.postgrest import DOCUMENTED, MIGRATION, missing, postgres, postgrest, token
from tests.fakes.sandbox import sandbox

T = TypeVar("T")
KINDS = ("list", "stand-in", "postgrest")
SERVED = KINDS[1:]
MOST_ROWS = 20
"""Rows of one answer, as a project may be set to: fewer than the adapter asks for."""
NINE = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass
class Served:
    """PostgREST, or what stands in for it: `base` is the address its tables lie under."""

    base: str
    clear: Callable[[], object]

    @contextmanager
    def store(self, table: str = "events", key: str = "", **options: Any) -> Iterator[SupabaseEvents]:
        """The adapter on a table, with a key (a secret one unless told otherwise)."""
        found = key or token("service_role")

        async def credentials() -> tuple[str, str]:
            return found, ""

        store = SupabaseEvents(f"{self.base}/{table}", credentials, **options)
        yield store
        store.close()


@contextmanager
def serving(kind: str) -> Iterator[Served]:
    """Start the stand-in, or PostgREST on PostgreSQL with the migration."""
    if kind == "stand-in":
        rows = Database()
        rows.most_rows = MOST_ROWS
        with sandbox(rows) as place:
            yield Served(f"{place.url}/supabase/rest/v1", rows.clear)
        return
    if lack := missing():
        pytest.skip(lack)
    with postgres() as database:
        database.run(MIGRATION)
        database.run(DOCUMENTED)
        with postgrest(database, most_rows=MOST_ROWS) as url:
            yield Served(url, lambda: _empty(url))


def _empty(url: str) -> None:
    headers = {"authorization": f"Bearer {token('service_role')}"}
    with httpx2.Client(base_url=url, headers=headers, verify=False) as client:  # verify: nothing to load
        for table in ("events", "documented_events"):
            assert client.delete(f"/{table}").status_code == 204


@contextmanager
def event_store(served: Served | None) -> Iterator[MemoryEvents | SupabaseEvents]:
    """The adapter on what is served, else the list."""
    if served is None:
        yield MemoryEvents()
        return
    with served.store() as store:
        yield store


@contextmanager
def store_at(
    url: str, key: str = "sb_secret_test", auth_token: str = "", **options: Any
) -> Iterator[SupabaseEvents]:
    async def credentials() -> tuple[str, str]:
        return key, auth_token

    store = SupabaseEvents(url, credentials, **options)
    yield store
    store.close()


def answering(*answers: Response) -> Any:
    """An app that gives `answers` one after the other, the last one for ever; it notes the requests."""
    left, seen = list(answers), list[Request]()

    async def serve(request: Request) -> Response:
        await request.body()
        seen.append(request)
        return left.pop(0) if len(left) > 1 else left[0]

    app = Starlette(routes=[Route("/events", serve, methods=["GET", "POST", "PATCH", "DELETE"])])
    app.state.seen = seen
    return app


def event(title: str = "Standup", start: datetime = NINE, minutes: int = 30, **changes: Any) -> Event:
    fields: dict[str, Any] = {
        "title": title,
        "description": f"{title}, as said",
        "start_time": start,
        "end_time": start + timedelta(minutes=minutes),
        "location": None,
        "category": "internal_meeting",
        "user_id": "user-123",
        "created_at": NINE - timedelta(days=1),
        "updated_at": NINE - timedelta(days=1),
        "priority": "medium",
        "participants": ["John Doe", "Zoë, the 2nd"],
        "amount": None,
        "timezone": "Europe/Berlin",
        "external_id": f"evt_{title}",
    }
    return Event(**fields | changes)


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def soon(seconds: float = 20) -> float:
    """A deadline: event loops count time as `time.monotonic` does."""
    return time.monotonic() + seconds
