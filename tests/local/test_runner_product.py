"""The runner with the product's own stack."""

from __future__ import annotations

from tests.local.running import Running


def test_an_unknown_route_is_answered_by_the_gateway(runner: Running) -> None:
    answer = runner.get("/no/such/route")
    assert (answer.status_code, answer.json()) == (404, {"message": "Not Found"})
