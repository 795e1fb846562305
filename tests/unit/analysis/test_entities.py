"""What is made of the entities a model names."""

import json
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from orchestrator.analysis.craft import MOST_BYTES, fitting
from orchestrator.analysis.entities import ENTITY_EXTRACTOR, MOST, Entities, Entity
from orchestrator.analysis.mentions import LONGEST

TEXT = "Ada Lovelace met Charles Babbage in London on 5 June 1833; Ada paid £3."


def result(*named: tuple[str, str, int, int], text: str = TEXT) -> dict[str, Any]:
    entities = [
        Entity.model_validate(dict(zip(("type", "text", "start", "end"), one, strict=True))) for one in named
    ]
    return ENTITY_EXTRACTOR.result(Entities(entities=entities), text)


def found(*named: tuple[str, str, int, int], text: str = TEXT) -> list[tuple[str, int, int]]:
    return [(one["text"], one["start"], one["end"]) for one in result(*named, text=text)["entities"]]


def test_entities_come_in_the_order_of_the_text_with_true_offsets() -> None:
    answer = result(
        ("date", "5 June 1833", 46, 57), ("location", "London", 0, 0), ("person", "Charles Babbage", 20, 35)
    )
    assert answer == {
        "entities": [
            {"type": "person", "text": "Charles Babbage", "start": 17, "end": 32},
            {"type": "location", "text": "London", "start": 36, "end": 42},
            {"type": "date", "text": "5 June 1833", "start": 46, "end": 57},
        ],
        "dropped": 0,
    }


def test_what_the_text_does_not_say_is_dropped_and_counted() -> None:
    answer = result(("person", "Alan Turing", 0, 11), ("person", "Ada", 59, 62), ("other", "", 0, 0))
    assert (len(answer["entities"]), answer["dropped"]) == (1, 2)


def test_a_mention_named_twice_is_kept_once_and_two_mentions_are_kept_apart() -> None:
    assert found(("person", "Ada", 59, 62), ("person", "Ada", 60, 63)) == [("Ada", 59, 62)]
    assert found(("person", "Ada", 0, 3), ("person", "Ada", 59, 62)) == [("Ada", 0, 3), ("Ada", 59, 62)]
    assert result(("person", "Ada", 59, 62), ("person", "Ada", 60, 63))["dropped"] == 0


def test_of_overlapping_mentions_of_one_type_the_longest_is_kept() -> None:
    assert found(
        ("person", "Ada", 0, 3), ("person", "Ada Lovelace", 0, 12), ("person", "Lovelace", 4, 12)
    ) == [("Ada Lovelace", 0, 12)]
    assert found(("date", "5 June 1833", 46, 57), ("time", "June", 48, 52)) == [
        ("5 June 1833", 46, 57),
        ("June", 48, 52),
    ]


def test_a_passage_is_no_entity() -> None:
    text = "a" * (LONGEST + 1)
    assert result(("other", text, 0, len(text)), text=text) == {"entities": [], "dropped": 1}


def test_no_more_is_kept_than_was_asked_for() -> None:
    text = " ".join(f"e{number:03d}" for number in range(MOST + 20))
    answer = result(*(("other", f"e{n:03d}", n * 5, n * 5 + 4) for n in range(MOST + 20)), text=text)
    assert (len(answer["entities"]), answer["dropped"]) == (MOST, 20)


def test_a_result_always_fits_its_record() -> None:
    piece = "\x01" * 290 + "ab"  # six bytes for each in JSON
    text = " ".join(f"{piece}{number:03d}" for number in range(MOST))
    size = len(piece) + 4
    named = [
        ("other", text[n * size : n * size + size - 1], n * size, n * size + size - 1) for n in range(MOST)
    ]
    answer = result(*named, text=text)
    assert len(json.dumps(answer, ensure_ascii=False).encode()) < MOST_BYTES + 1000
    assert 0 < len(answer["entities"]) == MOST - answer["dropped"]


def test_only_known_types_are_accepted() -> None:
    with pytest.raises(ValidationError):
        result(("animal", "Ada", 0, 3))


@given(
    st.text(max_size=40),
    st.lists(
        st.tuples(st.sampled_from(("person", "other")), st.text(max_size=4), st.integers(), st.integers()),
        max_size=8,
    ),
)
def test_every_entity_stands_in_the_text_once_and_all_are_accounted_for(text: str, named: Any) -> None:
    pieces = [(kind, quote or text[abs(s) % 9 : abs(e) % 40], s, e) for kind, quote, s, e in named]
    answer = result(*pieces, text=text)
    places = [(one["type"], one["start"], one["end"]) for one in answer["entities"]]
    assert all(text[one["start"] : one["end"]] == one["text"] != "" for one in answer["entities"])
    assert len(set(places)) == len(places)
    assert [place[1] for place in places] == sorted(place[1] for place in places)
    assert len(places) + answer["dropped"] <= len(named)
    assert all(a[0] != b[0] or a[2] <= b[1] for a, b in combinations(places, 2))


@given(st.lists(st.text(max_size=30), max_size=20), st.integers(0, 200))
def test_entries_are_kept_from_the_first_on_as_long_as_they_fit(names: list[str], most: int) -> None:
    entries = [{"text": name} for name in names]
    kept = fitting(entries, most)
    assert kept == entries[: len(kept)]
    assert len(json.dumps(kept, ensure_ascii=False).encode()) <= most + 2
