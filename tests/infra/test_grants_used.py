from __future__ import annotations

from pathlib import Path

import pytest

from infra.deployment import ROOT
from infra.discovery import Found, discover
from orchestrator.spec import Function, table
from tests.infra import queries
from tests.infra.reachable import reach_of, variable_of

FOUND = discover(ROOT)
ADDRESSES = ("TABLE_", "QUEUE_", "VECTORS_", "KEY_", "WORKFLOW_", "SECRET_")
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
def test_the_granted_queries_are_those_the_reachable_code_makes_index_by_index(one: Found) -> None:
    assert queries.granted_to(one) == queries.reached_by(one)


def test_every_query_of_the_adapters_is_seen_by_the_rule() -> None:
    reached = {made for one in FOUND for made, _ in queries.calls_of(one)}
    # The keys of a tenant are listed by operators, with permissions of their own.
    assert reached == queries.all_queries() - {"keys.of_tenant"}


@pytest.mark.parametrize(
    ("call", "index"), [("replay('t', 0, 9, 5)", "failed"), ("retry('t', 'r')", ""), ("sweep(0, 5)", "swept")]
)
def test_a_query_is_reached_by_those_whose_code_leads_to_it(tmp_path: Path, call: str, index: str) -> None:
    source = "from orchestrator.wiring import webhooks\n\nasync def work():\n    await webhooks.webhooks()"
    reached = queries.reached_by(function(tmp_path, f"{source}.{call}\n"))
    assert reached == ({("webhooks", index)} if index else set())


@each_function
def test_every_secret_a_function_may_read_can_be_reached_from_its_code(one: Found) -> None:
    granted = {f"SECRET_{vendor.upper()}" for vendor in one.spec.secrets}
    assert granted - reach_of(one).variables == set(), "granted, but no code reads it"


@each_function
def test_everything_the_code_needs_is_granted(one: Found) -> None:
    granted = {variable_of(grant) for grant in one.spec.grants} | {
        f"SECRET_{v.upper()}" for v in one.spec.secrets
    }
    needed = {name for name in reach_of(one).needed if name.startswith(ADDRESSES)}
    assert needed - granted == set(), "the code would stop with a KeyError"


def test_a_grant_that_nothing_uses_is_found(tmp_path: Path) -> None:
    one = function(tmp_path, "from orchestrator import wiring\nhandler = wiring.verified_keys()\n")
    reach = reach_of(one)
    assert {name for name in reach.needed if name.startswith("TABLE_")} == {"TABLE_KEYS"}
    assert reach.uses("GetItem")
    assert not reach.uses("BatchWriteItem")


@pytest.mark.parametrize(
    "source",
    [
        "from orchestrator.wiring import webhooks\nhandler = webhooks.vault()\n",
        "from orchestrator.wiring.webhooks import vault as open_it\nhandler = open_it()\n",
        "from orchestrator import wiring\nhandler = wiring.webhooks.vault()\n",
        "from orchestrator.wiring import webhooks\nasync def work():\n    webhooks.deliverer()\n",
    ],
)
def test_pieces_are_followed_through_the_modules_of_wiring(tmp_path: Path, source: str) -> None:
    assert "KEY_WEBHOOKS" in reach_of(function(tmp_path, source)).needed


def test_a_module_of_wiring_reaches_only_by_the_pieces_that_are_named(tmp_path: Path) -> None:
    source = "from orchestrator.wiring import webhooks\nhandler = webhooks.guard()\n"
    assert not {name for name in reach_of(function(tmp_path, source)).variables if name.startswith(ADDRESSES)}


def test_the_secret_of_a_piece_in_another_module_is_found(tmp_path: Path) -> None:
    source = "from orchestrator.wiring.llm import text_model\nhandler = text_model()\n"
    assert "SECRET_OPENAI" in reach_of(function(tmp_path, source)).variables


def function(root: Path, source: str) -> Found:
    folder = root / "functions" / "api" / "x"
    folder.mkdir(parents=True)
    (folder / "handler.py").write_text(source)
    return Found("api", "x", root, Function(summary="x", grants=(table("keys", "GetItem"),)))
