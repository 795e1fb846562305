from __future__ import annotations

from pathlib import Path

import pytest

from infra.deployment import ROOT
from infra.discovery import Found, discover
from orchestrator.spec import Function, table
from tests.infra.reachable import reach_of, variable_of

FOUND = discover(ROOT)
each_function = pytest.mark.parametrize("one", FOUND, ids=lambda one: one.id)


@each_function
def test_every_granted_resource_can_be_reached_from_the_functions_code(one: Found) -> None:
    reach = reach_of(one)
    granted = {variable_of(grant) for grant in one.spec.grants}
    own = {f"QUEUE_{one.spec.trigger.queue.upper()}"} if one.spec.trigger else set[str]()
    assert granted - reach.variables - own == set(), "granted, but no code reads where it is"


@each_function
def test_every_granted_action_is_one_the_reachable_code_calls(one: Found) -> None:
    reach = reach_of(one)
    unused = [
        (g.kind, g.name, action) for g in one.spec.grants for action in g.actions if not reach.uses(action)
    ]
    assert unused == []


@each_function
def test_every_secret_a_function_may_read_can_be_reached_from_its_code(one: Found) -> None:
    granted = {f"SECRET_{vendor.upper()}" for vendor in one.spec.secrets}
    assert granted - reach_of(one).variables == set(), "granted, but no code reads it"


@each_function
def test_everything_the_code_needs_is_granted(one: Found) -> None:
    granted = {variable_of(grant) for grant in one.spec.grants} | {
        f"SECRET_{v.upper()}" for v in one.spec.secrets
    }
    needed = {
        name for name in reach_of(one).needed if name.startswith(("TABLE_", "QUEUE_", "VECTORS_", "SECRET_"))
    }
    assert needed - granted == set(), "the code would stop with a KeyError"


def test_a_grant_that_nothing_uses_is_found(tmp_path: Path) -> None:
    folder = tmp_path / "functions" / "api" / "x"
    folder.mkdir(parents=True)
    (folder / "handler.py").write_text("from orchestrator import wiring\nhandler = wiring.verified_keys()\n")
    one = Found("api", "x", tmp_path, Function(summary="x", grants=(table("keys", "GetItem"),)))
    reach = reach_of(one)
    assert {name for name in reach.needed if name.startswith("TABLE_")} == {"TABLE_KEYS"}
    assert reach.uses("GetItem")
    assert not reach.uses("BatchWriteItem")
