import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.entry import correlation

CALLERS = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
W3C = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


@pytest.mark.parametrize("value", ["order-4711", "a", "A1b2.c3:d4/e5+f6=g7@h8-i9_", "x" * 128])
def test_a_sane_correlation_id_is_kept(value: str) -> None:
    assert correlation.begin(value).correlation_id == value


@pytest.mark.parametrize("value", ["", " ", "a b", "x" * 129, "a\nb", "ключ", "<script>", "-x", None, 7])
def test_any_other_correlation_id_is_replaced_by_a_new_one(value: object) -> None:
    first, second = correlation.begin(value).correlation_id, correlation.begin(value).correlation_id
    assert re.fullmatch(r"[0-9a-f]{32}", first)
    assert first != second


@given(st.text() | st.none() | st.integers())
def test_every_id_fits_into_a_header_whatever_came_in(value: object) -> None:
    trace = correlation.begin(value, value, value)
    for _, header in trace.headers():
        assert re.fullmatch(rb"[!-~]{1,128}", header)


def test_a_traceparent_is_continued_with_a_span_of_ours() -> None:
    continued = correlation.continue_trace(CALLERS)
    assert continued.split("-")[1] == CALLERS.split("-")[1]
    assert continued.split("-")[2] != CALLERS.split("-")[2]
    assert continued.endswith("-01")


@pytest.mark.parametrize(
    "value",
    [
        None,
        "",
        CALLERS.upper(),
        CALLERS + "-extra",
        "ff" + CALLERS[2:],
        "00-" + "0" * 32 + "-00f067aa0ba902b7-01",
        "00-4bf92f3577b34da6a3ce929d0e0e4736-" + "0" * 16 + "-01",
    ],
)
def test_an_invalid_traceparent_starts_a_new_trace(value: object) -> None:
    started = correlation.continue_trace(value)
    assert W3C.fullmatch(started)
    assert started.split("-")[1] != CALLERS.split("-")[1]


def test_a_later_version_with_more_fields_is_read_as_version_00() -> None:
    assert correlation.continue_trace("01" + CALLERS[2:] + "-more").split("-")[1] == CALLERS.split("-")[1]


@given(st.text())
def test_no_traceparent_breaks_the_reader(value: str) -> None:
    assert W3C.fullmatch(correlation.continue_trace(value))
