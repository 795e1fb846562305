import json
from datetime import datetime
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, TypeAdapter, ValidationError

from orchestrator.entry.bodies import MOST_DETAILS, json_path, of_validation, refuse_other_paths
from orchestrator.errors import InvalidInput

FIRST_LINE_OF_THE_DOCUMENT = '{\n    "content": "Schedule a meeting called Team'
"""What bash sends of the calendar document's first curl: the inner single quote ends the argument."""


def problem_of(body: str) -> Any:
    try:
        json.loads(body)
    except json.JSONDecodeError as error:
        entry = {"type": "json_invalid", "loc": ("body", error.pos), "ctx": {"error": error.msg}}
        return of_validation([entry], body)
    raise AssertionError("this body is valid JSON")


def test_a_body_cut_by_the_shell_is_explained_with_place_word_and_mend() -> None:
    assert len(FIRST_LINE_OF_THE_DOCUMENT) == 48
    problem = problem_of(FIRST_LINE_OF_THE_DOCUMENT)
    assert problem.status == 400
    assert problem.message == (
        "Body is truncated JSON at char 17: your shell probably ended the string at the ' before 'Team'."
    )
    assert "--data @file" in problem.hint
    assert "'\\''" in problem.hint


def test_a_body_that_ends_too_early_outside_a_string_is_called_truncated() -> None:
    assert problem_of('{"intent": "memory.write", ').message.startswith("Body is truncated JSON at char 27")


def test_single_quotes_get_a_hint_about_double_quotes() -> None:
    problem = problem_of("{'intent': 'memory.write'}")
    assert problem.message.startswith("Body is not valid JSON at char 1")
    assert "double quotes" in problem.hint


@given(st.text())
def test_every_malformed_body_is_a_400_with_a_hint(body: str) -> None:
    try:
        json.loads(body)
    except json.JSONDecodeError:
        problem = problem_of(body)
        assert (problem.status, bool(problem.hint)) == (400, True)


@pytest.mark.parametrize(
    ("location", "path"),
    [
        (("body", "inputs", "tags", 0), "inputs.tags[0]"),
        (("body",), "body"),
        (("query", "wait"), "query.wait"),
        (("header", "idempotency-key"), "header.idempotency-key"),
        (("body", 2, "name"), "[2].name"),
    ],
)
def test_a_location_becomes_a_path_the_caller_can_read(location: tuple[str | int, ...], path: str) -> None:
    assert json_path(location) == path


@pytest.mark.parametrize(
    ("kind", "value", "mend"),
    [
        (Annotated[int, Field(ge=1)], "0", "Send 1 or more."),
        (Annotated[float, Field(le=27)], "28", "Send 27 or less."),
        (Annotated[float, Field(gt=0, lt=3)], "0", "Send more than 0."),
        (Annotated[float, Field(gt=0, lt=3)], "3", "Send less than 3."),
        (Annotated[list[str], Field(min_length=1)], [], "Send 1 or more."),
        (Annotated[list[str], Field(max_length=2)], ["a"] * 3, "Send 2 or fewer."),
        (Annotated[str, Field(min_length=1)], "", "Write 1 or more characters."),
        (Annotated[str, Field(max_length=2)], "abc", "Write 2 or fewer characters."),
        (Annotated[str, Field(pattern="^a{2}$")], "b", "Write it so that it matches ^a{2}$."),
        (Literal["sequential", "parallel"], "both", "Write 'sequential' or 'parallel'."),
        (int, "x", "Write it as a whole number, in digits."),
        (int, "1.5", "Write it as a whole number, in digits."),
        (int, 1.5, "Write it as a whole number, in digits."),
        (float, "x", "Write it as a number, in digits."),
        (bool, "x", "Write it as true or false, without quotes."),
        (datetime, "yesterday", "Write it as 2026-11-20T11:00:00Z (RFC 3339)."),
    ],
)
def test_a_value_outside_of_its_bounds_is_told_what_lies_within(kind: Any, value: Any, mend: str) -> None:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(kind).validate_python(value)
    problem = of_validation([error | {"loc": ("query", "x")} for error in caught.value.errors()], None)
    assert (problem.status, problem.field, problem.hint) == (422, "query.x", mend)


def test_several_wrong_values_are_all_listed_and_the_first_is_the_sentence() -> None:
    errors = [
        {"type": "missing", "loc": ("body", "intent"), "msg": "Field required"},
        {"type": "bool_type", "loc": ("body", "inputs", "confirm"), "msg": "Input should be a valid boolean"},
    ]
    problem = of_validation(errors, {})
    assert problem.message == "intent: Field required (1 more in details)"
    assert (problem.field, problem.hint) == ("intent", "Add it.")
    assert problem.details[1]["field"] == "inputs.confirm"


def test_an_answer_stays_small_however_much_is_wrong() -> None:
    """Lambda refuses an answer of more than 6 MB: the caller would see a fault of ours."""
    errors = [{"type": "extra_forbidden", "loc": ("body", "x" * 300), "msg": "Not permitted"}] * 100_000
    problem = of_validation(errors, {})
    assert len(problem.details) == MOST_DETAILS
    assert len(json.dumps(problem.details)) < 50_000
    assert problem.field == "x" * 100 + "…"
    assert len(problem_of('{"text": "It is a ' + "x" * 100_000).message) < 300


def test_a_body_of_another_content_type_is_told_which_header_to_send() -> None:
    errors = [{"type": "model_attributes_type", "loc": ("body",), "msg": "Input should be an object"}]
    assert "Content-Type: application/json" in str(of_validation(errors, b"a=b").hint)


def test_a_calendar_sentence_sent_to_the_intents_is_shown_its_own_path() -> None:
    with pytest.raises(InvalidInput, match="/api/v1/orchestrate/"):
        refuse_other_paths({"content": "Lunch", "user_id": "u"}, here="/orchestrate")


def test_an_intent_sent_to_the_calendar_is_shown_its_own_path() -> None:
    with pytest.raises(InvalidInput, match="POST /orchestrate"):
        refuse_other_paths({"intent": "memory.write", "inputs": {}}, here="/api/v1/orchestrate")


@pytest.mark.parametrize(
    "body", [{"intent": "x", "content": "c", "user_id": "u"}, {}, [], None, "intent", {"content": "only"}]
)
def test_any_other_body_passes(body: object) -> None:
    refuse_other_paths(body, here="/orchestrate")
