"""Stand-ins for the vendors on a laptop: each speaks its vendor's wire protocol to the real client.

They decide nothing by themselves: the same request gets the same answer, and each names itself a sandbox in
its answers. `create` returns them as one ASGI app; `Outbox` shows what they received.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from infra.local.sandbox.outbox import Outbox
from infra.local.sandbox.supabase_table import Database

if TYPE_CHECKING:
    from starlette.applications import Starlette

__all__ = ["BASES", "RECEIVER", "Database", "Outbox", "create"]

BASES = {"openai": "/openai/v1", "supabase": "/supabase/rest/v1/events"}
"""The base path of each vendor's API below the mount: what the vendor's base URL variable ends in."""
RECEIVER = "/received"
"""The path of the receiver of webhooks: apart from its faults, whose path it must not have."""


def create(outbox: Outbox, database: Database | None = None) -> Starlette:
    """Return the app to mount at `/_local/sandbox`.

    What arrives is written into `outbox`; `database` holds the rows of the stand-in for Supabase.
    """
    # Here, so that a booting runner that only needs `BASES` and an outbox does not wait for Starlette.
    from starlette.applications import Starlette

    from infra.local.sandbox.deliveries import Deliveries
    from infra.local.sandbox.openai import OpenAI
    from infra.local.sandbox.supabase import Supabase

    standins = (OpenAI(outbox), Supabase(outbox, database or Database()), Deliveries(outbox))
    return Starlette(routes=[route for standin in standins for route in standin.routes()])
