"""Receivers that fail, each in its own way, and what becomes of their deliveries."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from orchestrator.webhooks import signing
from tests.local.analysing import accepted, delivery_ended, marker, text
from tests.local.receiving import Answer, Delivered, Receiver, drop, free_port, hang, receiving, status
from tests.local.running import Running, until

SECRET = "a secret of failures"


@dataclass
class Failing:
    """Requests whose receivers fail, all begun together, so that they wait together."""

    runner: Running
    receiver: Receiver
    prefix: str = field(default_factory=lambda: f"/{uuid.uuid4().hex}/")
    requests: dict[str, str] = field(default_factory=dict)

    def begin(self, name: str, url: str) -> None:
        more = {"orchestration_mode": "parallel", "webhook_url": url, "webhook_secret": SECRET}
        self.requests[name] = accepted(self.runner, text(marker()), **more)

    def answered(self, name: str, *answers: Answer) -> None:
        self.begin(name, self.receiver.at(self.prefix + name, *answers))

    def log(self, name: str) -> dict[str, Any]:
        return delivery_ended(self.runner, self.requests[name])

    def got(self, name: str) -> list[Delivered]:
        return self.receiver.got(self.prefix + name)

    def retry(self, name: str, **body: Any) -> dict[str, Any]:
        answer = self.runner.post(f"/api/v1/webhook/retry/{self.requests[name]}", json=body or None)
        assert answer.status_code == 202, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def failing(impatient_runner: Running, receiver: Receiver) -> Iterator[Failing]:
    made = Failing(impatient_runner, receiver)
    made.answered("gone", status(410))
    made.answered("busy", status(429, retry_after="3"), status(204))
    made.answered("moved", status(301, location=receiver.at(f"{made.prefix}elsewhere")), status(204))
    made.answered("hangs", hang(receiver), status(204))
    made.answered("drops", drop, status(204))
    made.answered("broken", status(500), status(502), status(503), status(204))
    made.answered("never", status(500))
    port = free_port()
    made.begin("down", f"http://127.0.0.1:{port}{made.prefix}down")
    # The runner's log shows it at once: asking for the delivery's might take until it has failed for good.
    first_try = f"webhook msg_{made.requests['down'].partition('_')[2]}: waiting"
    until(lambda: first_try in impatient_runner.log(), 60)
    with receiving(port) as back:
        made.log("down")
        receiver.deliveries.extend(back.deliveries)
    return made


def outcomes(log: dict[str, Any]) -> list[str]:
    return [attempt["outcome"] for attempt in log.get("attempts", ())]


def is_the_same_each_time(log: dict[str, Any], received: list[Delivered]) -> bool:
    """At least once: repeated with the same id and the same bytes, and signed anew each time."""
    for one in received:
        assert one.headers["webhook-id"] == log["webhook_id"]
        signing.verify(
            one.body, signing.Presented.of(one.headers), [SECRET], float(one.headers["webhook-timestamp"])
        )
    return len({one.body for one in received}) == 1


def test_a_receiver_that_was_down_has_its_delivery_once_it_is_back(failing: Failing) -> None:
    log, received = failing.log("down"), failing.got("down")
    assert (log["status"], outcomes(log)[0], outcomes(log)[-1]) == ("delivered", "failed", "delivered")
    assert log["attempts"][0]["error"] == "the receiver: could not be connected to"
    assert log["attempts"][0]["next_attempt_at"] <= log["attempts"][1]["started_at"]
    assert len(received) == 1
    assert is_the_same_each_time(log, received)


def test_410_ends_it_at_once(failing: Failing) -> None:
    log = failing.log("gone")
    assert (log["status"], outcomes(log), len(failing.got("gone"))) == ("failed", ["failed"], 1)
    assert log["attempts"][0]["status_code"] == 410
    assert "next_attempt_at" not in log


def test_429_is_tried_again_when_the_receiver_says_so_and_not_before(failing: Failing) -> None:
    log = failing.log("busy")
    first, second = failing.got("busy")
    assert (log["status"], outcomes(log)) == ("delivered", ["failed", "delivered"])
    assert second.at - first.at >= 3  # the schedule alone would have come back after two seconds
    assert is_the_same_each_time(log, [first, second])
    assert int(second.headers["webhook-timestamp"]) >= int(first.headers["webhook-timestamp"]) + 3


def test_a_redirect_is_not_followed(failing: Failing) -> None:
    log = failing.log("moved")
    assert (log["status"], outcomes(log)) == ("delivered", ["failed", "delivered"])
    assert log["attempts"][0]["error"] == "The receiver answered 301: redirects are not followed"
    assert failing.got("elsewhere") == []


@pytest.mark.parametrize(
    ("name", "error"),
    [
        ("hangs", "the receiver: no complete answer within 3 s"),
        ("drops", "the receiver: the connection broke before there was a complete HTTP answer"),
    ],
)
def test_what_got_no_whole_answer_is_delivered_again(failing: Failing, name: str, error: str) -> None:
    log, received = failing.log(name), failing.got(name)
    assert (log["status"], outcomes(log)) == ("delivered", ["failed", "delivered"])
    assert log["attempts"][0]["error"] == error
    assert len(received) == 2
    assert is_the_same_each_time(log, received)


def test_after_the_last_try_it_has_failed_and_can_be_delivered_by_hand(failing: Failing) -> None:
    log = failing.log("broken")
    assert (log["status"], [one["status_code"] for one in log["attempts"]]) == ("failed", [500, 502, 503])
    assert [bool(one.get("next_attempt_at")) for one in log["attempts"]] == [True, True, False]
    assert failing.retry("broken")["status"] in ("waiting", "delivering", "delivered")
    again = until(lambda: (log := failing.log("broken"))["status"] == "delivered" and log, 60)
    assert again["attempts"][:3] == log["attempts"]
    assert again["attempts"][3]["status_code"] == 204
    assert len(failing.got("broken")) == 4
    assert is_the_same_each_time(log, failing.got("broken"))


def test_by_hand_it_may_go_elsewhere_but_nowhere_forbidden(failing: Failing) -> None:
    assert failing.log("never")["status"] == "failed"
    path = f"/api/v1/webhook/retry/{failing.requests['never']}"
    refused = failing.runner.post(path, json={"webhook_url": "http://169.254.169.254/latest"})
    assert (refused.status_code, refused.json()["field"]) == (422, "webhook_url")
    failing.retry("never", webhook_url=failing.receiver.at(f"{failing.prefix}new"))
    log = until(lambda: (log := failing.log("never"))["status"] == "delivered" and log, 60)
    assert [one["url"].rpartition("/")[2] for one in log["attempts"]] == ["never", "never", "never", "new"]
    assert is_the_same_each_time(log, [*failing.got("never"), *failing.got("new")])
