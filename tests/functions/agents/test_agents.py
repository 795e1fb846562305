"""agents/summarizer, agents/sentiment and agents/entity_extractor, from the state to the record."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from orchestrator.analysis.errors import GaveUp
from orchestrator.analysis.models import AgentName
from orchestrator.aws import clients
from orchestrator.entry.task import RetryAt
from orchestrator.errors import NotConfigured, VendorBusy
from orchestrator.llm.errors import Refused
from orchestrator.llm.registry import resolve
from tests.functions.agents.world import NAMES, TEXT, Agents
from tests.unit.entry.conftest import Lines

each_agent = pytest.mark.parametrize("name", NAMES)
SHAPES: dict[AgentName, set[str]] = {
    "summarizer": {"summary", "key_points", "words", "word_budget"},
    "sentiment": {"label", "score", "entities", "dropped"},
    "entity_extractor": {"entities", "dropped"},
}


@each_agent
def test_an_agent_keeps_its_result_and_what_it_took(agents: Agents, name: AgentName) -> None:
    agents.put()
    assert agents.run(name) == {"agent": name}, "a state carries no text"
    run = agents.runs[name]
    assert (run.status, run.attempts, run.error) == ("completed", 1, None)
    assert (run.requested_model, run.model) == ("gpt-6-luna", "sandbox-gpt-6-luna")
    assert run.result is not None
    assert run.result.keys() == SHAPES[name]
    assert run.input_tokens > 0 < run.output_tokens
    price = resolve("gpt-6-luna").model.price
    assert price is not None
    assert Decimal(run.cost_usd or "-1") == (
        (price.input * run.input_tokens + price.output * run.output_tokens) / 1_000_000
    )


def test_the_three_of_them_make_sense_of_a_text(agents: Agents) -> None:
    agents.put()
    for name in NAMES:
        agents.run(name)
    summary, feeling, named = ((agents.runs[name].result or {}) for name in NAMES)
    assert summary["summary"].startswith("Ada Lovelace loved London.")
    assert (summary["words"], summary["word_budget"]) == (13, 20)
    assert feeling["label"] == "mixed"
    assert ("London", "positive") in [(one["text"], one["label"]) for one in feeling["entities"]]
    assert [(one["type"], one["text"]) for one in named["entities"]] == [
        ("person", "Ada Lovelace"),
        ("location", "London"),
        ("person", "Charles Babbage"),
        ("date", "5 June 1833"),
    ]
    for one in (*feeling["entities"], *named["entities"]):
        assert TEXT[one["start"] : one["end"]] == one["text"]


@each_agent
def test_an_agent_costs_three_calls_and_the_key_once(agents: Agents, name: AgentName) -> None:
    agents.put()
    agents.run(name)
    assert agents.api.stack.calls == ["UpdateItem", "Query", "GetSecretValue", "UpdateItem"]


@each_agent
def test_a_task_delivered_twice_is_done_once(agents: Agents, name: AgentName) -> None:
    agents.put()
    agents.run(name)
    before = agents.runs[name]
    assert agents.run(name) == {"agent": name}
    assert agents.runs[name] == before
    assert len(agents.asked) == 1


def test_in_turn_the_summary_goes_before_the_text(agents: Agents) -> None:
    agents.put(mode="sequential")
    for name in NAMES:
        agents.run(name, "sequential")
    summary = (agents.runs["summarizer"].result or {})["summary"]
    contents = [[message["content"] for message in body["input"]] for body in agents.asked]
    assert contents == [[TEXT], [summary, TEXT], [summary, TEXT]]


def test_side_by_side_each_agent_sees_only_the_text(agents: Agents) -> None:
    agents.put()
    for name in NAMES:
        agents.run(name)
    assert [[message["content"] for message in body["input"]] for body in agents.asked] == [[TEXT]] * 3


def test_a_summarizer_that_failed_stops_nobody(agents: Agents) -> None:
    agents.put(mode="sequential")
    agents.vendors.fault("refuse", count=1)
    with pytest.raises(Refused):
        agents.run("summarizer", "sequential")
    agents.run("sentiment", "sequential")
    assert {name: run.status for name, run in agents.runs.items()} == {
        "summarizer": "failed",
        "sentiment": "completed",
    }
    assert agents.runs["summarizer"].error_type == "Refused"
    assert agents.runs["summarizer"].input_tokens > 0, "a refusal is paid for, too"


def test_a_vendor_that_says_when_to_come_back_is_asked_again_then(agents: Agents) -> None:
    agents.put()
    agents.vendors.fault("rate_limit", count=1)
    with pytest.raises(RetryAt) as caught:
        agents.run("summarizer")
    moment = datetime.strptime(str(caught.value), "%Y-%m-%dT%H:%M:%S%z")
    assert timedelta(0) < moment - datetime.now(UTC) < timedelta(seconds=3)
    waiting = agents.runs["summarizer"]
    assert (waiting.status, waiting.error_type, waiting.completed_at) == ("waiting", "VendorBusy", None)
    agents.run("summarizer")
    assert (agents.runs["summarizer"].status, agents.runs["summarizer"].attempts) == ("completed", 2)


def test_a_vendor_that_only_fails_is_given_up_after_five_attempts(agents: Agents) -> None:
    agents.put()
    agents.vendors.fault("error")
    for _ in range(4):
        with pytest.raises(VendorBusy):
            agents.run("sentiment")
    with pytest.raises(GaveUp):
        agents.run("sentiment")
    given_up = agents.runs["sentiment"]
    assert (given_up.status, given_up.attempts, given_up.error_type) == ("failed", 5, "GaveUp")
    assert "openai" in (given_up.error or "")


def test_an_answer_cut_in_half_is_repaired_or_asked_for_again(agents: Agents) -> None:
    agents.put()
    agents.vendors.fault("broken_json", count=1)
    agents.run("summarizer")
    assert (agents.runs["summarizer"].status, agents.runs["summarizer"].attempts) == ("completed", 1)


def test_a_missing_key_is_final_and_named(agents: Agents) -> None:
    agents.put()
    arn = agents.api.stack.environment["SECRET_OPENAI"]
    clients.secretsmanager().put_secret_value(SecretId=arn, SecretString="{}")
    with pytest.raises(NotConfigured, match="OPENAI_API_KEY"):
        agents.run("summarizer")
    assert (agents.runs["summarizer"].status, agents.runs["summarizer"].error_type) == (
        "failed",
        "NotConfigured",
    )
    assert agents.asked == []


@each_agent
def test_no_line_of_the_log_holds_a_word_of_the_text(agents: Agents, name: AgentName, lines: Lines) -> None:
    agents.put()
    agents.vendors.fault("refuse", count=1)
    with pytest.raises(Refused):
        agents.run(name)
    agents.run(name)
    written = lines()
    assert [line.get("error.type") for line in written if line.get("gen_ai.agent.name") == name] == [
        "Refused",
        None,
    ]
    assert {line["correlation_id"] for line in written if "message" in line} == {"order-4711"}
    assert not any(word in json.dumps(written) for word in ("Lovelace", "London", "Babbage"))
