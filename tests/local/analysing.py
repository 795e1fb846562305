"""Sending texts to a runner, and asking what became of them."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx2

from tests.local.running import Running, until

FINAL = ("completed", "partial", "failed")


def marker() -> str:
    """A word that is in one text only: faults and the outbox know the text by it."""
    return f"mark{uuid.uuid4().hex[:12]}"


def text(mark: str) -> str:
    return f"Ada Lovelace was delighted with London. The work on {mark} went well, and it was never late."


def process(
    running: Running, said: str | None, headers: dict[str, str] | None = None, **body: Any
) -> httpx2.Response:
    given = {} if said is None else {"text": said}
    return running.post("/api/v1/process", json=given | body, headers=headers or {})


def accepted(running: Running, said: str, **body: Any) -> str:
    """Send a text and return the id of its request."""
    answer = process(running, said, **body)
    assert answer.status_code == 202, answer.text
    return answer.json()["request_id"]


def result(running: Running, request_id: str) -> dict[str, Any]:
    answer = running.get(f"/api/v1/results/{request_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def ended(running: Running, request_id: str, seconds: float = 60) -> dict[str, Any]:
    """The result once nothing more will happen to it."""
    found: dict[str, Any] = {}

    def final() -> bool:
        found.update(result(running, request_id))
        return found["status"] in FINAL

    until(final, seconds)
    return found


def agents(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {one["agent"]: one for one in found["agents"]}


def vendor(running: Running, mark: str, *faults: dict[str, Any]) -> None:
    """Make the stand-in misbehave in turn to calls about one text; each fault counts once unless it says."""
    for fault in faults:
        told = {"count": 1, "match": mark, **fault}
        assert running.post("/_local/sandbox/openai/faults", json=told).is_success


PASS = {"kind": "slow", "delay_ms": 0}
"""No fault at all: lets one call through before the next fault of a text."""


def calls_about(running: Running, mark: str) -> list[dict[str, Any]]:
    """What the stand-in was asked about a text, in the order in which it answered."""
    entries = running.get("/_local/outbox", params={"vendor": "openai"}).json()
    return [entry for entry in entries if mark in json.dumps(entry["body"])]


def delivery(running: Running, request_id: str) -> dict[str, Any]:
    """The log of a request's webhook; empty while there is none."""
    answer = running.get(f"/api/v1/webhook-logs/{request_id}")
    return answer.json() if answer.status_code == 200 else {}


def delivery_ended(running: Running, request_id: str, seconds: float = 60) -> dict[str, Any]:
    """The log of a request's webhook once it is delivered, or has failed for good."""
    found: dict[str, Any] = {}

    def final() -> bool:
        found.update(delivery(running, request_id))
        return found.get("status") in ("delivered", "failed")

    until(final, seconds)
    return found
