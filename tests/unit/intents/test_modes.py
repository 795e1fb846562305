"""Which engine runs an intent."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.config.groups import Intents
from orchestrator.errors import NotConfigured
from orchestrator.intents.models import Mode, RequestedMode
from orchestrator.intents.modes import require_available, select_mode

TOOLS = frozenset({"memory.write", "ssh.exec.peek", "my.operation", "gmail.local"})
MODES = st.sampled_from(["flow", "mcp", "agent"])


@pytest.mark.parametrize(
    ("intent", "mode"),
    [
        ("memory.write", "agent"),
        ("memory.anything", "agent"),
        ("ssh.exec.peek", "agent"),
        ("my.operation", "agent"),
        ("gmail.triage", "flow"),
        ("slack.summarize", "flow"),
        ("calendar.schedule", "flow"),
        ("mcp.github.search", "mcp"),
        ("github/search", "mcp"),
        ("gmail.local", "agent"),
        ("gmailish.triage", "agent"),
        ("xyz", "agent"),
    ],
)
def test_auto_chooses_by_the_intent(intent: str, mode: Mode) -> None:
    assert select_mode(intent, "auto", TOOLS)[0] == mode


@given(st.text(min_size=1), MODES)
def test_a_mode_that_is_asked_for_is_the_mode_whatever_the_intent(intent: str, mode: Mode) -> None:
    assert select_mode(intent, mode, TOOLS) == (mode, f"mode {mode} was asked for")


@given(st.text(), st.sampled_from(["flow", "mcp", "agent", "auto"]))
def test_every_choice_is_one_of_three_and_gives_its_reason(intent: str, requested: RequestedMode) -> None:
    mode, reason = select_mode(intent, requested, TOOLS)
    assert mode in {"flow", "mcp", "agent"}
    assert reason


@given(st.sampled_from(sorted(TOOLS)))
def test_auto_runs_every_tool_of_the_deployment_in_agent_mode(intent: str) -> None:
    assert select_mode(intent, "auto", TOOLS)[0] == "agent"


@pytest.mark.parametrize(("mode", "missing"), [("flow", "N8N_WEBHOOK_BASE"), ("mcp", "MCP server")])
def test_a_mode_without_its_engine_names_what_it_needs(mode: Mode, missing: str) -> None:
    with pytest.raises(NotConfigured, match=missing) as refused:
        require_available(mode)
    named = re.findall(r"[A-Z0-9]+_[A-Z0-9_]+", refused.value.message)
    assert set(named) <= Intents.variables().keys(), "names a setting that nothing reads"


def test_agent_mode_needs_nothing() -> None:
    require_available("agent")
