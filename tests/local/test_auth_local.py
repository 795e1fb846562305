"""`AUTH_MODE=key` on the real runner: the command makes keys, the authorizer Lambda lets them in or not."""

from __future__ import annotations

import json
from http.client import HTTPConnection

import pytest

from tests.local.house import House
from tests.local.running import Running, until

UNAUTHORIZED = (401, {"message": "Unauthorized"})
FORBIDDEN = (403, {"message": "Forbidden"})


@pytest.fixture(scope="module")
def house(keyed_runner: Running) -> House:
    return House(keyed_runner)


@pytest.mark.parametrize(
    "headers", [{}, {"authorization": "Bearer"}, {"authorization": "Basic YTpi"}, {"x-api-key": ""}]
)
def test_without_a_key_the_gateway_answers_401(house: House, headers: dict[str, str]) -> None:
    assert house.ask("GET", "/jobs/x", headers) == UNAUTHORIZED
    assert house.ask("POST", "/orchestrate", headers, json={"intent": "memory.search"}) == UNAUTHORIZED


def test_what_curl_sends_with_an_unset_variable_is_no_key(house: House) -> None:
    connection = HTTPConnection(house.running.url.removeprefix("http://"), timeout=60)
    connection.request("GET", "/jobs/x", headers={"Authorization": "Bearer "})
    answer = connection.getresponse()
    assert (answer.status, json.load(answer)) == UNAUTHORIZED


def test_a_wrong_key_is_answered_403_by_the_gateway(house: House) -> None:
    key = house.key("acme", "jobs:read")
    other = key[:-1] + ("2" if key[-1] != "2" else "3")
    for headers in (
        {"x-api-key": other},
        {"x-api-key": "orc_short"},
        {"authorization": f"Bearer {other}", "x-api-key": key},
    ):
        assert house.ask("GET", "/jobs/x", headers) == FORBIDDEN


def test_a_right_key_gets_through_in_either_header(house: House) -> None:
    key = house.key("acme", "jobs:read")
    for headers in (
        {"x-api-key": key},
        {"authorization": f"Bearer {key}"},
        {"authorization": "Bearer", "x-api-key": key},
    ):
        status, body = house.ask("GET", "/jobs/x", headers)
        assert (status, body["error_type"]) == (404, "NotFound")


def test_a_key_without_the_scope_is_told_which_in_our_own_envelope(house: House) -> None:
    status, body = house.ask("DELETE", "/jobs/x", {"x-api-key": house.key("acme", "jobs:read")})
    assert (status, body["error_type"]) == (403, "Forbidden")
    assert "jobs:cancel" in body["error"]


def test_a_job_of_another_tenant_is_not_found(house: House) -> None:
    mine, theirs = ({"x-api-key": house.key(tenant)} for tenant in ("acme", "rival"))
    request = {
        "intent": "memory.import",
        "inputs": {"texts": ["our secret plan"]},
        "context": {"user_id": "u1"},
    }
    status, accepted = house.ask("POST", "/orchestrate", {**mine, "prefer": "respond-async"}, json=request)
    assert status == 202
    path = f"/jobs/{accepted['job_id']}"
    for method in ("GET", "DELETE"):
        status, body = house.ask(method, path, theirs)
        assert (status, body["error_type"]) == (404, "NotFound")
    until(lambda: house.ask("GET", path, mine)[1]["status"] == "success")


def test_the_memory_of_another_tenant_is_not_searched(house: House) -> None:
    mine, theirs = ({"x-api-key": house.key(tenant)} for tenant in ("acme", "rival"))
    context = {"user_id": "the same in both"}
    text = "the launch is on the fourth of March"
    write = {"intent": "memory.write", "inputs": {"text": text}, "context": context}
    assert house.ask("POST", "/orchestrate", mine, json=write)[0] == 200
    search = {"intent": "memory.search", "inputs": {"query": "launch"}, "context": context}
    found = until(
        lambda: (
            text in str(house.ask("POST", "/orchestrate", {**mine, "cache-control": "no-cache"}, json=search))
        )
    )
    assert found
    status, body = house.ask("POST", "/orchestrate", theirs, json=search)
    assert status == 200
    assert text not in str(body)


def test_revoking_acts_once_the_key_is_no_longer_remembered(house: House) -> None:
    key = house.key("leavers", "jobs:read")
    assert house.ask("GET", "/jobs/x", {"x-api-key": key})[0] == 404
    done = house.command("revoke", key)
    assert (done.returncode, "revoked" in done.stdout) == (0, True)
    until(lambda: house.ask("GET", "/jobs/x", {"x-api-key": key}) == FORBIDDEN)
    assert "revoked" in house.command("list", "--tenant", "leavers").stdout


@pytest.mark.parametrize("path", ["/health", "/docs", "/openapi.json"])
def test_public_routes_ask_for_no_key(house: House, path: str) -> None:
    assert house.running.get(path).status_code == 200


def test_no_key_ever_reaches_a_log(house: House) -> None:
    key = house.key("acme", "jobs:read")
    house.ask("GET", "/jobs/x", {"x-api-key": key})
    house.ask("DELETE", "/jobs/x", {"x-api-key": key})
    house.ask("GET", "/jobs/x", {"x-api-key": key, "authorization": "Bearer" + key[:-1]})
    until(lambda: "two different keys" in house.running.log())
    assert key.split("_")[2][:40] not in house.running.log()
