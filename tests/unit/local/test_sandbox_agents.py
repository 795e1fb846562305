"""What the stand-in answers to the agents: sensible, true to the text's places, and the same every time."""

import time
from itertools import pairwise
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.sandbox.openai_agents import answer
from tests.unit.local.analysed_texts import ALL, BAD_REVIEW, GERMAN, GOOD_REVIEW, NEWS, SUPPORT_MAIL

LABELS = ["positive", "negative", "neutral", "mixed"]
KINDS = ["person", "organization", "location", "date", "time", "money", "percent"]
KINDS += ["product", "event", "email", "url", "phone", "other"]


def record(**fields: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": fields, "required": [*fields], "additionalProperties": False}


def many(item: dict[str, Any], **bounds: int) -> dict[str, Any]:
    return {"type": "array", "items": item, **bounds}


TEXT, PLACE = {"type": "string"}, {"type": "integer", "minimum": 0}
SPAN = {"text": TEXT, "start": PLACE, "end": PLACE}
LABEL, SCORE = {"type": "string", "enum": LABELS}, {"type": "number", "minimum": -1, "maximum": 1}
SUMMARY = record(summary=TEXT, key_points=many(TEXT, minItems=1, maxItems=7))
SENTIMENT = record(
    label=LABEL, score=SCORE, entities=many(record(**SPAN, label=LABEL, score=SCORE), maxItems=60)
)
ENTITIES = record(entities=many({"$ref": "#/$defs/Entity"})) | {
    "$defs": {"Entity": record(type={"type": "string", "enum": KINDS}, **SPAN)}
}


def found(text: str) -> set[tuple[str, str]]:
    return {(entity["type"], entity["text"]) for entity in answer(ENTITIES, text)["entities"]}


def felt(text: str) -> dict[str, str]:
    return {entity["text"]: entity["label"] for entity in answer(SENTIMENT, text)["entities"]}


EXPECTED = {
    NEWS: {
        ("organization", "Apple"),
        ("organization", "European Commission"),
        ("organization", "Technical University of Munich"),
        ("organization", "Goldman Sachs"),
        ("organization", "University of Oxford"),
        ("organization", "Infineon Technologies AG"),
        ("organization", "Qualcomm"),
        ("person", "Tim Cook"),
        ("person", "Ursula von der Leyen"),
        ("person", "Maria Lopez"),
        ("location", "Munich"),
        ("location", "MUNICH"),
        ("location", "United States"),
        ("location", "Germany"),
        ("location", "Bavaria"),
        ("location", "Europe"),
        ("location", "New York"),
        ("product", "iPhone"),
        ("date", "March 3, 2026"),
        ("date", "Tuesday"),
        ("date", "2028"),
        ("time", "14:30 CET"),
        ("money", "$1.2 billion"),
        ("percent", "12%"),
        ("url", "https://www.apple.com/newsroom"),
        ("email", "press@apple.com"),
    },
    GOOD_REVIEW: {
        ("organization", "Sony"),
        ("product", "WH-1000XM5"),
        ("organization", "Amazon"),
        ("money", "€279.99"),
    },
    BAD_REVIEW: {("date", "12 January 2026"), ("organization", "TechStore24 GmbH")},
    SUPPORT_MAIL: {
        ("date", "2026-02-14"),
        ("date", "Monday"),
        ("date", "Friday"),
        ("time", "9:15 am"),
        ("time", "5 pm"),
        ("phone", "+44 20 7946 0958"),
        ("phone", "07700 900123"),
        ("person", "Sarah"),
        ("person", "James Whitfield"),
        ("location", "Manchester"),
        ("money", "£149.50"),
        ("email", "j.whitfield+orders@example.co.uk"),
    },
    GERMAN: {
        ("date", "12. März 2026"),
        ("person", "Müller"),
        ("person", "Jürgen Köhler"),
        ("location", "Berlin"),
        ("location", "Köln"),
        ("money", "1.299,00 €"),
        ("money", "49,90 Euro"),
        ("percent", "15 %"),
        ("organization", "Deutschen Bahn"),
        ("time", "14.30 Uhr"),
        ("email", "jürgen.köhler@müller-söhne.de"),
        ("phone", "030 1234567"),
    },
}


@pytest.mark.parametrize("text", ["y" * 10_000, "word " * 2_000, "é" * 10_000, "a,b;" * 2_500, "好" * 10_000])
def test_a_text_without_a_full_stop_is_summed_up_by_its_beginning(text: str) -> None:
    said = answer(SUMMARY, text)
    assert len(said["summary"]) <= 1_300
    assert said["summary"][:50].lower() in text.lower()
    assert all(len(point) <= 200 for point in said["key_points"])


@pytest.mark.parametrize("name", ALL)
def test_the_entities_are_those_a_reader_would_mark(name: str) -> None:
    assert found(ALL[name]) == EXPECTED[ALL[name]]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("news", "neutral"),
        ("good", "positive"),
        ("bad", "negative"),
        ("mail", "negative"),
        ("german", "mixed"),
    ],
)
def test_the_sentiment_is_the_one_a_reader_would_give(name: str, label: str) -> None:
    mood = answer(SENTIMENT, ALL[name])
    assert mood["label"] == label
    assert {"positive": mood["score"] > 0.4, "negative": mood["score"] < -0.2}.get(
        label, abs(mood["score"]) < 0.5
    )


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I love this phone!", "positive"),
        ("It is not good.", "negative"),
        ("Not bad at all.", "positive"),
        ("I can't recommend it.", "negative"),
        ("I have never been disappointed.", "positive"),
        ("The battery is great but the screen is awful.", "mixed"),
        ("The meeting takes place on Monday at 10 am in room 4.", "neutral"),
        ("It stopped working. Never again 😡", "negative"),
        ("Der Service gefällt mir nicht.", "negative"),
        ("Das Gerät funktioniert gut und ist nicht teuer.", "positive"),
        ("Die Lieferung war schnell, aber der Akku ist leider defekt und kaputt.", "negative"),
        ("Ich liebe dieses Handy ❤️", "positive"),
        ("Ich war gestern fast bis 8 Uhr im Büro.", "neutral"),
    ],
)
def test_negations_contrast_and_small_words_are_understood(text: str, label: str) -> None:
    assert answer(SENTIMENT, text)["label"] == label


def test_each_thing_gets_the_feeling_of_what_is_said_about_it() -> None:
    assert felt("The battery is great but the screen is awful, and Sarah was friendly.") == {
        "battery": "positive",
        "screen": "negative",
        "Sarah": "positive",
    }
    mail = felt(SUPPORT_MAIL)
    assert (mail["Sarah"], mail["parcel"]) == ("positive", "negative")
    german = felt(GERMAN)
    assert (german["Zimmer"], german["WLAN"], german["Deutschen Bahn"]) == (
        "positive",
        "negative",
        "positive",
    )


@pytest.mark.parametrize("name", ALL)
def test_a_summary_is_made_of_the_texts_own_sentences_in_its_order(name: str) -> None:
    text = " ".join(ALL[name].split())
    said = answer(SUMMARY, ALL[name])
    places = [text.find(part) for part in said["summary"].replace(". ", ".\n").splitlines()]
    assert -1 not in places
    assert places == sorted(places)
    assert len(said["summary"].split()) <= max(20, len(text.split()) // 3)
    assert all(point.rstrip("….")[1:] in text and len(point.split()) <= 16 for point in said["key_points"])
    assert len(set(said["key_points"])) == len(said["key_points"]) >= 3


def test_the_summary_says_what_the_text_is_about() -> None:
    said = answer(SUMMARY, NEWS)
    assert "Apple" in said["summary"]
    assert "$1.2 billion" in said["summary"]
    assert any("Tim Cook" in point for point in said["key_points"])
    assert "scratched" in answer(SUMMARY, BAD_REVIEW)["summary"]


def test_places_count_code_points_after_umlauts_and_emoji() -> None:
    (entity,) = answer(ENTITIES, "👩‍👩‍👧 Grüße aus Köln")["entities"]
    assert entity == {"type": "location", "text": "Köln", "start": 16, "end": 20}


ANY_TEXT = st.one_of(
    st.text(max_size=120),
    st.lists(
        st.sampled_from(
            [
                "Dr.",
                "Anna",
                "von",
                "Köln",
                "GmbH",
                "12.",
                "März",
                "5",
                "€",
                "@",
                "a.b@c.de",
                "not",
                "good",
                "but",
                "😀",
                "\n",
                "İ",
            ]
        ),
        max_size=30,
    ).map(" ".join),
)


@given(text=ANY_TEXT)
def test_every_text_is_answered_in_shape_and_with_real_places(text: str) -> None:
    for schema in (SUMMARY, SENTIMENT, ENTITIES):
        said = answer(schema, text)
        jsonschema_rs.validator_for(schema).validate(said)
        assert said == answer(schema, text)
        for entity in said.get("entities", ()):
            assert text[entity["start"] : entity["end"]] == entity["text"] != ""


@given(text=ANY_TEXT)
def test_entities_stand_in_order_and_never_overlap(text: str) -> None:
    places = [(entity["start"], entity["end"]) for entity in answer(ENTITIES, text)["entities"]]
    assert all(left[1] <= right[0] for left, right in pairwise(places))


def test_other_names_for_the_same_kinds_are_used_and_what_has_none_is_left_out() -> None:
    kinds = {"type": "string", "enum": ["PERSON", "ORG", "GPE"]}
    schema = record(entities=many(record(type=kinds, text=TEXT, confidence={"type": "number"})))
    said = answer(schema, "Tim Cook of Apple came to Berlin on Monday.")["entities"]
    assert [(one["type"], one["text"]) for one in said] == [
        ("PERSON", "Tim Cook"),
        ("ORG", "Apple"),
        ("GPE", "Berlin"),
    ]
    assert all(isinstance(one["confidence"], int | float) for one in said)
    with_rest = record(entities=many(record(type={"enum": ["person", "other"]}, text=TEXT)))
    assert answer(with_rest, "Apple paid $5.")["entities"][1] == {"type": "other", "text": "$5"}


def test_bounds_of_the_schema_are_kept() -> None:
    short = record(summary={"type": "string", "maxLength": 30}, key_points=many(TEXT, maxItems=1))
    said = answer(short, NEWS)
    assert len(said["summary"]) == 30
    assert len(said["key_points"]) == 1
    whole = record(label=LABEL, score={"type": "integer"}, entities=many(record(text=TEXT), maxItems=2))
    jsonschema_rs.validator_for(whole).validate(answer(whole, NEWS))


def test_a_label_the_schema_has_no_word_for_becomes_one_it_has() -> None:
    fair = record(label={"enum": ["good", "bad"]}, score=SCORE)
    assert answer(fair, GOOD_REVIEW)["label"] == "good"
    odd = record(label={"enum": ["x", "y"]}, score=SCORE)
    jsonschema_rs.validator_for(odd).validate(answer(odd, GOOD_REVIEW))


def test_an_unknown_schema_gets_an_example_of_itself() -> None:
    schema = record(title=TEXT, when={"type": "string", "format": "date"})
    jsonschema_rs.validator_for(schema, validate_formats=True).validate(answer(schema, NEWS))


HOSTILE = [
    "a@",
    "0",
    "A ",
    "'",
    "(",
    "😀",
    ".",
    ". ",
    "1 ",
    "1.1.",
    "+1(",
    "Anna ",
    "Anna von ",
    "www.",
    "$1",
    "x",
    "\n",
    "你好。",
]


@settings(deadline=None, max_examples=40)
@given(piece=st.one_of(st.sampled_from([*HOSTILE, "1 111"]), st.text(min_size=1, max_size=12)))
def test_no_text_of_ten_thousand_characters_holds_it_up(piece: str) -> None:
    text = (piece * 10_000)[:10_000]
    started = time.process_time()
    for schema in (SUMMARY, SENTIMENT, ENTITIES):
        answer(schema, text)
    assert time.process_time() - started < 1.0  # some 10 ms; the square of the length would be seconds
