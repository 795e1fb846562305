"""An execution that is stopped from outside: its request is settled, its receiver told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.local.analysing import (
    PASS,
    accepted,
    agents,
    delivery_ended,
    ended,
    marker,
    result,
    text,
    vendor,
)
from tests.local.receiving import Receiver
from tests.local.running import Running, until

SLOW = {"kind": "slow", "delay_ms": 30_000}


def stop(running: Running, request_id: str) -> None:
    machine = running.environment["WORKFLOW_ANALYSIS"]
    execution = f"{machine.replace(':stateMachine:', ':execution:')}:{request_id}"
    running.boto("stepfunctions").stop_execution(executionArn=execution, error="Operator", cause="by hand")


def begun(running: Running, receiver: Receiver, *faults: dict[str, Any]) -> tuple[str, str]:
    """A text sent in turn, the first of whose agents to meet a fault is at work; the path of its receiver."""
    mark = marker()
    vendor(running, mark, *faults)
    path = f"/{mark}"
    request = accepted(running, text(mark), webhook_url=receiver.at(path))

    def at_work() -> bool:
        found = result(running, request)
        done = {"summary"} if PASS in faults else set[str]()
        statuses = {one["status"] for one in found["agents"]}
        return found["results"].keys() == done and "running" in statuses

    until(at_work, 60)
    return request, path


@pytest.mark.parametrize(
    ("faults", "status", "errors"),
    [
        (
            (SLOW,),
            "failed",
            {"summarizer": "Interrupted", "sentiment": "NeverStarted", "entity_extractor": "NeverStarted"},
        ),
        (
            (PASS, SLOW),
            "partial",
            {"sentiment": "Interrupted", "entity_extractor": "NeverStarted"},
        ),
    ],
)
def test_a_stopped_execution_is_settled_within_seconds_and_its_receiver_told_once(
    runner: Running,
    receiver: Receiver,
    faults: tuple[dict[str, Any], ...],
    status: str,
    errors: dict[str, str],
) -> None:
    request, path = begun(runner, receiver, *faults)
    stop(runner, request)
    found = ended(runner, request, 20)
    assert found["status"] == status
    assert {name: one["error"] for name, one in found["errors"].items()} == errors
    assert all("the workflow was stopped" in one["message"] for one in found["errors"].values())
    assert delivery_ended(runner, request)["status"] == "delivered"
    [told] = receiver.got(path)
    body = json.loads(told.body)
    assert (body["type"], body["request_id"]) == (f"analysis.{status}", request)
    assert agents(body) == agents(found)
