"""The live question to Supabase: is the table there, has it our columns, and does it take the key?

It reads at most one row. Codes: https://docs.postgrest.org/en/v12/references/errors.html.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

import httpx2

from orchestrator.config.groups import supabase_headers, supabase_table

_DOCUMENTED = (
    "id,title,description,start_time,end_time,location,category,user_id,created_at,updated_at,priority"
    ",participants,amount"
)
# The tenant's first: PostgreSQL names the first column that is missing, and without this one nobody but the
# tenant `default` can book.
COLUMNS = f"tenant,external_id,timezone,all_day,recurrence,currency,{_DOCUMENTED}"
"""What is read and written, as `docs/supabase.sql` makes it."""
_MIGRATE = "run docs/supabase.sql"


def address(values: Mapping[str, str]) -> str:
    """Return the table's address.

    Raises:
        ValueError: `SUPABASE_URL` is none.
    """
    return supabase_table(values["SUPABASE_URL"])


def headers(values: Mapping[str, str]) -> dict[str, str]:
    """Return the key as the calendar sends it."""
    return supabase_headers(values["SUPABASE_API_KEY"], values.get("SUPABASE_AUTH_TOKEN", ""))


def problem(response: httpx2.Response) -> str:
    """Return what an answer says is wrong, in words for whoever sets this up; nothing if all is well."""
    try:
        body: object = response.json()
    except ValueError:
        body = None
    if response.is_success:
        return "" if isinstance(body, list) else "no list of rows: is SUPABASE_URL a table of Supabase?"
    said = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    code, status = str(said.get("code") or ""), response.status_code
    if code == "42501":
        return f"the key's role may not read the table: {_MIGRATE}, or use a secret key"
    if status in {401, 403}:
        return "the key is refused"
    if code == "42703":
        return f"{said.get('message')}: {_MIGRATE}"
    if status == 404:
        return f"there is no such table: check SUPABASE_URL, or {_MIGRATE}"
    return code
