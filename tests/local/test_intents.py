"""The intent router as its users meet it: curl's requests against the real runner."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2

from tests.local.running import Running, until

ORCHESTRATE = "orchestrator-local-api-orchestrate"


def ask(runner: Running, intent: str, inputs: dict[str, Any], user: str = "", **more: Any) -> httpx2.Response:
    headers = more.pop("headers", {})
    body = {"intent": intent, "inputs": inputs, "context": {"user_id": user}, **more}
    return runner.post("/orchestrate", json=body, headers=headers)


def someone() -> str:
    return uuid.uuid4().hex


def test_the_documents_curl_stores_a_memory(runner: Running) -> None:
    body = """{
    "intent": "memory.write",
    "inputs": {"text": "Hello World", "tags": ["test"]},
    "mode": "agent"
  }"""
    answer = runner.post("/orchestrate", content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 200
    assert answer.json()["status"] == "success"
    assert answer.json()["mode"] == "agent"
    assert isinstance(answer.json()["duration_ms"], int)
    assert answer.json()["result"]["item_id"].startswith("mem_")
    assert answer.json()["result"]["status"] == "stored"


def test_a_memory_is_found_by_meaning_and_by_word(runner: Running) -> None:
    user = someone()
    ask(runner, "memory.write", {"text": "The car is in the garage"}, user)
    ask(runner, "memory.write", {"text": "Ticket ABC-1234 was closed"}, user)
    by_meaning = ask(runner, "memory.search", {"query": "automobile"}, user).json()["result"]["items"]
    by_word = ask(runner, "memory.search", {"query": "ABC-1234"}, user).json()["result"]["items"]
    assert by_meaning[0]["text"] == "The car is in the garage"
    assert by_meaning[0]["scores"]["semantic"] > 0.2
    assert by_word[0]["text"] == "Ticket ABC-1234 was closed"
    assert by_word[0]["scores"]["keyword"] > 0


def test_a_user_does_not_find_what_another_user_wrote(runner: Running) -> None:
    ask(runner, "memory.write", {"text": "my secret garden"}, someone())
    assert ask(runner, "memory.search", {"query": "garden"}, someone()).json()["result"]["count"] == 0


def test_tags_narrow_a_search_to_texts_that_carry_them_all(runner: Running) -> None:
    user = someone()
    ask(runner, "memory.write", {"text": "red apple", "tags": ["fruit", "red"]}, user)
    ask(runner, "memory.write", {"text": "green apple", "tags": ["fruit"]}, user)
    found = ask(runner, "memory.search", {"query": "apple", "tags": ["fruit", "red"]}, user).json()["result"]
    assert [item["text"] for item in found["items"]] == ["red apple"]


def test_the_same_request_gets_the_same_response(runner: Running) -> None:
    user = someone()
    first = ask(runner, "memory.write", {"text": "once"}, user)
    again = ask(runner, "memory.write", {"text": "once"}, user)
    assert again.content == first.content
    assert "idempotent-replayed" not in first.headers
    assert again.headers["idempotent-replayed"] == "true"


def test_fifty_identical_requests_at_once_run_once(runner: Running) -> None:
    user = someone()
    with ThreadPoolExecutor(50) as pool:
        answers = list(pool.map(lambda _: ask(runner, "memory.write", {"text": "stampede"}, user), range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotent-replayed" not in answer.headers for answer in answers) == 1


def test_a_search_sees_what_was_written_after_its_answer_was_cached(runner: Running) -> None:
    user = someone()
    assert ask(runner, "memory.search", {"query": "lighthouse"}, user).json()["result"]["count"] == 0
    ask(runner, "memory.write", {"text": "the lighthouse keeper"}, user)
    assert ask(runner, "memory.search", {"query": "lighthouse"}, user).json()["result"]["count"] == 1


def test_a_text_written_again_after_its_deletion_is_there_again(runner: Running) -> None:
    user = someone()
    item = ask(runner, "memory.write", {"text": "phoenix"}, user).json()["result"]["item_id"]
    assert ask(runner, "memory.delete", {"item_id": item}, user).json()["result"]["status"] == "deleted"
    assert ask(runner, "memory.get", {"item_id": item}, user).status_code == 404
    assert ask(runner, "memory.write", {"text": "phoenix"}, user).json()["result"]["status"] == "stored"
    history = ask(runner, "memory.history", {"item_id": item}, user).json()["result"]["history"]
    assert [entry["event"] for entry in history] == ["stored", "deleted", "stored"]


def test_a_fact_is_superseded_and_can_be_asked_for_as_of_then(runner: Running) -> None:
    user = someone()
    old = ask(runner, "memory.write", {"text": "Ada lives in Paris", "key": "home"}, user).json()["result"]
    then = ask(runner, "memory.get", {"item_id": old["item_id"]}, user).json()["result"]["created_at"]
    new = ask(runner, "memory.write", {"text": "Ada lives in Berlin", "key": "home"}, user).json()["result"]
    assert (new["status"], new["supersedes"]) == ("superseded", old["item_id"])
    now = ask(runner, "memory.search", {"query": "where does Ada live"}, user).json()["result"]["items"]
    before = ask(runner, "memory.search", {"query": "where does Ada live", "as_of": then}, user)
    assert [item["text"] for item in now] == ["Ada lives in Berlin"]
    assert [item["text"] for item in before.json()["result"]["items"]] == ["Ada lives in Paris"]


def test_a_long_intent_becomes_a_job_that_is_polled_to_its_end(runner: Running) -> None:
    texts = [f"line {number} of a long list" for number in range(40)]
    accepted = ask(
        runner,
        "memory.import",
        {"texts": texts},
        someone(),
        callback_url="https://example.com/webhook",
        headers={"Prefer": "respond-async"},
    )
    body = accepted.json()
    assert accepted.status_code == 202
    assert body["status"] == "accepted"
    assert body["message"] == "Job accepted for async processing"
    assert body["callback_url"] == "https://example.com/webhook"
    assert accepted.headers["location"] == f"/jobs/{body['job_id']}"
    job = runner.get(f"{accepted.headers['location']}?wait=20").json()
    assert job["status"] == "success"
    assert job["result"] == {"stored": 40, "deduplicated": 0, "failed": []}
    assert job["attempts"] == 1


def test_a_long_intent_that_ends_in_time_answers_in_place_and_again_without_running(runner: Running) -> None:
    user = someone()
    first = ask(runner, "memory.import", {"texts": ["one", "two"]}, user)
    again = ask(runner, "memory.import", {"texts": ["one", "two"]}, user)
    assert first.status_code == again.status_code == 200
    assert first.json()["result"] == again.json()["result"] == {"stored": 2, "deduplicated": 0, "failed": []}
    assert first.content == again.content


def test_a_job_that_nobody_knows_is_not_found_in_the_routers_own_words(runner: Running) -> None:
    answer = runner.get("/jobs/job_abc123")
    assert answer.status_code == 404
    assert answer.json()["error"] == "Job 'job_abc123' not found"
    assert answer.json()["status"] == "error"


def test_modes_without_an_engine_name_what_they_need(runner: Running) -> None:
    flow = ask(runner, "gmail.triage", {"since": "1 hour ago"}, mode="flow")
    mcp = ask(runner, "mcp.files.list", {})
    assert (flow.status_code, mcp.status_code) == (503, 503)
    assert "N8N_WEBHOOK_BASE" in flow.json()["error"]
    assert "MCP server" in mcp.json()["error"]


def test_every_path_answers_with_a_slash_at_its_end_too(runner: Running) -> None:
    assert runner.get("/health/").status_code == 200
    assert runner.get("/intents/").json() == runner.get("/intents").json()


def test_what_was_sent_to_the_vendor_shows_in_the_outbox(runner: Running) -> None:
    text = f"outbox {someone()}"
    ask(runner, "memory.write", {"text": text}, someone())
    sent = until(
        lambda: [entry for entry in runner.get("/_local/outbox").json() if text in str(entry["body"])]
    )
    assert sent[0]["vendor"] == "openai"
    assert sent[0]["path"] == "/v1/embeddings"
