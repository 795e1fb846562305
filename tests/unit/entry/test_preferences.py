import pytest

from orchestrator.entry.preferences import seconds_to_wait


@pytest.mark.parametrize(
    ("prefer", "seconds"),
    [
        ("", None),
        ("wait=5", 5),
        ("respond-async, Wait = 5", 5),
        ('wait="5"', 5),
        ("wait=0", 0),
        ("respond-async", 0),
        ("wait=26", 25),
        ("wait=1000000", 25),
        (f"wait={'9' * 5000}", 25),
        ("wait=soon", None),
        ("wait=-1", None),
        ("wait=1.5", None),
    ],
)
def test_a_wish_to_wait_is_granted_up_to_the_longest_and_what_is_none_is_ignored(
    prefer: str, seconds: float | None
) -> None:
    assert seconds_to_wait(prefer, 25) == seconds
