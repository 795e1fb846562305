"""Analyses and webhooks in `AUTH_MODE=key`: each tenant has its own, each scope opens its own."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from orchestrator.webhooks import signing
from tests.local.analysing import FINAL, marker, text
from tests.local.house import House, Tenant
from tests.local.receiving import Receiver, status
from tests.local.running import Running, until

PROCESS, RESULTS, RETRY = "/api/v1/process", "/api/v1/results", "/api/v1/webhook/retry"
LOGS = "/api/v1/webhook-logs"
FORMER = "2020-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def tenants(keyed_runner: Running) -> dict[str, Tenant]:
    house = House(keyed_runner)
    wanted = {"owner": ("default", "*"), "rival": ("competitor", "*"), "reader": ("default", "analysis:read")}
    return {name: Tenant(house, {"x-api-key": house.key(*one)}) for name, one in wanted.items()}


def finished(tenant: Tenant, **body: Any) -> str:
    """Have a text analysed and return the id of its request."""
    given = {"text": text(marker()), "orchestration_mode": "parallel"} | body
    code, answer = tenant.ask("POST", PROCESS, json=given)
    assert code == 202, answer
    until(lambda: tenant.get(answer["results_url"])["status"] in FINAL, 60)
    return answer["request_id"]


def delivery(tenant: Tenant, request_id: str, wanted: str) -> dict[str, Any]:
    """The log of a request's webhook once it has that status."""
    return until(
        lambda: (log := tenant.ask("GET", f"{LOGS}/{request_id}")[1]).get("status") == wanted and log, 60
    )


def ids(page: dict[str, Any]) -> list[str]:
    return [one["request_id"] for one in page["results"]]


def test_what_one_tenant_has_another_cannot_find(tenants: dict[str, Tenant], receiver: Receiver) -> None:
    owner, rival = tenants["owner"], tenants["rival"]
    request_id = finished(owner, webhook_url=receiver.at(f"/{marker()}"))
    delivery(owner, request_id, "delivered")
    result, log = f"{RESULTS}/{request_id}", f"{LOGS}/{request_id}"
    before = owner.get(result), owner.get(log)
    for method, path in [
        ("GET", result),
        ("DELETE", result),
        ("GET", log),
        ("POST", f"{RETRY}/{request_id}"),
        ("GET", f"/jobs/{request_id}"),
    ]:
        code, body = rival.ask(method, path)
        assert (code, body.get("error_type") or body["error"]) == (404, "NotFound"), path
    assert (owner.get(result), owner.get(log)) == before
    assert owner.get(f"/jobs/{request_id}")["status"] == "success"
    assert request_id not in ids(rival.get(RESULTS))


def test_failed_deliveries_are_replayed_for_their_own_tenant_only(
    tenants: dict[str, Tenant], receiver: Receiver
) -> None:
    owner, rival = tenants["owner"], tenants["rival"]
    urls = [receiver.at(f"/{marker()}", status(410), status(204)) for _ in range(2)]
    failed = [finished(owner, webhook_url=url) for url in urls]
    logs = [delivery(owner, one, "failed") for one in failed]
    code, body = rival.ask("POST", RETRY, params={"since": FORMER})
    assert (code, body) == (202, {"request_ids": [], "has_more": False})
    latest = max(log["updated_at"] for log in logs)
    code, body = owner.ask("POST", RETRY, params={"since": FORMER, "until": FORMER})
    assert (code, body["request_ids"]) == (202, [])
    code, body = owner.ask("POST", RETRY, params={"since": latest, "limit": 1})
    assert (code, len(body["request_ids"])) == (202, 1)
    code, rest = owner.ask("POST", RETRY, params={"since": FORMER})
    assert {*body["request_ids"], *rest["request_ids"]} == {*failed}
    for one in failed:
        codes = [attempt["status_code"] for attempt in delivery(owner, one, "delivered")["attempts"]]
        assert codes == [410, 204]


def test_lists_are_read_by_page_by_cursor_by_status_and_by_time(tenants: dict[str, Tenant]) -> None:
    rival = tenants["rival"]
    sent = [finished(rival) for _ in range(5)]
    newest_first = sent[::-1]
    until(lambda: ids(rival.get(RESULTS, status="completed")) == newest_first, 60)
    pages = [rival.get(RESULTS, page=number, page_size=2) for number in (1, 2, 3)]
    assert [ids(page) for page in pages] == [newest_first[:2], newest_first[2:4], newest_first[4:]]
    walked, cursor = ids(pages[0]), pages[0]["next_cursor"]
    while cursor:
        page = rival.get(RESULTS, cursor=cursor, page_size=2)
        walked, cursor = walked + ids(page), page.get("next_cursor")
    assert walked == newest_first
    created = [one["created_at"] for one in rival.get(RESULTS)["results"]][::-1]
    assert ids(rival.get(RESULTS, since=created[3])) == newest_first[:2]
    assert ids(rival.get(RESULTS, until=created[1])) == newest_first[3:]
    assert ids(rival.get(RESULTS, since=created[1], until=created[3])) == newest_first[1:4]
    assert {name: ids(rival.get(RESULTS, status=name)) for name in ("pending", *FINAL)} == {
        "pending": [], "completed": newest_first, "partial": [], "failed": [],
    }  # fmt: skip
    assert rival.ask("GET", RESULTS, params={"cursor": "no cursor"})[0] == 422
    other = tenants["owner"].get(RESULTS, cursor=pages[0]["next_cursor"])
    assert not {*ids(other)} & {*sent}


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", PROCESS, "analysis:run"),
        ("DELETE", f"{RESULTS}/req_x", "analysis:delete"),
        ("GET", f"{LOGS}/req_x", "webhooks:read"),
        ("POST", f"{RETRY}/req_x", "webhooks:retry"),
        ("POST", f"{RETRY}?since={FORMER}", "webhooks:retry"),
        ("GET", "/jobs/req_x", "jobs:read"),
    ],
)
def test_a_scope_opens_its_own_routes_only(
    tenants: dict[str, Tenant], method: str, path: str, scope: str
) -> None:
    reader = tenants["reader"]
    body = {"text": text(marker())} if path == PROCESS else None
    code, refused = reader.ask(method, path, json=body)
    assert (code, refused.get("error_type") or refused["error"]) == (403, "Forbidden")
    assert scope in json.dumps(refused)
    assert reader.ask("GET", RESULTS)[0] == 200


def test_what_is_signed_needs_no_key_and_belongs_to_the_default_tenant(tenants: dict[str, Tenant]) -> None:
    running = tenants["owner"].house.running
    body = json.dumps({"text": text(marker())}).encode()
    unsigned = running.post("/webhook/receive", content=body)
    assert (unsigned.status_code, unsigned.json()["error"]) == (401, "BadSignature")
    headers = signing.headers(body, ["local-stand-in"], marker(), int(time.time()))
    headers["content-type"] = "application/json"
    taken = running.post("/webhook/receive", content=body, headers=headers)
    assert taken.status_code == 202
    assert tenants["owner"].get(taken.headers["location"])["request_id"] == taken.json()["request_id"]
    assert tenants["rival"].ask("GET", taken.headers["location"])[0] == 404
    echoed = running.post("/webhook/callback/test", content=body, headers=headers)
    assert (echoed.status_code, echoed.json()["signature"]["valid"]) == (200, True)
