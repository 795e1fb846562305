"""Where a key may stand in a request."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.tenancy.credentials import shown


@pytest.mark.parametrize(
    ("headers", "keys"),
    [
        ({}, set()),
        ({"x-api-key": "k"}, {"k"}),
        ({"X-Api-Key": " k "}, {"k"}),
        ({"x-api-key": ""}, set()),
        ({"authorization": "Bearer k"}, {"k"}),
        ({"Authorization": "bearer   k "}, {"k"}),
        ({"authorization": "Bearer"}, set()),
        ({"authorization": "Bearer "}, set()),
        ({"authorization": ""}, set()),
        ({"authorization": "Basic dXNlcjpwYXNz"}, set()),
        ({"authorization": "k"}, set()),
        ({"authorization": "Bearer", "x-api-key": "k"}, {"k"}),
        ({"authorization": "Bearer k", "x-api-key": "k"}, {"k"}),
        ({"authorization": "Bearer j", "x-api-key": "k"}, {"j", "k"}),
        # API Gateway joins a header sent twice with a comma; that is no key.
        ({"x-api-key": "j,k"}, {"j,k"}),
    ],
)
def test_a_key_is_read_from_either_header(headers: dict[str, str], keys: set[str]) -> None:
    assert shown(headers) == keys


@given(st.dictionaries(st.sampled_from(["x-api-key", "authorization", "Authorization", "cookie"]), st.text()))
def test_no_header_value_breaks_the_reader(headers: dict[str, str]) -> None:
    assert all(key == key.strip() != "" for key in shown(headers))
