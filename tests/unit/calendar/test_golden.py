"""The golden table, read by the resolver with the right words, and by the grammar from the bare text."""

from __future__ import annotations

import pytest

from orchestrator.calendar.explain import verbatim
from orchestrator.calendar.grammar.reader import extract, understand
from orchestrator.calendar.resolve import resolve
from orchestrator.calendar.spans import astray
from tests.unit.calendar.golden import Row, rows, written

ROWS = list(rows())


def ids(row: Row) -> str:
    return row.id


def test_the_table_is_large_enough_and_repeats_nothing() -> None:
    assert len(ROWS) >= 300
    assert len(
        {(row.text, row.request.timestamp, row.request.timezone, row.request.locale) for row in ROWS}
    ) == len(ROWS)


@pytest.mark.parametrize("row", [row for row in ROWS if not row.text_only], ids=ids)
def test_the_right_words_come_to_the_right_instants(row: Row) -> None:
    assert astray(row.extraction, row.text) == []
    assert written(resolve(row.extraction, row.request)) == row.expected


def test_the_grammar_alone_is_right_for_nine_of_ten_and_always_when_it_is_sure() -> None:
    wrong, unsure = [], []
    for row in ROWS:
        outcome = understand(row.request)
        got = written(outcome)
        if got.startswith("?") and not row.expected.startswith("?"):
            unsure.append(f"{row.id} → {got} {outcome.clarifications[0].words}")
        elif not got.startswith("?") and (got != row.expected or not same_names(row)):
            wrong.append(f"{row.id} → {got}, not {row.expected}; {names(row)}")
    assert wrong == []
    assert len(unsure) <= len(ROWS) // 10, "\n".join(unsure)


def names(row: Row) -> list[tuple[str | None, str | None, list[str]]]:
    return [(spans.title, spans.place, spans.mentions) for spans in extract(row.request).extraction.events]


def same_names(row: Row) -> bool:
    wanted = [(spans.title, spans.place, spans.mentions) for spans in row.extraction.events]
    return names(row) == wanted


def test_the_grammar_points_only_at_words_that_are_there() -> None:
    for row in ROWS:
        assert astray(extract(row.request).extraction, row.text) == [], row.id


def test_words_are_shown_as_they_were_written() -> None:
    assert verbatim("new york time", "At 3pm New York  time") == "New York  time"
