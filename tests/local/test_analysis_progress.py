"""Analyses on their way: what can be seen before their end, and how long one waits for it."""

from __future__ import annotations

from tests.local.analysing import (
    PASS,
    accepted,
    calls_about,
    delivery_ended,
    ended,
    marker,
    process,
    result,
    text,
    vendor,
)
from tests.local.receiving import Receiver
from tests.local.running import Running, until

SLOW = {"kind": "slow", "delay_ms": 4000}


def test_what_is_found_can_be_read_while_the_rest_is_on_its_way(runner: Running) -> None:
    mark = marker()
    vendor(runner, mark, PASS, SLOW)
    for path in ("/api/v1/results", "/jobs/req_0"):
        runner.get(path)  # its worker is up: the first look is not the last one
    request_id = accepted(runner, text(mark), orchestration_mode="sequential")
    found = until(lambda: len((shown := result(runner, request_id))["agents"]) == 2 and shown, 60)
    assert (found["status"], list(found["results"]), found["errors"]) == ("processing", ["summary"], {})
    assert [one["status"] for one in found["agents"]] == ["completed", "running"]
    assert "completed_at" not in found
    job = runner.get(f"/jobs/{request_id}").json()
    assert (job["status"], job["progress"]["done"], job["progress"]["total"]) == ("running", 1, 3)
    listed = runner.get("/api/v1/results", params={"status": "processing", "page_size": 100}).json()
    assert request_id in [one["request_id"] for one in listed["results"]]
    whole = ended(runner, request_id)
    assert (whole["status"], whole["results"]["summary"]) == ("completed", found["results"]["summary"])
    assert whole["agents"][0] == found["agents"][0]
    assert whole["agents"][1]["duration_ms"] >= SLOW["delay_ms"]


def test_in_turn_the_summary_is_handed_on_and_side_by_side_it_is_not(runner: Running) -> None:
    marks = {mode: marker() for mode in ("sequential", "parallel")}
    for mode, mark in marks.items():
        said = text(mark)
        request_id = accepted(runner, said, orchestration_mode=mode)
        summary = ended(runner, request_id)["results"]["summary"]["summary"]
        inputs = [[part["content"] for part in call["body"]["input"]] for call in calls_about(runner, mark)]
        handed_on = [summary, said] if mode == "sequential" else [said]
        assert inputs == [[said], handed_on, handed_on]


def test_who_prefers_to_wait_has_the_result_or_is_told_where_it_will_be(runner: Running) -> None:
    told: list[str] = []
    for prefer in ("respond-async", "wait=1"):
        mark = marker()
        vendor(runner, mark, {**SLOW, "delay_ms": 1500})
        answer = process(runner, text(mark), {"prefer": prefer})
        told.append(answer.json()["request_id"])
        assert (answer.status_code, answer.headers["location"]) == (202, f"/api/v1/results/{told[-1]}")
        assert answer.json()["status"] in ("pending", "processing")
    whole = process(runner, text(marker()), {"prefer": "wait=27"})
    assert (whole.status_code, whole.json()["status"]) == (200, "completed")
    for request_id in told:
        waited = runner.get(f"/api/v1/results/{request_id}", params={"wait": 20}).json()
        assert waited["status"] == "completed"


def test_a_request_that_is_deleted_on_its_way_stays_deleted(runner: Running) -> None:
    request_id = accepted(runner, text(marker()))
    assert runner.delete(f"/api/v1/results/{request_id}").status_code == 204
    execution = f"arn:aws:states:us-east-1:123456789012:execution:orchestrator-local-analysis:{request_id}"
    states = runner.boto("stepfunctions")
    until(lambda: states.describe_execution(executionArn=execution)["status"] != "RUNNING", 60)
    assert runner.get(f"/api/v1/results/{request_id}").status_code == 404
    table = runner.environment["TABLE_ANALYSIS"]
    left = runner.boto("dynamodb").query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": f"default#{request_id}"}},
    )
    assert left["Items"] == []


def test_what_is_deleted_after_its_end_is_gone_with_its_delivery(runner: Running, receiver: Receiver) -> None:
    request_id = accepted(runner, text(marker()), webhook_url=receiver.at(f"/{marker()}"))
    assert delivery_ended(runner, request_id)["status"] == "delivered"
    path = f"/api/v1/results/{request_id}"
    assert [runner.delete(path).status_code for _ in range(2)] == [204, 404]
    for gone in (path, f"/api/v1/webhook-logs/{request_id}", f"/jobs/{request_id}"):
        assert runner.get(gone).status_code == 404
    assert runner.post(f"/api/v1/webhook/retry/{request_id}").status_code == 404
    assert request_id not in runner.get("/api/v1/results", params={"page_size": 100}).text
