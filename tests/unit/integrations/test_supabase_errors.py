"""What is passed on of an error: PostgREST's four fields, and nothing that is a secret."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.errors import NotFound, VendorBusy, VendorError
from orchestrator.integrations import supabase_errors as errors

WORDS = st.text(max_size=30)
SECRETS = st.from_regex(r"sb_(secret|publishable)_[A-Za-z0-9_-]{8,40}", fullmatch=True) | st.from_regex(
    r"eyJ[A-Za-z0-9_-]{4,30}\.[A-Za-z0-9_-]{4,40}\.[A-Za-z0-9_-]{4,40}", fullmatch=True
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=8,
)
FIELDS = ("code", "message", "details", "hint")


@given(secret=SECRETS, before=WORDS, after=WORDS, field=st.sampled_from(FIELDS))
def test_a_key_is_never_passed_on_whatever_stands_around_it(
    secret: str, before: str, after: str, field: str
) -> None:
    said = errors.said({field: f"{before}{secret}{after}"}, 400, [secret])
    assert secret not in json.dumps(said)
    # One that is not ours is known by its look.
    said = errors.said({field: f"{before} {secret} {after}"}, 400, [])
    assert secret not in json.dumps(said)


@given(
    body=JSON | st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, JSON)), status=st.integers(300, 599)
)
def test_any_body_makes_four_short_fields_and_an_error(body: Any, status: int) -> None:
    said = errors.said(body, status, ["k"])
    assert set(said) == set(FIELDS)
    assert said["message"]
    assert all(value is None or len(value) <= 500 for value in said.values())
    failure = errors.failure(status, said, {"retry-after": "soon"})
    assert isinstance(failure, VendorError | NotFound)
    assert failure.retryable is (errors.is_passing(status) and not isinstance(failure, NotFound))


@pytest.mark.parametrize(
    ("status", "code", "hint"),
    [
        (401, "PGRST301", "SUPABASE_API_KEY"),
        (401, "", "SUPABASE_API_KEY"),
        (401, "42501", "role"),
        (403, "42501", "role"),
        (404, "", "SUPABASE_URL"),
        (404, "42P01", "SUPABASE_URL"),
        (404, "PGRST205", "SUPABASE_URL"),
        (400, "22P02", "docs/supabase.sql"),
        (400, "PGRST204", "docs/supabase.sql"),
        (409, "23505", "already"),
    ],
)
def test_each_refusal_says_what_to_do(status: int, code: str, hint: str) -> None:
    failure = errors.failure(status, errors.said({"code": code, "message": "no"}, status, []), {})
    assert hint in str(failure.hint)
    assert failure.message == f"supabase: no ({f'{code}, ' if code else ''}{status})"


def test_the_gateways_waiting_time_is_kept() -> None:
    failure = errors.failure(429, errors.said(None, 429, []), {"retry-after": "7"})
    assert isinstance(failure, VendorBusy)
    assert failure.retry_after == 7
    assert failure.message == "supabase: HTTP 429 without an explanation (429)"
