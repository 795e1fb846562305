"""What the functions of the wing have in common."""

import pytest

from infra.deployment import ROOT
from infra.discovery import Found, discover

USERS = [
    one
    for one in discover(ROOT)
    if any(grant.name == "analysis" for grant in one.spec.grants if grant.kind == "table")
]


def test_there_are_functions_to_look_at() -> None:
    assert {"api-process", "agents-summarizer", "workers-sweep"} <= {one.id for one in USERS}


@pytest.mark.parametrize("one", USERS, ids=lambda one: one.id)
def test_whoever_works_on_requests_knows_how_long_they_are_kept(one: Found) -> None:
    """An agent's item must not expire before its request does."""
    assert "analysis" in one.spec.settings
