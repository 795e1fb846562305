"""What POST /orchestrate refuses before it does anything: the status, and the path of what is wrong."""

from collections.abc import Iterator

import pytest

from tests.fakes.functions import Deployed, deployed


@pytest.fixture(scope="module")
def stack() -> Iterator[Deployed]:
    with deployed("http://127.0.0.1:9/unused") as made:
        yield made


@pytest.fixture
def api(stack: Deployed) -> Iterator[Deployed]:
    stack.stack.calls.clear()
    yield stack
    assert stack.stack.calls == []


WRITE = '{"intent": "memory.write", "inputs": {"text": "a"%s}%s}'


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ("{'intent': 'x'}", 400, None),
        ('{"intent": "memory.write", "inputs": {"text": "Hello', 400, None),
        ("[" * 100_000, 400, None),
        ('{"n": ' + "9" * 5000 + "}", 400, None),
        ("", 422, "body"),
        ("[]", 422, "body"),
        ("null", 422, "body"),
        ("{}", 422, "intent"),
        ('{"intent": "memory.write"}', 422, "inputs"),
        ('{"intent": "memory.write", "inputs": []}', 422, "inputs"),
        ('{"intent": "memory.write", "inputs": {}}', 422, "inputs.text"),
        ('{"intent": "a b", "inputs": {}}', 422, "intent"),
        ('{"intent": "\\ud800", "inputs": {}}', 422, "intent"),
        ('{"intent": "memory.write", "inputs": {"text": "\\ud800"}}', 422, "inputs.text"),
        ('{"intent": "memory.write", "inputs": {"\\ud800": 1}}', 422, "inputs"),
        ('{"intent": "memory.write", "inputs": {"text": NaN}}', 422, "inputs.text"),
        ('{"intent": "memory.search", "inputs": {"query": "a", "limit": 1e999}}', 422, "inputs.limit"),
        ('{"intent": "memory.search", "inputs": {"query": "a", "limit": "5"}}', 422, "inputs.limit"),
        (WRITE % (', "tags": [""]', ""), 422, "inputs.tags[0]"),
        (WRITE % (', "tags": ["x", 5]', ""), 422, "inputs.tags[1]"),
        (WRITE % (', "nonsense": 1', ""), 422, "inputs.nonsense"),
        (WRITE % ("", ', "mode": "turbo"'), 422, "mode"),
        (WRITE % ("", ', "callback_url": "javascript:alert(1)"'), 422, "callback_url"),
        (WRITE % ("", ', "callback_url": "http://example.com/hook"'), 422, "callback_url"),
        (WRITE % ("", ', "callback_url": "https://169.254.169.254/"'), 422, "callback_url"),
        (WRITE % ("", ', "context": {"user_id": 5}'), 422, "context.user_id"),
        (WRITE % ("", ', "context": {"user_id": "\\ud800"}'), 422, "context.user_id"),
        (WRITE % ("", ', "context": {"x": "\\ud800"}'), 422, "context.x"),
        (WRITE % ("", ', "context": null'), 422, "context"),
    ],
)
def test_a_wrong_body_is_refused_with_the_path_of_what_is_wrong(
    api: Deployed, body: str, status: int, field: str | None
) -> None:
    answer = api.send("api/orchestrate", "memory_write", body=body)
    assert answer.status == status, answer.text
    assert answer.json["status"] == "error"
    assert answer.json.get("field") == field
    assert isinstance(answer.json["error"], str)


def test_bottomless_nesting_is_refused_wherever_it_stands(api: Deployed) -> None:
    deep = "[" * 700 + "]" * 700
    for body in (WRITE % (f', "tags": {deep}', ""), WRITE % ("", f', "context": {{"x": {deep}}}')):
        answer = api.send("api/orchestrate", "memory_write", body=body)
        assert answer.status == 422
        assert "nested" in answer.json["error"]


def test_a_sentence_for_the_calendar_is_told_its_path(api: Deployed) -> None:
    body = {"content": "Schedule a meeting called Team Standup tomorrow at 9am", "user_id": "user_123"}
    answer = api.send("api/orchestrate", "memory_write", body=body)
    assert answer.status == 422
    assert "/api/v1/orchestrate/" in answer.json["error"]


def test_a_body_over_the_limit_is_refused(api: Deployed) -> None:
    answer = api.send("api/orchestrate", "memory_write", body="x" * 262_145)
    assert (answer.status, answer.json["error_type"]) == (413, "TooLarge")
