"""A vendor that fails in every way, and agents that are killed: what becomes of the analyses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from tests.local.analysing import (
    PASS,
    accepted,
    agents,
    calls_about,
    ended,
    marker,
    text,
    vendor,
)
from tests.local.running import Running, until

FAULTS = "/_local/sandbox/openai/faults"
SUMMARIZER = "orchestrator-local-agents-summarizer"


@dataclass
class Asked:
    """Texts about which the vendor fails, all sent together, so that they wait together."""

    runner: Running
    marks: dict[str, str] = field(default_factory=dict)
    requests: dict[str, str] = field(default_factory=dict)

    def begin(self, name: str, *faults: dict[str, Any], mode: str = "sequential") -> None:
        self.marks[name] = marker()
        vendor(self.runner, self.marks[name], *faults)
        self.requests[name] = accepted(self.runner, text(self.marks[name]), orchestration_mode=mode)

    def ended(self, name: str) -> dict[str, Any]:
        return ended(self.runner, self.requests[name])

    def calls(self, name: str) -> list[dict[str, Any]]:
        return calls_about(self.runner, self.marks[name])

    def statuses(self, name: str) -> list[int]:
        return [call["status"] for call in self.calls(name)]


@pytest.fixture(scope="module")
def asked(impatient_runner: Running) -> Asked:
    made = Asked(impatient_runner)
    made.begin("killed", {"kind": "slow", "delay_ms": 60_000})
    until(lambda: made.marks["killed"] not in impatient_runner.get(FAULTS).text, 60)
    impatient_runner.kill(SUMMARIZER)
    made.begin("slow", {"kind": "slow", "delay_ms": 60_000})
    made.begin("rate_limit", PASS, {"kind": "rate_limit"})
    made.begin("error", {"kind": "error"})
    made.begin("hang_up", {"kind": "hang_up"})
    made.begin("broken_once", {"kind": "broken_json"})
    made.begin("broken_again", {"kind": "broken_json", "count": 2})
    made.begin("broken_always", {"kind": "broken_json", "count": None}, mode="parallel")
    made.begin("refuse", {"kind": "refuse"})
    made.begin("refuse_all", {"kind": "refuse", "count": 3}, mode="parallel")
    made.begin("bad_request", {"kind": "status", "status": 400})
    made.begin("bad_key", {"kind": "status", "status": 401})
    return made


def test_an_agent_killed_in_the_middle_of_its_call_is_run_again(asked: Asked) -> None:
    found = asked.ended("killed")
    assert (found["status"], found["errors"]) == ("completed", {})
    assert agents(found)["summarizer"]["attempts"] == 2
    assert asked.statuses("killed") == [0, 200, 200, 200]  # the stand-in saw its first caller vanish
    assert found["results"]["summary"]["summary"]


@pytest.mark.parametrize(("fault", "status"), [("slow", 0), ("error", 500), ("hang_up", 0)])
def test_what_may_pass_is_tried_again(asked: Asked, fault: str, status: int) -> None:
    found = asked.ended(fault)
    assert (found["status"], found["errors"]) == ("completed", {})
    assert asked.statuses(fault) == [status, 200, 200, 200]
    assert [one["attempts"] for one in found["agents"]] == [2, 1, 1]


def test_a_vendor_that_says_when_to_come_back_is_left_alone_until_then(asked: Asked) -> None:
    found = asked.ended("rate_limit")
    assert (found["status"], found["errors"]) == ("completed", {})
    assert [one["attempts"] for one in found["agents"]] == [1, 2, 1]
    assert asked.statuses("rate_limit") == [200, 429, 200, 200]
    _, refused, again, _ = (datetime.fromisoformat(call["time"]) for call in asked.calls("rate_limit"))
    assert (again - refused).total_seconds() >= 1


def test_json_that_broke_once_is_mended(asked: Asked) -> None:
    found = asked.ended("broken_once")
    assert (found["status"], found["errors"]) == ("completed", {})
    assert [one["attempts"] for one in found["agents"]] == [1, 1, 1]
    assert len(asked.calls("broken_once")) == 4


def test_json_that_is_broken_again_costs_only_its_agent(asked: Asked) -> None:
    found = asked.ended("broken_again")
    assert (found["status"], list(found["errors"])) == ("partial", ["summarizer"])
    assert found["errors"]["summarizer"]["error"] == "SchemaMismatch"
    first, second, *others = asked.calls("broken_again")
    assert len(others) == 2
    # The second call says what was wrong with the first one's answer; both are paid for, neither is repeated.
    assert second["body"]["instructions"].startswith(first["body"]["instructions"])
    assert "did not fit the JSON schema" in second["body"]["instructions"]
    summarizer = agents(found)["summarizer"]
    assert (summarizer["status"], summarizer["attempts"]) == ("failed", 1)
    once = agents(asked.ended("refuse"))["summarizer"]
    assert summarizer["input_tokens"] > 1.5 * once["input_tokens"]


def test_json_that_is_always_broken_leaves_nothing_but_says_so(asked: Asked) -> None:
    found = asked.ended("broken_always")
    assert (found["status"], found["results"], len(found["errors"])) == ("failed", {}, 3)
    assert {one["error"] for one in found["errors"].values()} == {"SchemaMismatch"}
    assert [one["attempts"] for one in found["agents"]] == [1, 1, 1]


@pytest.mark.parametrize(
    ("fault", "error", "status"),
    [("refuse", "Refused", 200), ("bad_request", "VendorError", 400), ("bad_key", "VendorError", 401)],
)
def test_what_cannot_pass_is_asked_once_and_costs_only_its_agent(
    asked: Asked, fault: str, error: str, status: int
) -> None:
    found = asked.ended(fault)
    assert (found["status"], list(found["errors"])) == ("partial", ["summarizer"])
    assert found["errors"]["summarizer"]["error"] == error
    assert list(found["results"]) == ["sentiment", "entities"]
    assert asked.statuses(fault) == [status, 200, 200]
    assert [one["attempts"] for one in found["agents"]] == [1, 1, 1]


def test_a_wrong_key_is_named_with_its_mend(asked: Asked) -> None:
    assert "OPENAI_API_KEY" in asked.ended("bad_key")["errors"]["summarizer"]["hint"]


def test_without_any_agent_it_has_failed(asked: Asked) -> None:
    found = asked.ended("refuse_all")
    assert (found["status"], found["results"], len(found["errors"])) == ("failed", {}, 3)
    job = asked.runner.get(f"/jobs/{found['request_id']}").json()
    assert (job["status"], job["error_type"]) == ("failed", "Refused")
