"""Analyses and webhooks in `AUTH_MODE=key`: each tenant has its own, each scope opens its own."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any

import pytest

from orchestrator.webhooks import signing
from tests.local.analysing import FINAL, marker, text
from tests.local.house import House, Tenant
from tests.local.receiving import Receiver, status
from tests.local.running import Running, until

PROCESS, RESULTS = "/api/v1/process", "/api/v1/results"
LOGS, RETRY = "/api/v1/webhook-logs", "/api/v1/webhook/retry"
FORMER = "2020-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def tenants(keyed_runner: Running) -> dict[str, Tenant]:
    house = House(keyed_runner)
    wanted = {"owner": ("default", "*"), "rival": ("competitor", "*"), "reader": ("default", "analysis:read")}
    return {name: Tenant(house, {"x-api-key": house.key(*one)}) for name, one in wanted.items()}


def ids(page: dict[str, Any]) -> list[str]:
    return [one["request_id"] for one in page["results"]]


def test_what_one_tenant_has_another_cannot_find(tenants: dict[str, Tenant], receiver: Receiver) -> None:
    owner, rival = tenants["owner"], tenants["rival"]
    request_id = owner.finished(webhook_url=receiver.at(f"/{marker()}"))
    owner.delivery(request_id, "delivered")
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


@dataclass(frozen=True)
class Replayed:
    """Two deliveries of the owner that have failed, and what each was told who asked for replays."""

    failed: set[str]
    rivals: dict[str, Any]
    owners: list[list[str]]


@pytest.fixture(scope="module")
def replayed(tenants: dict[str, Tenant], receiver: Receiver) -> Replayed:
    """A replay begins ten seconds later: other tests have theirs meanwhile."""
    urls = [receiver.at(f"/{marker()}", status(410), status(204)) for _ in range(2)]
    failed = [tenants["owner"].finished(webhook_url=url) for url in urls]
    latest = max(tenants["owner"].delivery(one, "failed")["updated_at"] for one in failed)

    def replay(tenant: str, **params: Any) -> dict[str, Any]:
        code, body = tenants[tenant].ask("POST", RETRY, params=params)
        assert code == 202, body
        return body

    rivals = replay("rival", since=FORMER)
    ranges = [{"since": FORMER, "until": FORMER}, {"since": latest, "limit": 1}, {"since": FORMER}]
    return Replayed({*failed}, rivals, [replay("owner", **one)["request_ids"] for one in ranges])


def test_failed_deliveries_are_replayed_for_their_own_tenant_only(replayed: Replayed) -> None:
    assert replayed.rivals == {"request_ids": [], "has_more": False}
    before, latest, rest = replayed.owners
    assert (before, len(latest), len(rest)) == ([], 1, 1)
    assert {*latest, *rest} == replayed.failed


def test_lists_are_read_by_page_by_cursor_by_status_and_by_time(tenants: dict[str, Tenant]) -> None:
    rival = tenants["rival"]
    sent = [rival.finished() for _ in range(5)]
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
    reader, body = tenants["reader"], {"text": text(marker())} if path == PROCESS else None
    code, refused = reader.ask(method, path, json=body)
    assert (code, refused.get("error_type") or refused["error"]) == (403, "Forbidden")
    assert scope in json.dumps(refused)
    assert reader.ask("GET", RESULTS)[0] == 200


def test_what_is_signed_needs_no_key_and_belongs_to_the_default_tenant(tenants: dict[str, Tenant]) -> None:
    running = tenants["owner"].house.running
    body = json.dumps({"text": text(marker())}).encode()
    unsigned = running.post("/webhook/receive", content=body)
    assert (unsigned.status_code, unsigned.json()["error"]) == (401, "BadSignature")
    signed = signing.headers(body, ["local-stand-in"], marker(), int(time.time()))
    headers = signed | {"content-type": "application/json"}
    taken = running.post("/webhook/receive", content=body, headers=headers)
    assert taken.status_code == 202
    assert tenants["owner"].get(taken.headers["location"])["request_id"] == taken.json()["request_id"]
    assert tenants["rival"].ask("GET", taken.headers["location"])[0] == 404
    echoed = running.post("/webhook/callback/test", content=body, headers=headers)
    assert (echoed.status_code, echoed.json()["signature"]["valid"]) == (200, True)


def test_what_was_replayed_is_delivered(tenants: dict[str, Tenant], replayed: Replayed) -> None:
    for one in replayed.failed:
        attempts = tenants["owner"].delivery(one, "delivered")["attempts"]
        assert [attempt["status_code"] for attempt in attempts] == [410, 204]
