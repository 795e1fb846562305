"""The receiver for webhooks, and the faults that it and every stand-in may be told to have."""

from __future__ import annotations

import time
import uuid
from typing import Any

import httpx2
import pytest

from tests.local.running import Running

FAULTS = "/_local/sandbox/deliveries/faults"


@pytest.fixture
def path() -> str:
    return f"/{uuid.uuid4().hex}"


def received(sample: Running, path: str) -> list[dict[str, Any]]:
    return sample.get("/_local/deliveries", params={"path": path}).json()


def send(sample: Running, path: str, **options: Any) -> httpx2.Response:
    return sample.post(f"/_local/deliveries{path}", **options)


def break_it(sample: Running, path: str, **fault: Any) -> None:
    """Only requests that name the path in their body are hit: others use the receiver too."""
    assert sample.post(FAULTS, json={"match": path, "count": 1, **fault}).status_code == 200


def test_what_is_delivered_is_shown_as_it_came(sample: Running, path: str) -> None:
    body = b'{ "type": "analysis.completed" }'
    answer = send(sample, path, content=body, headers={"webhook-id": path, "X-Webhook-Signature": "ab"})
    assert answer.status_code == 200
    send(sample, path, content=b"plain")
    first, second = received(sample, path)
    assert first["body"].encode() == body
    assert (first["json"], second["json"]) == ({"type": "analysis.completed"}, None)
    assert (first["method"], first["path"], first["status"]) == ("POST", path, 200)
    assert first["headers"]["x-webhook-signature"] == "ab"
    assert first["time"] <= second["time"]
    named = sample.get("/_local/deliveries", params={"webhook_id": path}).json()
    assert [one["body"] for one in named] == [first["body"]]


def test_a_get_below_the_receiver_is_a_delivery_too(sample: Running, path: str) -> None:
    assert sample.get(f"/_local/deliveries{path}").status_code == 200
    assert [one["method"] for one in received(sample, path)] == ["GET"]


def test_a_receiver_answers_as_told_and_then_again_as_ever(sample: Running, path: str) -> None:
    headers = {"Retry-After": "1", "Location": "/elsewhere"}
    break_it(sample, path, kind="status", status=410, headers=headers)
    gone = send(sample, path, json={"at": path})
    assert (gone.status_code, gone.headers["retry-after"], gone.headers["location"]) == (
        410,
        "1",
        "/elsewhere",
    )
    assert send(sample, path, json={"at": path}).status_code == 200
    assert [one["status"] for one in received(sample, path)] == [410, 200]


def test_an_answer_without_a_body_has_none(sample: Running, path: str) -> None:
    break_it(sample, path, kind="status", status=204)
    answer = send(sample, path, json={"at": path})
    assert (answer.status_code, answer.content) == (204, b"")


def test_a_receiver_may_hang_up_or_be_slow(sample: Running, path: str) -> None:
    break_it(sample, path, kind="hang_up")
    with pytest.raises(httpx2.RemoteProtocolError):
        send(sample, path, json={"at": path})
    break_it(sample, path, kind="status", status=503, delay_ms=150)
    started = time.monotonic()
    assert send(sample, path, json={"at": path}).status_code == 503
    assert time.monotonic() - started >= 0.15
    break_it(sample, path, kind="slow", delay_ms=100)
    assert send(sample, path, json={"at": path}).status_code == 200
    assert [one["status"] for one in received(sample, path)] == [0, 503, 200]


def test_a_fault_without_sense_is_refused_in_words(sample: Running) -> None:
    answer = sample.post(FAULTS, json={"kind": "status"})
    assert (answer.status_code, answer.json()) == (
        400,
        {"error": "status must be a whole number from 200 to 599"},
    )
    assert sample.post(FAULTS, content=b"{").status_code == 400


def test_pages_of_other_sites_neither_deliver_nor_look(sample: Running, path: str) -> None:
    foreign = {"Origin": "https://evil.example"}
    assert send(sample, path, json={}, headers=foreign).status_code == 403
    assert sample.get("/_local/deliveries", headers=foreign).status_code == 403
    assert received(sample, path) == []
