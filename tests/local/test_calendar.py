"""Sentences as their writers meet them: requests against the real runner, rows in the stand-in's table."""

from __future__ import annotations

import re
import subprocess
import uuid
from pathlib import Path
from typing import Any

import httpx2
import pytest

from orchestrator.calendar.models import BOOKED
from tests.local.running import Running
from tests.unit.calendar.golden import Row, rows, written_event

ROOT = Path(__file__).parents[2]
NOW = "2025-07-23T18:30:00+00:00"


def send(runner: Running, content: str, user: str = "", **more: Any) -> httpx2.Response:
    headers = more.pop("headers", {})
    body = {"content": content, "user_id": user or uuid.uuid4().hex, "user_name": "Maya", "timestamp": NOW}
    return runner.post("/api/v1/orchestrate/", json=body | more, headers=headers)


def inserted(runner: Running, user: str) -> list[dict[str, Any]]:
    """What the stand-in for Supabase was sent for a user."""
    entries = runner.get("/_local/outbox?vendor=supabase").json()
    bodies = [entry["body"] for entry in entries if entry["method"] == "POST" and entry["status"] == 201]
    return [body for body in bodies if body["user_id"] == user]


DOCUMENT = """{
    "content": "Schedule a meeting called 'Invoice Approval Test' for July 23rd at 6:30 PM UTC for 1 hour.",
    "user_id": "910457a9-96e9-4c5e-b995-30e454d06018",
    "user_name": "Lalit",
    "user_email": "lalit.hyperbots@gmail.com",
    "user_mentions": [
        {
            "user_id": "910457a9-96e9-4c5e-b995-30e454d06019",
            "user_name": "Charan",
            "user_email": "charan.hyperbots@gmail.com"
        }
    ],
    "timestamp": "2025-07-23T18:30:00+00:00",
    "location": "4309 Hacienda Dr SUITE 110 PLEASANTON CA United States 94588-2768"
}"""


@pytest.mark.parametrize("path", ["/api/v1/orchestrate/", "/api/v1/orchestrate"])
def test_the_documents_request_is_answered_as_the_document_shows(runner: Running, path: str) -> None:
    answer = runner.post(path, content=DOCUMENT, headers={"content-type": "application/json"})
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["response_text"], body["status"], body["error"]) == (BOOKED, "success", None)
    assert body["events"][0]["start_time"] == "2025-07-23T18:30:00+00:00"
    assert body["events"][0]["participants"] == ["Lalit", "Charan"]
    assert body["supabase_results"]["results"][0] == {
        "success": True,
        "status_code": 201,
        "event_title": "Invoice Approval Test",
        "data": None,
        "error": None,
    }
    [row, *_] = inserted(runner, "910457a9-96e9-4c5e-b995-30e454d06018")
    assert row["start_time"] == "2025-07-23T18:30:00+00:00"


@pytest.mark.parametrize(
    ("content", "people", "place"),
    [
        ("called 'Team Standup' for tomorrow at 9 AM UTC for 30 minutes.", "[]", "Virtual"),
        (
            "with @Alice and @Bob called 'Project Review' for Friday at 2 PM UTC for 1 hour.",
            '[{"user_id": "user-456", "user_name": "Alice", "user_email": "alice@example.com"}]',
            "Conference Room A",
        ),
    ],
)
def test_the_documents_shell_lines_are_explained_and_their_corrected_copies_work(
    runner: Running, content: str, people: str, place: str
) -> None:
    line = f"""curl -s -X POST "{runner.url}/api/v1/orchestrate/" \\
  -H "Content-Type: application/json" \\
  -d '{{
    "content": "Schedule a meeting {content}",
    "user_id": "user-123",
    "user_name": "John Doe",
    "user_email": "john@example.com",
    "user_mentions": {people},
    "timestamp": "2025-07-23T18:30:00+00:00",
    "location": "{place}"
  }}'"""
    broken = _shell(line)
    assert '"status":"error"' in broken
    assert "your shell probably ended the string at the ' before" in broken
    mended = line.replace(content, content.replace("'", "'\\''"))
    assert f'"response_text":"{BOOKED}"' in _shell(mended)


def _shell(line: str) -> str:
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False).stdout


SHELL = re.findall(r"```bash\n(curl .*?)```", (ROOT / "docs/calendar.md").read_text("utf-8"), re.DOTALL)


@pytest.mark.parametrize("line", SHELL, ids=range(len(SHELL)))
def test_the_command_lines_of_the_documentation_book_what_they_say(runner: Running, line: str) -> None:
    answer = _shell(line.replace("http://localhost:8000", runner.url))
    assert answer.startswith("BEGIN:VCALENDAR" if "format=ics" in line else f'{{"response_text":"{BOOKED}"')


def test_rows_are_kept_found_moved_and_cancelled(runner: Running) -> None:
    user = uuid.uuid4().hex
    assert send(runner, "Lunch with Anna tomorrow at noon", user).json()["response_text"] == BOOKED
    [row] = inserted(runner, user)
    assert (row["title"], row["timezone"]) == ("Lunch with Anna", "UTC")
    conflict = send(runner, "Call Bob tomorrow at 12:30pm", user, on_conflict="reject")
    assert (conflict.status_code, conflict.json()["conflicts"][0]["with_events"]) == (
        409,
        ["Lunch with Anna"],
    )
    moved = send(runner, "Move lunch with Anna to Friday", user).json()
    assert moved["response_text"] == "Moved: Lunch with Anna: Friday, July 25, 2025, 12:00 to 13:00 (UTC)."
    assert len(send(runner, "What do I have on Friday?", user).json()["events"]) == 1
    assert send(runner, "Cancel lunch with Anna", user).json()["status"] == "success"
    assert send(runner, "What do I have on Friday?", user).json()["events"] == []


def test_one_key_books_once(runner: Running) -> None:
    user, headers = uuid.uuid4().hex, {"idempotency-key": uuid.uuid4().hex}
    first, again = (send(runner, "Dinner tomorrow at 8pm", user, headers=headers) for _ in range(2))
    assert (first.text, again.headers["idempotent-replayed"]) == (again.text, "true")
    assert len(inserted(runner, user)) == 1


def test_icalendar_comes_through_the_gateway(runner: Running) -> None:
    answer = send(runner, "Dinner tomorrow at 8pm", headers={"accept": "text/calendar"})
    assert answer.headers["content-type"].startswith("text/calendar")
    assert answer.text.startswith("BEGIN:VCALENDAR")


def test_broken_answers_of_the_model_can_be_repaired_with_what_the_function_carries(runner: Running) -> None:
    user = uuid.uuid4().hex
    fault = {"kind": "broken_json", "match": user, "count": 2}  # asked, and asked again
    runner.post("/_local/sandbox/openai/faults", json=fault).raise_for_status()
    body = send(runner, f"Dinner with {user} tomorrow at 8pm", user).json()
    assert (body["status"], body["degraded"]) == ("success", True)
    assert body["events"][0]["start_time"] == "2025-07-24T20:00:00+00:00"


CREATED = [row for row in rows() if row.expected[:1].isdigit() and "&" not in row.expected]


@pytest.mark.parametrize("row", CREATED[::12], ids=lambda row: row.id)
def test_golden_sentences_come_right_through_the_whole_stack(runner: Running, row: Row) -> None:
    answer = send(
        runner, row.text, **row.request.model_dump(mode="json", include={"timestamp", "timezone", "locale"})
    )
    assert answer.status_code == 200, answer.text
    [event] = answer.json()["events"]
    assert written_event(event) == row.expected
