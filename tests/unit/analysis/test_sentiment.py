"""What is made of the sentiment a model tells."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from orchestrator.analysis.sentiment import MOST, NEUTRAL, SENTIMENT, Label, Sentiment, consistent

TEXT = "The screen is great, the battery is awful. Great screen!"
labels = st.sampled_from(("positive", "negative", "neutral", "mixed"))


def result(*mentions: dict[str, Any], text: str = TEXT, **whole: Any) -> dict[str, Any]:
    return SENTIMENT.result(
        Sentiment(**{"label": "mixed", "score": 0.1, "entities": mentions, **whole}), text
    )


def mention(text: str, start: int, label: str = "positive", score: float = 0.9) -> dict[str, Any]:
    return {"text": text, "start": start, "end": start + len(text), "label": label, "score": score}


def test_the_text_and_what_it_names_have_a_label_and_a_score() -> None:
    answer = result(mention("battery", 30, "negative", -0.8), mention("screen", 4))
    assert answer == {
        "label": "mixed",
        "score": 0.1,
        "entities": [
            {"text": "screen", "start": 4, "end": 10, "label": "positive", "score": 0.9},
            {"text": "battery", "start": 25, "end": 32, "label": "negative", "score": -0.8},
        ],
        "dropped": 0,
    }


def test_an_invented_mention_is_dropped_and_a_repeated_one_kept_once_as_named_first() -> None:
    answer = result(mention("screen", 4), mention("camera", 4), mention("screen", 5, "negative", -1))
    assert [(one["start"], one["label"]) for one in answer["entities"]] == [(4, "positive")]
    assert answer["dropped"] == 1


@pytest.mark.parametrize(
    ("label", "score", "kept"),
    [
        ("positive", 7, 1.0),
        ("positive", -0.8, 0.8),
        ("negative", 0.8, -0.8),
        ("negative", -1e300, -1.0),
        ("neutral", 0.95, 0.0),
        ("neutral", -0.1, -0.1),
        ("mixed", -0.4, -0.4),
        ("mixed", 0.12345, 0.123),
    ],
)
def test_a_score_is_brought_into_its_range_and_in_line_with_its_label(
    label: Label, score: float, kept: float
) -> None:
    assert consistent(label, score) == kept


@given(labels, st.floats(allow_nan=False, allow_infinity=False))
def test_no_score_contradicts_its_label(label: Label, score: float) -> None:
    least, most = {"positive": (0, 1), "negative": (-1, 0), "neutral": (-NEUTRAL, NEUTRAL)}.get(
        label, (-1, 1)
    )
    kept = consistent(label, score)
    assert least <= kept <= most
    assert str(kept) != "-0.0"


def test_a_score_that_is_no_number_is_refused() -> None:
    with pytest.raises(ValidationError):
        Sentiment.model_validate_json('{"label": "mixed", "score": NaN, "entities": []}')


def test_no_more_mentions_are_kept_than_were_asked_for() -> None:
    text = " ".join(f"e{number:03d}" for number in range(MOST + 5))
    answer = result(*(mention(f"e{n:03d}", n * 5) for n in range(MOST + 5)), text=text)
    assert (len(answer["entities"]), answer["dropped"]) == (MOST, 5)
