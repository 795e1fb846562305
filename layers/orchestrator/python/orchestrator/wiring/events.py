"""What joins the calendar to its table of events."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from orchestrator.config.groups import Supabase
from orchestrator.errors import NotConfigured

if TYPE_CHECKING:
    from orchestrator.integrations.supabase import SupabaseEvents


def event_store(tenant: str) -> SupabaseEvents:
    """A tenant's rows of the table at `SUPABASE_URL`; nothing is connected yet."""
    return _table().of(tenant)


@cache
def _table() -> SupabaseEvents:
    from orchestrator.integrations.supabase import SupabaseEvents

    return SupabaseEvents(Supabase.load().table_url, _credentials)


async def _credentials() -> tuple[str, str]:
    from orchestrator.wiring import secret

    held = secret("supabase")
    key = await held.get("SUPABASE_API_KEY")
    try:
        return key, await held.get("SUPABASE_AUTH_TOKEN")
    except NotConfigured:
        return key, ""
