"""The two SSH intents through the real runner, against the SSH host that stands in on a laptop."""

from __future__ import annotations

import uuid
from typing import Any

import httpx2

from tests.local.running import Running, until


def ask(runner: Running, intent: str, inputs: dict[str, Any], **more: Any) -> httpx2.Response:
    return runner.post("/orchestrate", json={"intent": intent, "inputs": inputs, **more})


def finished(runner: Running, answer: httpx2.Response) -> dict[str, Any]:
    """Return the final body of an answer, whether it came at once or as a job."""
    if answer.status_code != 202:
        return answer.json()

    def ended() -> dict[str, Any] | None:
        job = runner.get(answer.headers["location"]).json()
        return job if job["status"] not in ("accepted", "pending", "running") else None

    return until(ended)


def received(runner: Running, command: str) -> int:
    entries = runner.get("/_local/outbox?vendor=ssh").json()
    return sum(entry["body"] == command for entry in entries)


def test_looking_at_a_host_answers_what_the_command_wrote(runner: Running) -> None:
    word = uuid.uuid4().hex
    body = finished(runner, ask(runner, "ssh.exec.peek", {"host": "sandbox", "command": f"echo {word} *"}))
    assert body["result"]["stdout"] == f"{word} *\n"
    assert body["result"]["exit_status"] == 0
    assert received(runner, f"echo {word} '*'") == 1


def test_looking_refuses_what_may_do_more_and_sends_nothing(runner: Running) -> None:
    command = f"echo {uuid.uuid4().hex}; rm x"
    answer = ask(runner, "ssh.exec.peek", {"host": "sandbox", "command": command})
    assert answer.status_code == 422
    assert received(runner, command) == 0


def test_the_documents_request_is_blocked_without_any_host_set_up(runner: Running) -> None:
    answer = ask(runner, "ssh.exec", {"host": "server.com", "command": "rm -rf /"})
    assert answer.status_code == 200
    assert answer.json()["result"] == {
        "dry_run": True,
        "note": "Set confirm_dangerous=true",
        "would_run": "rm -rf /",
        "host": "server.com",
        "risk": "destructive",
    }
    assert received(runner, "rm -rf /") == 0


def test_a_confirmed_command_runs_exactly_once(runner: Running) -> None:
    word = uuid.uuid4().hex
    inputs = {"host": "sandbox", "command": f"echo {word}", "confirm_dangerous": True}
    bodies = [finished(runner, ask(runner, "ssh.exec", inputs)) for _ in range(2)]
    assert [body["result"]["stdout"] for body in bodies] == [f"{word}\n"] * 2
    assert received(runner, f"echo {word}") == 1


def test_a_host_nobody_allowed_is_named_with_those_there_are(runner: Running) -> None:
    body = finished(runner, ask(runner, "ssh.exec.peek", {"host": "server.com", "command": "uptime"}))
    assert "Host 'server.com' not found. Available: ['sandbox']" in str(body["error"])
