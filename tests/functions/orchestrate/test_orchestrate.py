"""POST /orchestrate, from API Gateway's event to API Gateway's answer, on moto and OpenAI's stand-in."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from orchestrator import wiring
from orchestrator.aws import clients
from orchestrator.aws.idempotency import DynamoIdempotency
from orchestrator.intents.tool import Call
from tests.fakes.api_gateway import Answer
from tests.fakes.functions import EVENTS, Deployed, deployed
from tests.fakes.sandbox import Sandbox

SEED_KEYS = {"status", "result", "mode", "duration_ms"}
RECORDED = sorted(
    file.name.removesuffix(".response.json") for file in EVENTS.glob("api/orchestrate/*.response.json")
)


def ask(api: Deployed, intent: str, inputs: Any, *, user: str = "", **more: Any) -> Answer:
    body = {"intent": intent, "inputs": inputs, "context": {"user_id": user}, **more.pop("fields", {})}
    return api.send("api/orchestrate", "memory_write", body=body, **more)


def shape(value: Any) -> Any:
    """Keys and types: what stays the same from one answer to the next."""
    if isinstance(value, dict):
        return {key: shape(entry) for key, entry in value.items()}
    return type(value).__name__


@pytest.mark.parametrize("case", RECORDED)
def test_every_recorded_answer_is_what_the_function_answers_today(api: Deployed, case: str) -> None:
    recorded = json.loads((EVENTS / f"api/orchestrate/{case}.response.json").read_text("utf-8"))
    answer = api.send("api/orchestrate", case)
    assert answer.status == recorded["statusCode"]
    assert shape(answer.json) == shape(json.loads(recorded["body"]))
    assert set(recorded["headers"]) - set(answer.headers) == set()


def test_the_documents_curl_is_answered_as_the_document_shows(api: Deployed) -> None:
    answer = api.send("api/orchestrate", "memory_write")
    assert answer.status == 200
    assert set(answer.json) >= SEED_KEYS
    assert (answer.json["status"], answer.json["mode"]) == ("success", "agent")
    assert answer.json["result"]["status"] == "stored"
    assert answer.json["result"]["item_id"].startswith("mem_")
    assert isinstance(answer.json["duration_ms"], int)
    assert "idempotent-replayed" not in answer.headers


def test_the_same_request_gets_the_same_response_and_says_so(api: Deployed) -> None:
    first = api.send("api/orchestrate", "memory_write")
    again = api.send("api/orchestrate", "memory_write")
    assert again.content == first.content
    assert again.headers["idempotent-replayed"] == "true"


@pytest.mark.parametrize("caller", [{"tenant": "other"}, {"tenant": "acme-2"}])
def test_another_tenant_gets_its_own_answer(api: Deployed, caller: dict[str, str]) -> None:
    api.send("api/orchestrate", "memory_write")
    assert "idempotent-replayed" not in api.send("api/orchestrate", "memory_write", caller=caller).headers


def test_what_was_written_is_found_by_meaning_and_by_word_by_its_user_only(api: Deployed) -> None:
    ask(api, "memory.write", {"text": "The car is in the garage"}, user="u#1")
    ask(api, "memory.write", {"text": "Ticket ABC-1234 was closed"}, user="u#1")
    by_meaning = ask(api, "memory.search", {"query": "automobile"}, user="u#1").json["result"]["items"]
    by_word = ask(api, "memory.search", {"query": "ABC-1234"}, user="u#1").json["result"]["items"]
    assert by_meaning[0]["text"] == "The car is in the garage"
    assert by_word[0]["text"] == "Ticket ABC-1234 was closed"
    assert by_word[0]["scores"]["keyword"] > 0
    assert set(by_word[0]["scores"]) == {"semantic", "keyword"}
    assert ask(api, "memory.search", {"query": "automobile"}, user="u").json["result"]["count"] == 0


def test_a_search_sees_what_was_written_after_the_same_search(api: Deployed) -> None:
    assert ask(api, "memory.search", {"query": "cat"}).json["result"]["count"] == 0
    ask(api, "memory.write", {"text": "the cat sleeps"})
    again = ask(api, "memory.search", {"query": "cat"})
    assert again.json["result"]["count"] == 1
    assert "idempotent-replayed" not in again.headers


def test_written_deleted_and_written_again_it_is_stored_again(api: Deployed) -> None:
    write = {"text": "Hello", "tags": ["x"]}
    item = {"item_id": ask(api, "memory.write", write).json["result"]["item_id"]}
    assert ask(api, "memory.get", item).json["result"]["text"] == "Hello"
    assert ask(api, "memory.delete", item).json["result"]["status"] == "deleted"
    assert ask(api, "memory.get", item).status == 404
    again = ask(api, "memory.write", write)
    assert again.json["result"] == {**item, "status": "stored"}
    assert "idempotent-replayed" not in again.headers
    events = [event["event"] for event in ask(api, "memory.history", item).json["result"]["history"]]
    assert events == ["stored", "deleted", "stored"]


def test_a_fact_is_superseded_and_can_be_asked_for_as_of_then(api: Deployed) -> None:
    ask(api, "memory.write", {"text": "the wall is red", "key": "wall"})
    ask(api, "memory.write", {"text": "the wall is blue", "key": "wall"})
    back = ask(api, "memory.write", {"text": "the wall is red", "key": "wall"})
    assert back.json["result"]["status"] == "superseded"
    found = ask(api, "memory.search", {"query": "wall"}).json["result"]["items"]
    assert [item["text"] for item in found] == ["the wall is red"]
    past = {"query": "wall", "as_of": "2020-01-01T00:00:00Z"}
    assert ask(api, "memory.search", past).json["result"]["count"] == 0


def test_nothing_inside_a_result_is_lost_because_it_is_null(api: Deployed) -> None:
    item = ask(api, "memory.write", {"text": "Hello"}).json["result"]["item_id"]
    first = ask(api, "memory.get", {"item_id": item})
    assert first.json["result"]["key"] is None
    assert "job_id" not in first.json


def test_the_calls_to_aws_stay_within_what_was_promised(api: Deployed) -> None:
    ask(api, "memory.write", {"text": "warm up"})
    api.stack.calls.clear()
    ask(api, "memory.write", {"text": "Hello"})
    assert len(api.stack.calls) <= 5, api.stack.calls
    api.stack.calls.clear()
    ask(api, "memory.search", {"query": "hello"})
    assert len(api.stack.calls) <= 3, api.stack.calls


def test_a_dead_embedding_vendor_loses_nothing(api: Deployed, vendors: Sandbox) -> None:
    vendors.fault("error")
    written = ask(api, "memory.write", {"text": "the cat sleeps"}).json["result"]
    assert written["status"] == "stored"
    assert "degraded" in written
    message = clients.sqs().receive_message(QueueUrl=api.stack.environment["QUEUE_JOBS"])["Messages"][0]
    assert json.loads(message["Body"])["job_id"] == written["job_id"]
    found = ask(api, "memory.search", {"query": "cat"}).json["result"]
    assert [item["text"] for item in found["items"]] == ["the cat sleeps"]
    assert "degraded" in found


def test_a_long_intent_is_accepted_with_the_documented_words(api: Deployed) -> None:
    inputs = {"texts": ["one", "two"]}
    fields = {"callback_url": "https://example.com/webhook"}
    headers = {"prefer": "respond-async", "x-correlation-id": "order-4711"}
    answer = ask(api, "memory.import", inputs, fields=fields, headers=headers)
    assert answer.status == 202
    assert answer.json["status"] == "accepted"
    assert answer.json["message"] == "Job accepted for async processing"
    assert answer.json["callback_url"] == "https://example.com/webhook"
    assert answer.headers["location"] == f"/jobs/{answer.json['job_id']}"
    assert answer.headers["x-correlation-id"] == "order-4711"
    again = ask(api, "memory.import", inputs, fields=fields, headers=headers)
    assert again.content == answer.content
    assert again.headers["idempotent-replayed"] == "true"
    queue = {"QueueUrl": api.stack.environment["QUEUE_JOBS"], "MaxNumberOfMessages": 10}
    messages = clients.sqs().receive_message(**queue)["Messages"]  # type: ignore[arg-type]
    assert [json.loads(message["Body"]) for message in messages] == [
        {"tenant": "acme", "job_id": answer.json["job_id"], "correlation_id": "order-4711"}
    ]


def test_an_unknown_intent_is_answered_in_the_documents_words(api: Deployed) -> None:
    answer = ask(api, "xyz", {})
    assert answer.status == 404
    assert answer.json["error"].startswith("Intent 'xyz' not found. Available: ['memory.delete', ")
    assert (answer.json["status"], answer.json["error_type"]) == ("error", "NotFound")


def test_a_callers_own_key_refuses_another_body(api: Deployed) -> None:
    key = {"idempotency-key": "order-1"}
    ask(api, "memory.write", {"text": "a"}, headers=key)
    assert ask(api, "memory.write", {"text": "a"}, headers=key).headers["idempotent-replayed"] == "true"
    refused = ask(api, "memory.write", {"text": "b"}, headers=key)
    assert (refused.status, refused.json["error_type"]) == (422, "KeyReused")


def test_no_cache_asks_for_the_work_again(api: Deployed) -> None:
    ask(api, "memory.write", {"text": "a"})
    answer = ask(api, "memory.write", {"text": "a"}, headers={"cache-control": "max-age=0, No-Cache"})
    assert answer.json["result"]["status"] == "deduplicated"
    assert "idempotent-replayed" not in answer.headers


def test_a_request_under_way_elsewhere_is_a_conflict_that_says_when_to_ask_again(vendors: Sandbox) -> None:
    with deployed(vendors.openai, ORCHESTRATOR_SYNC_TIMEOUT="0.05") as api:
        taken: list[Any] = []
        claim = DynamoIdempotency.claim

        async def twin(self: Any, wanted: Any, **over: Any) -> Any:
            if not taken:
                taken.append(wanted)
                await claim(self, replace(wanted, token="twin"))
            return await claim(self, wanted, **over)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(DynamoIdempotency, "claim", twin)
            answer = ask(api, "memory.write", {"text": "a"})
        assert (answer.status, answer.json["error_type"]) == (409, "Conflict")
        assert answer.headers["retry-after"] == "1"


def test_a_quick_intent_that_overruns_names_the_setting(vendors: Sandbox) -> None:
    vendors.fault("slow", delay_ms=400, count=1)
    with deployed(vendors.openai, ORCHESTRATOR_SYNC_TIMEOUT="0.1") as api:
        answer = ask(api, "memory.write", {"text": "a"})
    assert answer.status == 504
    assert "ORCHESTRATOR_SYNC_TIMEOUT (0.1 s)" in answer.json["error"]
    assert answer.json["error_type"] == "BudgetExceeded"
    vendors.behave()


def test_a_throttled_table_is_a_503_that_may_be_tried_again(api: Deployed) -> None:
    def throttle(model: Any, **_: Any) -> Any:
        raise clients.dynamodb().exceptions.ProvisionedThroughputExceededException(
            {"Error": {"Code": "ProvisionedThroughputExceededException"}}, model.name
        )

    clients.dynamodb().meta.events.register("before-call.dynamodb.PutItem", throttle)
    answer = ask(api, "memory.write", {"text": "a"})
    assert (answer.status, answer.json["error_type"]) == (503, "Unavailable")
    assert int(answer.headers["retry-after"]) >= 1


def test_a_key_without_the_scope_may_not_run_intents(api: Deployed) -> None:
    answer = ask(api, "memory.write", {"text": "a"}, caller={"scopes": "jobs:read"})
    assert (answer.status, answer.json["status"], answer.json["error_type"]) == (403, "error", "Forbidden")


def test_a_job_of_the_largest_body_in_any_alphabet_is_accepted(api: Deployed) -> None:
    body = json.dumps(
        {"intent": "memory.import", "inputs": {"texts": ["漢" * 10_000] * 8}}, ensure_ascii=False
    )
    answer = api.send("api/orchestrate", "memory_write", body=body, headers={"prefer": "respond-async"})
    assert answer.status == 202, answer.text


def test_a_search_result_too_large_to_keep_is_still_answered(api: Deployed) -> None:
    memory = wiring.memory(Call("acme"))

    async def fill() -> None:
        for number in range(14):
            await memory.write(f"cat {number} " + "x" * 31_000, [], None)

    asyncio.run(fill())
    answer = ask(api, "memory.search", {"query": "cat", "limit": 14})
    assert (answer.status, answer.json["result"]["count"]) == (200, 14)
    assert ask(api, "memory.search", {"query": "cat", "limit": 14}).status == 200


def test_a_blank_query_is_refused_by_name_and_leaves_no_lock(api: Deployed) -> None:
    for _ in range(2):
        answer = ask(api, "memory.search", {"query": " "})
        assert (answer.status, answer.json["field"]) == (422, "inputs.query")
