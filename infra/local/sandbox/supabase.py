"""A stand-in for Supabase's table of events: PostgREST 12 as far as the calendar speaks it.

The same tests run against PostgREST itself. Before it stands, as at Supabase, a gateway that wants an
`apikey`. Signatures of tokens are not checked, their role, user and expiry are.
`GET /_local/sandbox/supabase/rows` shows the tables, `DELETE` empties them.
"""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from infra.local.sandbox.outbox import Outbox
from infra.local.sandbox.standin import Ask, Handler, StandIn, cut_off, json_response
from infra.local.sandbox.supabase_query import Query
from infra.local.sandbox.supabase_table import Database, Resolution, Row, Table
from infra.local.sandbox.supabase_types import PostgresError, shown

_BASE = "/rest/v1/"
_JSON = "application/json"
_ONE_ROW = "application/vnd.pgrst.object+json"
_ROLES = ("anon", "authenticated", "service_role")


@dataclass(frozen=True, slots=True)
class _Caller:
    """Whom a request is from: a role, and for a signed-in user their id."""

    role: str
    user: str = ""

    def sees(self, row: Row) -> bool:
        """Return whether row-level security shows a row to them (`docs/supabase.sql`)."""
        return self.role == "service_role" or (self.role == "authenticated" and row["user_id"] == self.user)


class Supabase(StandIn):
    """`GET`, `POST`, `PATCH` and `DELETE` of the tables in `database`."""

    name = "supabase"

    def __init__(self, outbox: Outbox, database: Database) -> None:
        """Keep the rows in `database`."""
        super().__init__(outbox)
        self._database = database

    def handlers(self) -> dict[tuple[str, str], Handler]:
        """Return none: the tables are the paths."""
        return {}

    def handler(self, ask: Ask) -> Handler | None:
        """Return what answers a request to a table."""
        return self._table if ask.path.startswith(_BASE) else None

    def problem(self, status: int, message: str) -> Response:
        """Return an error of the gateway."""
        return json_response({"message": message}, status)

    def routes(self) -> list[BaseRoute]:
        """Return the rows' own address before PostgREST's."""
        return [Route(f"/{self.name}/rows", self._rows, methods=["GET", "DELETE"]), *super().routes()]

    async def _rows(self, request: Request) -> Response:
        if request.method == "DELETE":
            self._database.clear()
            return Response(status_code=204)
        return json_response(self._database.view())

    async def _table(self, ask: Ask) -> Response:
        if not ask.headers.get("apikey"):
            hint = "No `apikey` request header or url param was found."
            return json_response({"message": "No API key found in request", "hint": hint}, 401)
        try:
            answer = self._answered(ask)
        except PostgresError as problem:
            return _typed(json_response(problem.body(), problem.status))
        return cut_off(answer) if ask.fault == "broken_json" else answer

    def _answered(self, ask: Ask) -> Response:
        caller = _caller(ask)
        table = self._database.tables.get(ask.path.removeprefix(_BASE))
        if table is None:
            if ask.method != "GET":
                return _typed(json_response({}, 404))
            name = ask.path.removeprefix(_BASE)
            raise PostgresError(404, "42P01", f'relation "public.{name}" does not exist')
        if ask.fault == "refuse":
            raise PostgresError(403, "42501", f"permission denied for table {table.name}")
        work = _WRITES.get(ask.method)
        if work is None and ask.method != "GET":
            raise PostgresError(405, "PGRST117", f"Unsupported HTTP method: {ask.method}")
        try:
            query = Query(table, ask.query)
            if work is None:
                return _select(ask, query, caller, self._database.most_rows)
            answer = work(ask, table, query, caller)
        except PostgresError as problem:
            if problem.code == "42501" and caller.role == "anon":
                problem.status = 401
            raise
        self._database.changed()
        return answer


def _select(ask: Ask, query: Query, caller: _Caller, most: int) -> Response:
    seen = [row for row in query.chosen() if caller.sees(row)]
    rows = query.page(seen, most)
    total = len(seen) if _preferences(ask).get("count") == "exact" else None
    response = _representation(ask, query.shape(rows), 206 if total and len(rows) < total else 200)
    response.headers.update(_headers(ask, rows, query.offset, total))
    return response


def _insert(ask: Ask, table: Table, query: Query, caller: _Caller) -> Response:
    prefer = _preferences(ask)
    given = _body(ask)
    columns = query.names("columns") or None
    named = set(columns or (given[0] if given else ()))
    if not columns and any(row.keys() != named for row in given):
        raise PostgresError(400, "PGRST102", "All object keys must match")
    table.accepts(named)
    nulls = () if prefer.get("missing") == "default" else named
    new = [table.made({key: row[key] for key in row if key in named}, nulls) for row in given]
    resolution = cast("Resolution | None", prefer.get("resolution"))
    written, added = table.insert(new, named, query.names("on_conflict"), resolution, caller.sees)
    # Only rows that were merged into others: nothing was created.
    status = 200 if resolution == "merge-duplicates" and written and not added else 201
    if prefer.get("return") == "representation":
        return _representation(ask, query.shape(written), status)
    response = Response(status_code=status, headers=_headers(ask))
    if prefer.get("return") == "headers-only" and len(written) == 1:
        response.headers["location"] = f"/{table.name}?id=eq.{written[0]['id']}"
    return response


def _update(ask: Ask, table: Table, query: Query, caller: _Caller) -> Response:
    given = _body(ask)
    changes = given[0] if given else {}
    table.accepts(changes)
    chosen = _one_if_asked(ask, [row for row in query.chosen() if caller.sees(row)])
    rows = table.update(chosen, changes, caller.sees)
    return _told(ask, query, rows, rows)


def _delete(ask: Ask, table: Table, query: Query, caller: _Caller) -> Response:
    chosen = _one_if_asked(ask, [row for row in query.chosen() if caller.sees(row)])
    table.delete(chosen)
    return _told(ask, query, chosen)


_WRITES = {"POST": _insert, "PATCH": _update, "DELETE": _delete}


def _told(ask: Ask, query: Query, rows: list[Row], ranged: list[Row] | None = None) -> Response:
    if _preferences(ask).get("return") == "representation":
        return _representation(ask, query.shape(rows), 200, ranged)
    return Response(status_code=204, headers=_headers(ask, ranged))


def _one_if_asked(ask: Ask, rows: list[Row]) -> list[Row]:
    """Return `rows`; refuse when one row was asked for and it is another number."""
    if _ONE_ROW in ask.headers.get("accept", "") and len(rows) != 1:
        message = "JSON object requested, multiple (or no) rows returned"
        raise PostgresError(406, "PGRST116", message, f"The result contains {len(rows)} rows")
    return rows


def _representation(ask: Ask, rows: list[Row], status: int, ranged: list[Row] | None = None) -> Response:
    one = _ONE_ROW in ask.headers.get("accept", "")
    _one_if_asked(ask, rows)
    found = [{name: shown(value) for name, value in row.items()} for row in rows]
    response = _typed(json_response(found[0] if one else found, status), _ONE_ROW if one else _JSON)
    response.headers.update(_headers(ask, ranged))
    return response


def _typed(response: Response, kind: str = _JSON) -> Response:
    response.headers["content-type"] = f"{kind}; charset=utf-8"
    return response


def _headers(
    ask: Ask, ranged: list[Row] | None = None, first: int = 0, total: int | None = None
) -> dict[str, str]:
    applied = [f"{name}={value}" for name, value in _preferences(ask).items()]
    told = {"preference-applied": ", ".join(applied)} if applied else {}
    stretch = f"{first}-{first + len(ranged) - 1}" if ranged else "*"
    return {"content-range": f"{stretch}/{'*' if total is None else total}", **told}


def _preferences(ask: Ask) -> dict[str, str]:
    """Return the preferences that are understood, in PostgREST's own order."""
    pairs = [part.strip().partition("=") for part in ask.headers.get("prefer", "").split(",")]
    given = {name: value for name, _, value in pairs if name != "count" or value == "exact"}
    return {name: given[name] for name in ("resolution", "missing", "return", "count") if name in given}


def _body(ask: Ask) -> list[Row]:
    try:
        body = json.loads(ask.body)
    except ValueError:
        raise PostgresError(400, "PGRST102", "Empty or invalid json") from None
    rows: list[Any] = cast("list[Any]", body) if isinstance(body, list) else [body]
    if not all(isinstance(row, dict) for row in rows):
        raise PostgresError(400, "PGRST102", "Empty or invalid json")
    return rows


def _caller(ask: Ask) -> _Caller:
    """Read who asks from the token; without one from the key, which only the gateway can read."""
    token = ask.headers.get("authorization", "").removeprefix("Bearer ").strip()
    if not token:
        public = ask.headers["apikey"].startswith("sb_publishable_")
        return _Caller("anon" if public else "service_role")
    parts = token.split(".")
    if len(parts) != 3:
        said = f"Invalid number of parts: Expected 3 parts; got {len(parts)}"
        raise PostgresError(401, "PGRST301", f"JWSError (CompactDecodeError {said})")
    claims = _claims(parts[1])
    if claims.get("exp", time.time()) < time.time() - 30:
        raise PostgresError(401, "PGRST301", "JWT expired")
    role = str(claims.get("role", "anon"))
    if role not in _ROLES:
        raise PostgresError(400, "22023", f'role "{role}" does not exist')
    return _Caller(role, str(claims.get("sub", "")))


def _claims(part: str) -> dict[str, Any]:
    try:
        claims = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except ValueError:
        claims = None
    if not isinstance(claims, dict):
        raise PostgresError(401, "PGRST301", "JWSError (JSONDecodeError)")
    return cast("dict[str, Any]", claims)
