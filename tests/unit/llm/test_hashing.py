"""The offline embedder."""

import asyncio
import math

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.llm.hashing import DIMENSION, MODEL, HashingEmbedder, project

ANY_TEXT = st.text(st.characters(exclude_categories=[]), max_size=200)  # lone surrogates included


def likeness(left: str, right: str) -> float:
    return sum(a * b for a, b in zip(project(left), project(right), strict=True))


@given(ANY_TEXT)
def test_every_text_becomes_a_unit_vector(text: str) -> None:
    vector = project(text)
    assert len(vector) == DIMENSION
    assert math.isclose(math.hypot(*vector), 1.0, rel_tol=1e-9)


@given(ANY_TEXT)
def test_the_same_text_always_gives_the_same_vector(text: str) -> None:
    assert project(text) == project(text)


def test_the_vector_is_the_same_on_every_machine() -> None:
    vector = project("Hello World")
    largest = max(range(DIMENSION), key=lambda index: abs(vector[index]))
    assert (largest, round(vector[largest], 6)) == GOLDEN


def test_case_and_unicode_form_make_no_difference() -> None:
    assert project("CAFÉ") == project("cafe\N{COMBINING ACUTE ACCENT}")


def test_shared_words_are_nearer_than_none() -> None:
    note = "the quarterly report is due on Friday"
    assert likeness(note, "when is the quarterly report due") > 0.5
    assert likeness(note, "my cat sleeps all day") < 0.3


def test_inflections_are_nearer_than_other_words() -> None:
    assert likeness("deployment", "deployments") > likeness("deployment", "breakfast") + 0.3


def test_the_embedder_names_its_model_and_counts_no_tokens() -> None:
    answer = asyncio.run(HashingEmbedder().embed(["one", "two"]))
    assert (answer.model, answer.dimension, answer.tokens) == (MODEL, 256, 0)
    assert answer.vectors == [project("one"), project("two")]


def test_no_text_gives_no_vector() -> None:
    answer = asyncio.run(HashingEmbedder().embed([]))
    assert (answer.vectors, answer.dimension) == ([], 0)


GOLDEN = (118, 0.508329)
