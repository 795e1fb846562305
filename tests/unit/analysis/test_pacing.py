"""How often somebody who waits for a request looks at it."""

from typing import Any

import pytest

from orchestrator.analysis.models import AGENTS
from orchestrator.analysis.outcome import Standing
from orchestrator.analysis.pacing import Pace
from tests.contracts.analysis_stores import a_run, an_analysis


def standing(mode: Any, ended: int) -> Standing:
    return Standing(an_analysis(mode=mode), {name: a_run(agent=name) for name in AGENTS[:ended]})


def pauses(mode: Any, *ended: int, spent: float = 0) -> list[float]:
    """The pauses, in milliseconds, of one wait that sees so many agents ended, look by look."""
    pace = Pace()
    return [round(1000 * pace.pause(standing(mode, one), spent)) for one in ended]


def test_agents_that_began_together_are_looked_at_soon_after_the_first_has_ended() -> None:
    assert pauses("parallel", 0, 0, 1, 1, 1, 1, 1) == [25, 25, 8, 12, 18, 25, 25]
    assert pauses("parallel", 0, 1, 1, 2, 2) == [25, 8, 12, 8, 12]


def test_an_agent_that_waits_for_its_turn_is_given_its_time() -> None:
    assert pauses("sequential", 0, 1, 1, 2, 2) == [100, 100, 100, 25, 25]


@pytest.mark.parametrize("mode", ["parallel", "sequential"])
def test_a_long_wait_looks_twice_a_second(mode: str) -> None:
    found = pauses(mode, *[1] * 30, spent=3)
    assert found[-1] == 500
    assert sum(found) / len(found) > 200
