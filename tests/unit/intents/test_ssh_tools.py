"""The two SSH tools, as the registry finds and calls them."""

import asyncio
from typing import Any

import pytest

from orchestrator.errors import InvalidInput
from orchestrator.intents import tools
from orchestrator.intents.registry import Tool, discover
from orchestrator.intents.ssh import Completed, Limits, Ssh
from orchestrator.intents.tool import Call
from orchestrator.memory.service import Memory


class Recorder:
    """Notes what it is asked to run."""

    def __init__(self) -> None:
        self.ran: list[tuple[str, str, Limits]] = []

    async def run(self, alias: str, command: str, limits: Limits) -> Completed:
        self.ran.append((alias, command, limits))
        return Completed(0, "out", "", False, 5)


def found(intent: str) -> Tool:
    return discover(tools, {Memory: lambda call: None, Ssh: lambda call: None}).get(intent)


def run(intent: str, inputs: dict[str, Any]) -> tuple[dict[str, Any], Recorder]:
    tool, ssh = found(intent), Recorder()
    result = asyncio.run(tool.run(tool.checked(inputs), Call("tenant"), {Ssh: lambda call: ssh}))
    return result, ssh


EXEC = {"host": "web1", "command": "rm -rf /"}


def test_neither_host_connection_nor_call_is_an_input() -> None:
    assert set(found("ssh.exec").schema["properties"]) == {"host", "command", "confirm_dangerous", "timeout"}
    assert set(found("ssh.exec.peek").schema["properties"]) == {"host", "command", "timeout"}
    assert found("ssh.exec").schema["properties"]["confirm_dangerous"]["type"] == "boolean"


def test_both_are_long_and_only_peek_may_be_repeated() -> None:
    execute, peek = found("ssh.exec").options, found("ssh.exec.peek").options
    assert (execute.long, execute.retry_safe) == (True, False)
    assert (peek.long, peek.retry_safe) == (True, True)


@pytest.mark.parametrize(
    "given", [{}, *({"confirm_dangerous": value} for value in (False, None, "true", 1, [True], {}))]
)
def test_without_json_true_exec_says_what_it_would_run_and_runs_nothing(given: dict[str, Any]) -> None:
    dry = {
        "dry_run": True,
        "note": "Set confirm_dangerous=true",
        "would_run": "rm -rf /",
        "host": "web1",
        "risk": "destructive",
    }
    tool = found("ssh.exec")
    assert tool.options.preview is not None
    assert tool.options.preview(tool.checked({**EXEC, **given})) == dry
    result, ssh = run("ssh.exec", {**EXEC, **given})
    assert result == dry
    assert ssh.ran == []


def test_with_json_true_exec_runs_the_line_as_it_is() -> None:
    inputs = {**EXEC, "confirm_dangerous": True, "timeout": 7}
    tool = found("ssh.exec")
    assert tool.options.preview is not None
    assert tool.options.preview(tool.checked(inputs)) is None
    result, ssh = run("ssh.exec", inputs)
    assert ssh.ran == [("web1", "rm -rf /", Limits(7))]
    assert result == {"exit_status": 0, "stdout": "out", "stderr": "", "truncated": False, "duration_ms": 5}


def test_peek_sends_its_words_quoted() -> None:
    _, ssh = run("ssh.exec.peek", {"host": "web1", "command": "ls -l *.log"})
    assert ssh.ran == [("web1", "ls -l '*.log'", Limits(30, stop_when_full=True))]


def test_peek_refuses_before_and_where_it_runs() -> None:
    inputs = {"host": "web1", "command": "ls; rm x"}
    tool = found("ssh.exec.peek")
    assert tool.options.preview is not None
    with pytest.raises(InvalidInput):
        tool.options.preview(tool.checked(inputs))
    with pytest.raises(InvalidInput):
        run("ssh.exec.peek", inputs)


def test_a_command_gets_no_more_time_than_is_left() -> None:
    tool, ssh = found("ssh.exec.peek"), Recorder()
    call = Call("tenant", deadline=0.0)
    asyncio.run(tool.run(tool.checked({"host": "h", "command": "uptime"}), call, {Ssh: lambda call: ssh}))
    assert ssh.ran[0][2].timeout == 0


@pytest.mark.parametrize(
    "wrong", [{"timeout": 0}, {"timeout": 241}, {"host": ""}, {"command": ""}, {"sudo": True}]
)
def test_wrong_inputs_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        found("ssh.exec").checked({**EXEC, **wrong})
