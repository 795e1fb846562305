"""GET and DELETE /api/v1/results (`api/results`), and requests at /jobs/{job_id}."""

import asyncio
import json
import time
from typing import Any

import pytest

from orchestrator.wiring import webhooks
from tests.fakes.api_gateway import Answer, send
from tests.fakes.functions import CALLER, Deployed, load
from tests.functions.analysis.world import REQUEST, messages, put, status, work

FOLDER = "api/results"


def get(api: Deployed, case: str = "get_result", **more: Any) -> Answer:
    return api.send(FOLDER, case, **more)


def at(api: Deployed, case: str, identifier: str, query: str = "") -> Answer:
    """Send the event of a case for another id."""
    text = (
        json.dumps(load(FOLDER, case)).replace("req_abc123", identifier).replace("batch_abc123", identifier)
    )
    event = json.loads(text)
    event["requestContext"]["authorizer"] = {"lambda": CALLER}
    return send(api.handler(FOLDER), event | {"rawQueryString": query})


def listed(api: Deployed, **query: Any) -> Answer:
    text = "&".join(f"{name}={value}" for name, value in query.items())
    return get(api, "list_results", rawQueryString=text, queryStringParameters=query)


def ids(answer: Answer) -> list[str]:
    assert answer.status == 200, answer.text
    return [one["request_id"] for one in answer.json["results"]]


def fill(api: Deployed, count: int) -> list[str]:
    """Accept requests, a second apart; return their ids, newest first."""
    now = time.time() - 100
    names = [f"req_{number:02d}" for number in range(count)]
    for number, name in enumerate(names):
        put(api, name, created_at=now + number)
    return names[::-1]


def test_a_running_request_shows_what_was_found_with_one_read(api: Deployed) -> None:
    put(api)
    work(api, "summarizer")
    api.stack.calls.clear()
    answer = get(api)
    assert (answer.status, answer.json["status"]) == (200, "processing")
    assert set(answer.json["results"]) == {"summary"}
    assert api.stack.calls == ["Query"]


def test_a_finished_request_shows_everything_but_its_text(api: Deployed) -> None:
    put(api)
    work(api)
    answer = get(api, "get_result_waiting_for_it")
    assert answer.json["status"] == "completed"
    assert set(answer.json) == {
        *("request_id", "status", "orchestration_mode", "text_length", "created_at", "completed_at"),
        *("duration_ms", "webhook_url", "results", "errors", "agents", "usage"),
    }


@pytest.mark.parametrize("case", ["get_result", "delete_result"])
def test_another_tenants_request_is_not_found(api: Deployed, case: str) -> None:
    put(api, tenant="other")
    assert get(api, case).status == 404
    assert get(api, case, caller={"tenant": "other"}).status in (200, 204)


def test_a_request_nobody_knows_is_not_found_in_the_documents_words(api: Deployed) -> None:
    answer = get(api, "unknown_result")
    assert (answer.status, answer.json["error"]) == (404, "NotFound")
    assert {"error", "message", "request_id"} <= set(answer.json)


def test_a_deleted_request_is_gone_at_once_with_its_delivery(api: Deployed) -> None:
    put(api)
    work(api)
    api.invoke("agents/collector", STATE)
    api.stack.calls.clear()
    assert get(api, "delete_result").status == 204
    assert api.stack.calls == ["TransactWriteItems", "DeleteItem"]
    assert get(api).status == get(api, "delete_result").status == 404
    assert not asyncio.run(webhooks.webhooks().forget("acme", REQUEST))


def test_a_batch_is_shown_and_deleted_as_one(api: Deployed) -> None:
    made = api.send("api/process", "batch").json
    batch_id = made["batch_id"]
    api.stack.calls.clear()
    shown = at(api, "get_batch", batch_id)
    assert api.stack.calls == ["GetItem", "BatchGetItem"]
    assert [one["request_id"] for one in shown.json["requests"]] == made["request_ids"]
    assert at(api, "delete_result", batch_id).status == 204
    assert at(api, "get_batch", batch_id).status == 404
    assert [status(api, one) for one in made["request_ids"]] == [None, None]


def test_a_list_is_read_page_by_page_by_number_and_by_cursor(api: Deployed) -> None:
    names = fill(api, 5)
    first = listed(api, page_size=2)
    assert (ids(first), first.json["page"], first.json["page_size"]) == (names[:2], 1, 2)
    assert ids(listed(api, page=2, page_size=2)) == names[2:4]
    by_cursor = listed(api, cursor=first.json["next_cursor"], page_size=2)
    assert (ids(by_cursor), "page" in by_cursor.json) == (names[2:4], False)
    last = listed(api, page=3, page_size=2)
    assert (ids(last), "next_cursor" in last.json) == (names[4:], False)


def test_a_page_costs_the_same_however_long_the_list_is(api: Deployed) -> None:
    fill(api, 30)
    api.stack.calls.clear()
    listed(api, page_size=5)
    assert sorted(api.stack.calls) == ["BatchGetItem", "Query", "Query", "Query", "Query"]


def test_a_list_is_narrowed_by_status_and_time(api: Deployed) -> None:
    names = fill(api, 4)
    work(api, request_id=names[1])
    api.invoke("agents/collector", STATE | {"request_id": names[1]})
    assert ids(listed(api, status="completed")) == [names[1]]
    assert ids(listed(api, status="pending")) == [names[0], names[2], names[3]]
    moment = listed(api).json["results"][1]["created_at"]
    assert ids(listed(api, since=moment)) == names[:2]
    assert ids(listed(api, until=moment.replace("Z", "%2B00:00")))[-1] == names[3]
    assert ids(listed(api, since=moment.replace("Z", "+00:00"), until=moment)) in ([names[1]], [])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"page": 0}, "query.page"),
        ({"page": 51}, "query.page"),
        ({"page_size": 101}, "query.page_size"),
        ({"page_size": 0}, "query.page_size"),
        ({"cursor": "x"}, "query.cursor"),
        ({"status": "done"}, "query.status"),
        ({"since": "yesterday"}, "query.since"),
        ({"since": "2026-11-21T00:00:00Z", "until": "2026-11-20T00:00:00Z"}, "query.until"),
    ],
)
def test_a_wrong_parameter_is_named(api: Deployed, query: dict[str, Any], field: str) -> None:
    answer = listed(api, **query)
    assert (answer.status, answer.json.get("field"), bool(answer.json.get("hint"))) == (422, field, True)


@pytest.mark.parametrize("wait", ["-1", "28", "nan", "soon"])
def test_a_wait_that_is_no_number_of_seconds_is_refused_by_name(api: Deployed, wait: str) -> None:
    put(api)
    answer = get(api, rawQueryString=f"wait={wait}", queryStringParameters={"wait": wait})
    assert (answer.status, answer.json["field"], bool(answer.json["hint"])) == (422, "query.wait", True)


def test_a_batch_is_not_waited_for_and_says_so(api: Deployed) -> None:
    batch_id = api.send("api/process", "batch").json["batch_id"]
    refused = at(api, "get_batch", batch_id, "wait=5")
    assert (refused.status, refused.json["field"]) == (422, "query.wait")
    assert "one request after the other" in refused.json["hint"]
    assert at(api, "get_batch", batch_id, "wait=0").status == 200


@pytest.mark.parametrize(
    ("case", "scope"),
    [("get_result", "analysis:run"), ("list_results", "x"), ("delete_result", "analysis:read")],
)
def test_each_route_needs_its_own_scope(api: Deployed, case: str, scope: str) -> None:
    put(api)
    assert get(api, case, caller={"scopes": scope}).status == 403


def test_a_request_can_be_followed_as_a_job(api: Deployed) -> None:
    put(api)
    assert api.send("api/jobs", "get_analysis").json["status"] == "accepted"
    work(api)
    api.stack.calls.clear()
    job = api.send("api/jobs", "get_analysis").json
    assert (job["job_id"], job["status"], job["result"]["status"]) == (REQUEST, "success", "completed")
    assert api.stack.calls == ["Query"]


@pytest.mark.parametrize("scope", ["jobs:read", "analysis:read"])
def test_as_a_job_too_results_are_for_those_who_may_read_results(api: Deployed, scope: str) -> None:
    put(api)
    answer = api.send("api/jobs", "get_analysis", caller={"scopes": scope})
    assert (answer.status, answer.json["error_type"]) == (403, "Forbidden")


def test_a_request_cannot_be_cancelled_as_a_job_but_is_told_how_to_erase_it(api: Deployed) -> None:
    put(api)
    answer = api.send("api/jobs", "cancel_analysis")
    assert answer.status == 409
    assert "DELETE /api/v1/results" in answer.json["hint"]
    assert status(api) == "pending"


def test_the_queue_of_webhooks_hears_of_a_deleted_request_no_more(api: Deployed) -> None:
    put(api)
    get(api, "delete_result")
    api.invoke("agents/collector", STATE)
    assert messages(api, "webhooks") == []


STATE = {"tenant": "acme", "request_id": REQUEST, "mode": "parallel", "correlation_id": "order-4711"}
