"""Quotes are found where they stand; what is returned is always a piece of the text."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.analysis.folding import Folded
from orchestrator.analysis.spans import Quotes, Span

anything = st.text(st.characters(exclude_categories=()), max_size=60)
near_each_other = st.text('aAbB sSßſ.ﬁfi éÉe\u0301\u0345ΐ İi̇K\u2028\u00a0“"–-漢字คำ🎉', max_size=30)
offsets = st.integers(-5, 70) | st.integers()


def located(text: str, quote: str, start: int = 0, end: int = 0) -> tuple[int, int, str] | None:
    span = Quotes(text).locate(quote, start, end)
    return (span.start, span.end, span.text) if span else None


@given(anything | near_each_other, anything | near_each_other, offsets, offsets)
def test_every_span_is_what_stands_in_the_text(text: str, quote: str, start: int, end: int) -> None:
    span = Quotes(text).locate(quote, start, end)
    if span is None:
        assert quote not in text or not quote.strip()
    else:
        assert 0 <= span.start < span.end <= len(text)
        assert text[span.start : span.end] == span.text


@given(anything | near_each_other, st.data(), offsets, offsets)
def test_a_piece_of_the_text_is_always_found_whatever_place_is_claimed(
    text: str, data: st.DataObject, start: int, end: int
) -> None:
    first = data.draw(st.integers(0, len(text)))
    last = data.draw(st.integers(first, len(text)))
    quote = text[first:last]
    claimed, mended = located(text, quote, first, last), located(text, quote, start, end)
    if quote.strip():
        assert claimed == (first, last, quote)
        assert mended is not None
    else:
        assert claimed is None


@given(near_each_other, near_each_other)
def test_what_is_found_without_being_the_quote_differs_only_in_what_is_folded_away(
    text: str, quote: str
) -> None:
    span = Quotes(text).locate(quote, 0, 0)
    if span is not None and span.text != quote:
        assert Folded.of(span.text).text == Folded.of(quote.strip()).text


@given(anything | near_each_other)
def test_folding_forgets_how_accents_are_encoded_and_case(text: str) -> None:
    for same in (unicodedata.normalize("NFC", text), unicodedata.normalize("NFD", text)):
        assert Folded.of(same).text == Folded.of(text).text
    folded = Folded.of(text)
    assert folded.source(0, len(folded.text)) == (0, len(text))


@pytest.mark.parametrize(
    ("text", "quote", "claimed", "found"),
    [
        ("Ada met Ada.", "Ada", (8, 11), (8, 11, "Ada")),
        ("Ada met Ada.", "Ada", (7, 10), (8, 11, "Ada")),
        ("Ada met Ada.", "Ada", (-900, 4), (0, 3, "Ada")),
        ("Ada met Ada.", "Ada", (10**30, 10**31), (8, 11, "Ada")),
        ("Ada met Ada.", "Bob", (0, 3), None),
        ("🎉🎉 Ada", "Ada", (5, 8), (3, 6, "Ada")),  # counted in UTF-16
        ("Ada", "", (0, 0), None),
        ("A da", " ", (1, 2), None),
    ],
)
def test_the_place_nearest_to_the_claimed_one_is_taken(
    text: str, quote: str, claimed: tuple[int, int], found: tuple[int, int, str] | None
) -> None:
    assert located(text, quote, *claimed) == found


@pytest.mark.parametrize(
    ("text", "quote", "found"),
    [
        ("The ACME corp.", "Acme Corp", "ACME corp"),
        ("New\n  York is big", "New York", "New\n  York"),
        ("O’Reilly’s “new” book", "O'Reilly's \"new\" book", "O’Reilly’s “new” book"),
        ("1990–1995", "1990-1995", "1990–1995"),
        (unicodedata.normalize("NFD", "Café Zoë"), "Café Zoë", unicodedata.normalize("NFD", "Café Zoë")),
        ("in der Hauptstraße 5", "HAUPTSTRASSE 5", "Hauptstraße 5"),
        ("the ﬁrm", "firm", "ﬁrm"),
        ("Ada Lovelace", " Ada Lovelace ", "Ada Lovelace"),
    ],
)
def test_case_blanks_signs_and_encodings_are_mended(text: str, quote: str, found: str) -> None:
    span = Quotes(text).locate(quote, 0, len(quote))
    assert span is not None
    assert span.text == found


def test_whole_words_go_before_parts_of_words() -> None:
    assert located("The business of US firms", "US", 4, 6) == (16, 18, "US")
    assert located("pineapple, Apple", "apple", 50, 55) == (11, 16, "Apple")
    assert located("Googles Kurs", "Google", 3, 9) == (0, 6, "Google")
    assert located("A bus", "US", 3, 5) is None, "no country is named here"


def test_scripts_without_blanks_have_no_parts_of_words() -> None:
    assert located("昨日東京に着いた", "東京", 0, 2) == (2, 4, "東京")


def test_a_folded_match_must_not_cut_a_character_in_two() -> None:
    assert located("the ﬁrm", "f", 0, 1) is None
    assert located("Straße", "STRAS", 0, 5) is None


def test_a_long_text_of_one_letter_takes_no_time() -> None:
    text = "xa" * 25_000
    quotes = Quotes(text)
    for _ in range(200):
        assert quotes.locate("A", 25_000, 25_001) is None


def test_spans_overlap_when_they_share_a_character() -> None:
    assert Span(0, 3, "abc").overlaps(Span(2, 4, "cd"))
    assert not Span(0, 2, "ab").overlaps(Span(2, 4, "cd"))
