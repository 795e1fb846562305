"""What is made of the summary a model writes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from orchestrator.analysis import words
from orchestrator.analysis.summary import MOST_POINTS, SUMMARIZER, Summary, word_budget

said = st.text(st.sampled_from("ab .!\n漢é-•"), min_size=1, max_size=60).filter(str.strip)


def result(summary: str = "It rained.", *points: str, text: str = "It rained all day.") -> dict[str, Any]:
    return SUMMARIZER.result(Summary(summary=summary, key_points=list(points or ("Rain.",))), text)


@pytest.mark.parametrize(
    ("text", "budget"),
    [("Hello there", 20), ("word " * 100, 25), ("word " * 2000, 120), ("漢字" * 200, 50)],
)
def test_the_budget_is_a_quarter_of_the_text_within_bounds(text: str, budget: int) -> None:
    assert word_budget(text) == budget
    assert SUMMARIZER.variables(text) == {"word_budget": budget}


def test_a_summary_within_its_budget_is_kept_as_one_paragraph() -> None:
    assert result("It rained.\n\nAll  day. ", "Rain.") == {
        "summary": "It rained. All day.",
        "key_points": ["Rain."],
        "words": 4,
        "word_budget": 20,
    }


def test_a_summary_over_its_budget_ends_with_the_last_sentence_that_fits() -> None:
    answer = result("One two three four five six seven. " * 5)
    assert answer["summary"] == " ".join(["One two three four five six seven."] * 2)
    assert (answer["words"], answer["word_budget"]) == (14, 20)


def test_key_points_are_trimmed_distinct_and_at_most_seven() -> None:
    points = ["- It rained.", " it  RAINED ", "• It was cold", "", *(f"Point {n}" for n in range(9))]
    assert result("s", *points)["key_points"] == [
        "It rained.",
        "It was cold",
        *(f"Point {n}" for n in range(MOST_POINTS - 2)),
    ]


def test_a_number_below_zero_is_no_bullet() -> None:
    assert result("s", "-5 degrees at night")["key_points"] == ["-5 degrees at night"]


@pytest.mark.parametrize(("summary", "points"), [(" \n", ["x"]), ("x", []), ("x", [" ", ""])])
def test_an_answer_that_says_nothing_is_refused(summary: str, points: list[str]) -> None:
    with pytest.raises(ValidationError):
        Summary(summary=summary, key_points=points)


@given(said, st.lists(said, min_size=1, max_size=12), st.text(max_size=100))
def test_a_result_keeps_its_promises_whatever_the_model_writes(
    summary: str, points: list[str], text: str
) -> None:
    answer = result(summary, *points, text=text)
    assert words.count(answer["summary"]) == answer["words"] <= answer["word_budget"] == word_budget(text)
    assert 1 <= len(answer["key_points"]) <= MOST_POINTS
    assert all(point.strip() == point != "" for point in answer["key_points"])


def test_words_without_end_are_cut() -> None:
    answer = result("a" * 50_000, "b" * 50_000)
    assert len(answer["summary"]) <= 2000
    assert len(answer["key_points"][0]) <= 300
