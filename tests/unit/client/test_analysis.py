"""Texts over the client: what is sent, what is waited for, what is listed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from orchestrator.client import Client, RequestRefused
from tests.unit.client.conftest import Api

TEXT = "Your text here with at least 10 characters..."


def a_request(status: str, **more: Any) -> dict[str, Any]:
    return {"request_id": "req_abc123", "status": status, **more}


def test_a_text_is_sent_as_documented_and_its_acceptance_returned(api: Api) -> None:
    api.will_answer(202, a_request("pending"))
    with Client() as client:
        accepted = client.process(TEXT, orchestration_mode="sequential")
    assert accepted["request_id"] == "req_abc123"
    assert (api.requests[0].method, api.requests[0].url.path) == ("POST", "/api/v1/process")
    assert api.bodies == [{"text": TEXT, "orchestration_mode": "sequential"}]
    assert "prefer" not in api.requests[0].headers


def test_a_receiver_its_secrets_and_a_key_reach_the_api(api: Api) -> None:
    api.will_answer(202, a_request("pending"))
    with Client() as client:
        client.process(
            TEXT, webhook_url="https://example.com/", webhook_secret=["new", "old"], idempotency_key="once"
        )
    assert api.bodies == [
        {"text": TEXT, "webhook_url": "https://example.com/", "webhook_secret": ["new", "old"]}
    ]
    assert api.requests[0].headers["idempotency-key"] == "once"


def test_a_result_that_is_waited_for_comes_back_with_the_first_answer_if_it_is_there(api: Api) -> None:
    api.will_answer(200, a_request("completed", results={}))
    with Client() as client:
        assert client.process(TEXT, wait=60)["status"] == "completed"
    assert [request.headers["prefer"] for request in api.requests] == ["wait=25"]


def test_a_result_that_takes_longer_is_followed_through_what_may_pass(api: Api) -> None:
    api.will_answer(202, a_request("pending"))
    api.will_answer(503, {"error": "Unavailable", "message": "throttled"})
    api.will_answer(200, a_request("processing"))
    api.will_answer(200, a_request("partial", results={}))
    with Client() as client:
        assert client.process(TEXT, wait=30)["status"] == "partial"
    assert [request.url.path for request in api.requests[1:]] == ["/api/v1/results/req_abc123"] * 3


def test_a_result_that_does_not_come_in_time_is_returned_as_it_stands(api: Api) -> None:
    api.will_answer(202, a_request("pending"))
    api.will_answer(200, a_request("processing"))
    with Client() as client:
        assert client.process(TEXT, wait=0.2)["status"] == "processing"


def test_a_batch_is_sent_as_texts(api: Api) -> None:
    api.will_answer(202, {"batch_id": "batch_1", "request_ids": ["req_1", "req_2"]})
    with Client() as client:
        sent = client.process_batch([TEXT, TEXT], orchestration_mode="parallel")
        assert sent["batch_id"] == "batch_1"
        client.batch("batch_1")
    assert api.bodies[0] == {"texts": [TEXT, TEXT], "orchestration_mode": "parallel"}
    assert api.requests[1].url.path == "/api/v1/results/batch_1"


def test_a_list_is_followed_to_its_end_with_the_same_filter(api: Api) -> None:
    api.will_answer(200, {"results": [a_request("failed")], "page_size": 1, "next_cursor": "c1"})
    api.will_answer(200, {"results": [a_request("failed")], "page_size": 1})
    since = datetime(2026, 11, 20, tzinfo=UTC)
    with Client() as client:
        assert len(list(client.results(status="failed", since=since, page_size=1))) == 2
    asked = [dict(request.query_params) for request in api.requests]
    assert all(datetime.fromisoformat(one["since"]) == since for one in asked)
    assert [(one["status"], one["page_size"], one.get("cursor")) for one in asked] == [
        ("failed", "1", None),
        ("failed", "1", "c1"),
    ]


def test_a_page_is_asked_for_only_when_it_is_needed(api: Api) -> None:
    api.will_answer(200, {"results": [a_request("failed")] * 2, "page_size": 2, "next_cursor": "c1"})
    with Client() as client:
        found = client.results()
        next(found)
        next(found)
    assert len(api.requests) == 1


def test_a_deletion_has_no_answer_and_a_second_one_is_refused(api: Api) -> None:
    api.will_answer(204, "")
    api.will_answer(404, {"error": "NotFound", "message": "There are no results"})
    with Client() as client:
        client.delete("req_abc/123")
        with pytest.raises(RequestRefused) as refused:
            client.delete("req_abc/123")
    assert (refused.value.error_type, refused.value.status) == ("NotFound", 404)
    assert api.requests[0].method == "DELETE"
    assert api.requests[0].scope["raw_path"] == b"/api/v1/results/req_abc%2F123"
