"""The parts of the stand-ins: outbox, faults, the host behind SSH."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.sandbox import Outbox
from infra.local.sandbox.faults import Fault, Faults, parse
from infra.local.sandbox.meaning import embed
from infra.local.sandbox.ssh_host import answer


def test_the_outbox_keeps_the_newest_only() -> None:
    outbox = Outbox(limit=2)
    for number in range(3):
        outbox.record("openai", "POST", f"/{number}", b"", 200)
    assert [entry["path"] for entry in outbox.entries()] == ["/1", "/2"]
    outbox.clear()
    assert outbox.entries() == []


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        (b"", None),
        (b"plain words", "plain words"),
        (b"token xoxb-123456-abc", "token xoxb-***"),
        (b"Authorization: Bearer abcdef123", "Authorization: Bearer ***"),
        (b'{"a": [{"api_key": "k", "password": "p"}]}', {"a": [{"api_key": "***", "password": "***"}]}),
        (b'{"max_output_tokens": 5, "token": ""}', {"max_output_tokens": 5, "token": ""}),
        (b"\xff", "�"),
    ],
)
def test_bodies_are_shown_readable_and_without_secrets(body: bytes, shown: Any) -> None:
    outbox = Outbox()
    outbox.record("v", "POST", "/", body, 200)
    assert outbox.entries()[0]["body"] == shown


@given(st.binary(max_size=300))
def test_any_body_can_be_shown(body: bytes) -> None:
    outbox = Outbox()
    outbox.record("v", "POST", "/", body, 200)
    assert len(outbox.entries()) == 1


def test_a_fault_counts_down_and_is_then_gone() -> None:
    faults = Faults()
    faults.add(Fault("error", count=2))
    faults.add(Fault("slow"))
    kinds = [fault.kind if (fault := faults.next(b"x")) else None for _ in range(4)]
    assert kinds == ["error", "error", "slow", "slow"]
    faults.clear()
    assert faults.next(b"x") is None


def test_a_slow_fault_waits_long_unless_told_otherwise() -> None:
    assert parse({"kind": "slow"}).delay_ms == 10_000
    assert parse({"kind": "error"}).delay_ms == 0
    assert parse({"kind": "error", "delay_ms": 200}).delay_ms == 200


def test_a_fault_may_be_any_answer() -> None:
    asked = {"kind": "status", "status": 410, "headers": {"Retry-After": "1"}, "count": 2, "delay_ms": 5}
    fault = parse(asked)
    assert (fault.status, fault.headers, fault.delay_ms) == (410, {"Retry-After": "1"}, 5)
    assert fault.view() == {**asked, "match": ""}


@pytest.mark.parametrize(
    ("asked", "word"),
    [
        ([], "object"),
        ({"kind": "sulk"}, "kind"),
        ({"kind": "error", "cuont": 1}, "cuont"),
        ({"kind": "error", "count": 0}, "count"),
        ({"kind": "error", "count": True}, "count"),
        ({"kind": "error", "delay_ms": -1}, "delay_ms"),
        ({"kind": "error", "match": 1}, "match"),
        ({"kind": "error", "status": 500}, "status"),
        ({"kind": "status"}, "status"),
        ({"kind": "status", "status": 101}, "status"),
        ({"kind": "status", "status": "410"}, "status"),
        ({"kind": "status", "status": 410, "headers": []}, "headers"),
        ({"kind": "status", "status": 410, "headers": {"Content-Length": "1"}}, "Content-Length"),
        ({"kind": "status", "status": 410, "headers": {"A b": "1"}}, "A b"),
        ({"kind": "status", "status": 410, "headers": {"A": "1\r\nB: 2"}}, "A"),
        ({"kind": "status", "status": 410, "headers": {"A": 1}}, "A"),
    ],
)
def test_a_fault_that_makes_no_sense_is_refused_by_its_field(asked: object, word: str) -> None:
    with pytest.raises(ValueError, match=word):
        parse(asked)


@given(st.text(st.characters(exclude_categories=[]), max_size=80), st.sampled_from([1, 256, 1536]))
def test_every_text_has_a_unit_vector(text: str, dimensions: int) -> None:
    vector = embed(text, dimensions)
    assert len(vector) == dimensions
    assert sum(value * value for value in vector) == pytest.approx(1, abs=1e-3)


@given(st.text(max_size=60))
def test_the_ssh_host_answers_any_line(command: str) -> None:
    assert 0 <= answer(command).status <= 127
