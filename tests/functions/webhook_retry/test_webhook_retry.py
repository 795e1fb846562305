"""POST /api/v1/webhook/retry, with and without an id, from API Gateway's event to its answer, on moto."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from orchestrator.aws import clients
from orchestrator.webhooks import service
from tests.fakes.api_gateway import Answer, send
from tests.fakes.deliveries import BODY, find, put
from tests.fakes.functions import Deployed, deployed, load

FOLDER = "api/webhook_retry"
REPLAYED_FROM = datetime(2026, 11, 20, 11, 0, tzinfo=UTC).timestamp()


@pytest.fixture
def api() -> Iterator[Deployed]:
    with deployed("http://127.0.0.1:9/unused") as made:
        yield made


def post(api: Deployed, case: str = "again", **more: Any) -> Answer:
    api.stack.calls.clear()
    return api.send(FOLDER, case, **more)


def sent(api: Deployed) -> list[str]:
    """The subjects of the messages in the queue."""
    found: list[str] = []
    url = api.stack.environment["QUEUE_WEBHOOKS"]
    while messages := clients.sqs().receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
        found += [json.loads(message["Body"])["subject"] for message in messages]
    return found


@pytest.mark.parametrize("body", [None, "", "{}", '{"webhook_url": null}', "null"])
def test_a_body_is_not_needed(api: Deployed, body: str | None) -> None:
    put("failed")
    answer = post(api, body=body, headers={"content-type": "application/json"})
    assert answer.status == 202, answer.text
    assert api.stack.calls == ["SendMessage", "UpdateItem", "SendMessage"]
    assert (answer.json["status"], answer.json["webhook_id"]) == ("waiting", "msg_abc123")
    assert sent(api) == ["req_abc123"]


def test_curl_without_a_body_and_a_content_type_is_understood(api: Deployed) -> None:
    put("delivered")
    answer = post(api, body="", headers={"content-type": "application/x-www-form-urlencoded"})
    assert answer.status == 202, answer.text


@pytest.mark.parametrize("status", ["pending", "waiting", "delivered", "failed"])
def test_a_delivery_can_be_tried_again_whatever_became_of_it(api: Deployed, status: str) -> None:
    put(status, due=time.time() + 900 if status == "waiting" else None)
    assert post(api).status == 202
    kept = find()
    assert (kept.status, kept.by_hand, kept.tries) == ("waiting", True, 0)
    assert kept.next_at is not None
    assert kept.next_at <= time.time()


def test_a_new_url_replaces_the_old_one_and_the_secrets_stay(api: Deployed) -> None:
    put("failed", sealed=("c2VhbGVk",))
    answer = post(api, "elsewhere")
    assert answer.status == 202
    assert answer.json["webhook_url"] == "https://your-app.com/webhook/callback"
    kept = find().announcement
    assert (kept.url, kept.sealed, kept.body) == (
        "https://your-app.com/webhook/callback",
        ("c2VhbGVk",),
        BODY,
    )


@pytest.mark.parametrize(
    "url", ["https://169.254.169.254/", "http://your-app.com/", "https://localhost/", "ftp://x.com", "no url"]
)
def test_a_url_that_leads_where_it_must_not_changes_nothing(api: Deployed, url: str) -> None:
    before = put("failed")
    answer = post(api, "elsewhere", body={"webhook_url": url})
    assert (answer.status, answer.json["error"], answer.json["field"]) == (422, "InvalidInput", "webhook_url")
    assert (find(), sent(api)) == (before, [])


def test_the_recorded_private_address_is_refused(api: Deployed) -> None:
    put("failed")
    assert post(api, "to_a_private_address").status == 422


@pytest.mark.parametrize("body", ['{"url": "https://your-app.com/"}', '{"webhook_url": 5}', "[]", "{"])
def test_a_body_that_is_not_understood_is_refused(api: Deployed, body: str) -> None:
    put("failed")
    answer = post(api, body=body, headers={"content-type": "application/json"})
    assert answer.status in (400, 422)
    assert sent(api) == []


def test_while_an_attempt_runs_it_is_a_conflict_that_says_how_long(api: Deployed) -> None:
    put("delivering")
    answer = post(api, "while_it_runs")
    assert (answer.status, answer.json["error"]) == (409, "Conflict")
    assert 0 < int(answer.headers["retry-after"]) <= 40
    assert sent(api) == []


@pytest.mark.parametrize(("case", "tenant"), [("unknown", "acme"), ("again", "other")])
def test_what_is_not_there_or_another_tenants_is_not_found(api: Deployed, case: str, tenant: str) -> None:
    put("failed", tenant=tenant)
    answer = post(api, case)
    assert (answer.status, answer.json["error"]) == (404, "NotFound")
    assert sent(api) == []


def test_a_replay_tries_what_failed_in_its_range_and_says_when_there_is_more(
    api: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "HEAD_START", 0)
    for minutes in (10, 20, 30, 70):
        put("failed", subject=f"req_{minutes}", at=REPLAYED_FROM + 60 * minutes)
    put("delivered", subject="req_good", at=REPLAYED_FROM + 60)
    put("failed", subject="req_theirs", tenant="other", at=REPLAYED_FROM + 60)
    first, second, third = (post(api, "replay").json for _ in range(3))
    assert first == {"request_ids": ["req_10", "req_20"], "has_more": True}
    assert second == {"request_ids": ["req_30"], "has_more": False}
    assert third == {"request_ids": [], "has_more": False}
    assert sorted(sent(api)) == ["req_10", "req_20", "req_30"]
    assert all(find(f"req_{minutes}").next_at for minutes in (10, 20, 30))


def test_a_replay_is_202_and_scans_nothing(api: Deployed) -> None:
    put("failed", at=REPLAYED_FROM + 60)
    assert post(api, "replay").status == 202
    assert set(api.stack.calls) == {"Query", "UpdateItem", "SendMessage"}


@pytest.mark.parametrize(
    "query",
    ["", "since=yesterday", "since=2026-11-20T11:00:00Z&limit=0", "since=2026-11-20T11:00:00Z&limit=501",
     "since=2026-11-20T11:00:00Z&until=2026-11-20T10:00:00Z"],
)  # fmt: skip
def test_a_range_that_is_none_is_refused(api: Deployed, query: str) -> None:
    assert post(api, "replay", rawQueryString=query).status == 422


def test_a_replay_from_a_moment_ahead_is_refused_by_that_moments_name(api: Deployed) -> None:
    refused = post(api, "replay", rawQueryString="since=2999-01-01T00:00:00Z")
    assert (refused.status, refused.json["field"]) == (422, "query.since")


@pytest.mark.parametrize("since", ["2026-11-20T11:00:00", "2026-11-20T12:00:00%2B01:00", "2026-11-20"])
def test_a_moment_may_have_an_offset_or_is_utc(api: Deployed, since: str) -> None:
    put("failed", at=REPLAYED_FROM + 60)
    query = f"since={since}&until=2026-11-20T11:30:00Z"
    assert post(api, "replay", rawQueryString=query).json["request_ids"] == ["req_abc123"]


@pytest.mark.parametrize("case", ["again", "replay"])
def test_the_key_needs_the_scope(api: Deployed, case: str) -> None:
    put("failed")
    answer = post(api, case, caller={"scopes": "webhooks:read"})
    assert (answer.status, answer.json["error"]) == (403, "Forbidden")


@pytest.mark.parametrize(("subject", "reads"), [("req_abc123", "analysis:read"), ("job_abc123", "jobs:read")])
def test_another_address_needs_the_scope_that_reads_what_is_delivered(
    api: Deployed, subject: str, reads: str
) -> None:
    before = put("failed", subject=subject)
    event = load(FOLDER, "elsewhere")
    event["requestContext"]["http"]["path"] = f"/api/v1/webhook/retry/{subject}"
    caller = event["requestContext"]["authorizer"]["lambda"]
    others = {"analysis:read", "jobs:read", "webhooks:read"} - {reads}
    caller["scopes"] = " ".join(["webhooks:retry", *sorted(others)])
    refused = send(api.handler(FOLDER), event)
    assert (refused.status, find(subject), sent(api)) == (403, before, [])
    assert reads in refused.json["message"]
    caller["scopes"] = f"webhooks:retry {reads}"
    assert send(api.handler(FOLDER), event).status == 202


def test_the_same_address_needs_no_more_than_the_scope_of_retries(api: Deployed) -> None:
    put("failed")
    assert post(api, caller={"scopes": "webhooks:retry"}).status == 202
