"""What counts of a text, whatever surrounds it."""

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.analysis.submission import child_ids, trimmed

BLANK = st.text(st.sampled_from(" \t\r\n\f\v\x00\x1f\x7f\u00a0\u2003\u3000\u2028\u200b\ufeff"), max_size=5)
SAID = st.text(st.characters(categories=["L", "N", "P", "S"]), min_size=1, max_size=9)


@given(BLANK, SAID, BLANK, SAID, BLANK)
def test_only_what_is_blank_at_the_ends_is_left_out(a: str, b: str, c: str, d: str, e: str) -> None:
    assert trimmed(f"{a}{b}{c}{d}{e}") == f"{b}{c}{d}"


@given(st.text())
def test_trimming_twice_is_trimming_once(text: str) -> None:
    assert trimmed(trimmed(text)) == trimmed(text)
    assert trimmed(text) in text


@given(BLANK)
def test_nothing_is_left_of_nothing(text: str) -> None:
    assert trimmed(text) == ""


@given(st.text(min_size=1), st.integers(1, 25))
def test_a_batchs_requests_have_ids_of_their_own_and_always_the_same(batch_id: str, count: int) -> None:
    ids = child_ids(batch_id, count)
    assert ids == child_ids(batch_id, 25)[:count]
    assert len(set(ids)) == count
    assert all(len(one) == 28 and one.isascii() for one in ids)
