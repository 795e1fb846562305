"""Words are counted and texts cut in any script."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.analysis import words

texts = st.text(st.sampled_from("ab .!?,\n…漢字かคำ。」”’é\u0301'-1"), max_size=80) | st.text(max_size=80)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        (" – … !", 0),
        ("It's a well-known fact.", 4),
        ("3.5 % of a@b.example", 3),
        ("你好世界", 2),
        ("日本のGDP", 3),
        ("สวัสดีครับ", 5),
        ("안녕하세요 여러분", 2),
    ],
)
def test_words_are_counted_in_scripts_with_and_without_blanks(text: str, count: int) -> None:
    assert words.count(text) == count


@given(texts, st.integers(1, 20))
def test_what_is_cut_has_no_more_words_than_asked_for_and_begins_as_the_text(text: str, most: int) -> None:
    cut = words.cut(text, most)
    assert words.count(cut) <= most
    assert text.startswith(cut.removesuffix("…"))
    assert cut == text or words.count(text) > most


@pytest.mark.parametrize(
    ("text", "most", "cut"),
    [
        ("One two. Three four. Five six.", 5, "One two. Three four."),
        ("One two. Three four. Five six.", 4, "One two. Three four."),
        ('He said: "Stay." Nobody stayed. Not one.', 6, 'He said: "Stay." Nobody stayed.'),
        ("One two three, four five.", 3, "One two three…"),
        ("Approx. five of J. Smith came. All left again.", 6, "Approx. five of J. Smith came."),
        ("Approx. five of J. Smith came. All left again.", 5, "Approx. five of J. Smith…"),
        ("今天下雨。明天也下雨。后天晴。", 6, "今天下雨。明天也下雨。"),
        ("It rained... Then it stopped.", 3, "It rained..."),
    ],
)
def test_a_cut_ends_behind_a_sentence_where_one_ends(text: str, most: int, cut: str) -> None:
    assert words.cut(text, most) == cut


@given(texts, st.integers(2, 40))
def test_what_is_clipped_has_no_more_characters_than_asked_for(text: str, most: int) -> None:
    clipped = words.clip(text, most)
    assert len(clipped) <= most
    assert clipped == text or len(text) > most


def test_a_long_run_of_signs_is_counted_at_once() -> None:
    assert words.count("-" * 200_000) == 0
    assert words.cut("." * 50_000 + " a b", 1) == "." * 50_000 + " a…"
