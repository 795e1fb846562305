"""`--live` and Supabase: what is asked, and what is said of its answers."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest

from orchestrator.calendar.models import Event
from orchestrator.config import live, live_supabase
from orchestrator.integrations.supabase_rows import row_of

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.c2ln"
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)
SET = {"SUPABASE_URL": "https://abc.supabase.co", "SUPABASE_API_KEY": "sb_secret_0123456789"}
TABLE = "https://abc.supabase.co/rest/v1/events"


def ask(status: int = 200, body: Any = None, **more: str) -> tuple[live.Answer, httpx2.Request]:
    asked: list[httpx2.Request] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        asked.append(request)
        return httpx2.Response(status, json=[] if body is None else body)

    client = httpx2.Client(transport=httpx2.MockTransport(answer))
    [said] = live.ask(SET | more, client)
    return said, asked[0]


def test_one_row_of_the_table_is_asked_for_with_every_column_of_ours() -> None:
    said, request = ask()
    assert (said.ok, said.sentence) == (True, f"{TABLE} answered 200")
    assert (request.method, str(request.url.copy_with(query=None))) == ("GET", TABLE)
    assert dict(request.url.params) == {"select": live_supabase.COLUMNS, "limit": "1"}


def test_the_columns_are_those_of_the_rows_that_are_written() -> None:
    event = Event(
        title="",
        description="",
        start_time=NOW,
        end_time=NOW,
        location=None,
        category="other",
        user_id="u",
        created_at=NOW,
        updated_at=NOW,
        priority="low",
        participants=[],
        amount=None,
        timezone="UTC",
        recurrence=None,
    )
    assert set(live_supabase.COLUMNS.split(",")) == {"id", *row_of(event, "acme", "u", frozenset())}


@pytest.mark.parametrize(
    ("key", "token", "bearer"),
    [
        ("sb_secret_0123456789", "", None),
        ("sb_secret_0123456789", "sb_other", None),
        (JWT, "", f"Bearer {JWT}"),
        (JWT, "a.b.c", "Bearer a.b.c"),
    ],
)
def test_the_key_is_sent_as_the_calendar_sends_it(key: str, token: str, bearer: str | None) -> None:
    _, request = ask(SUPABASE_API_KEY=key, SUPABASE_AUTH_TOKEN=token)
    assert (request.headers["apikey"], request.headers.get("authorization")) == (key, bearer)


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (401, {"message": "Invalid API key"}, "the key is refused"),
        (401, {"code": "PGRST301", "message": "JWT expired"}, "the key is refused"),
        (403, {}, "the key is refused"),
        (401, {"code": "42501", "message": "permission denied"}, "the key's role may not read the table"),
        (404, {"code": "PGRST205", "message": "no table"}, "there is no such table: check SUPABASE_URL"),
        (404, {"code": "42P01", "message": "no relation"}, "or run docs/supabase.sql"),
        (
            400,
            {"code": "42703", "message": "column events.tenant does not exist"},
            "column events.tenant does not exist: run docs/supabase.sql",
        ),
        (503, {"code": "PGRST002", "message": "no schema"}, "answered 503: PGRST002"),
        (200, {"hello": "world"}, "is SUPABASE_URL a table of Supabase?"),
        (302, {}, f"{TABLE} answered 302"),
    ],
)
def test_what_is_wrong_is_told_apart_and_no_key_shown(status: int, body: Any, said: str) -> None:
    answer, _ = ask(status, body)
    assert answer.ok is False
    assert said in answer.line()
    assert "0123456789" not in answer.line()


def test_a_host_that_does_not_answer_is_named() -> None:
    def unreachable(request: httpx2.Request) -> httpx2.Response:
        raise httpx2.ConnectError("no route", request=request)

    (answer,) = live.ask(SET, httpx2.Client(transport=httpx2.MockTransport(unreachable)))
    assert (answer.ok, answer.sentence) == (False, f"no answer from {TABLE}: ConnectError")


def test_an_address_that_is_no_tables_is_not_asked() -> None:
    (answer,) = live.ask(SET | {"SUPABASE_URL": "https://abc.supabase.co/auth/v1"})
    assert answer.ok is None
    assert answer.sentence.startswith("not asked: SUPABASE_URL is neither")


@pytest.mark.parametrize("url", ["http://[::1", "http://a..b"])
def test_an_address_that_cannot_be_asked_is_named(url: str) -> None:
    (answer,) = live.ask(SET | {"SUPABASE_URL": url})
    assert answer.ok is False
    assert answer.sentence.startswith(f"no answer from {url}/rest/v1/events: ")


def test_a_key_that_no_header_can_carry_is_said_to_be_one() -> None:
    (answer,) = live.ask(SET | {"SUPABASE_API_KEY": "schl\xfcssel"})
    assert (answer.ok, answer.sentence) == (
        False,
        "not asked: the key has characters that no header can carry",
    )
