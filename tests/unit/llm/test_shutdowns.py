"""A default model near its end is told at the end of every test run, as a warning: time to choose another."""

import warnings
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

import pytest

from orchestrator.config.groups import OpenAI
from orchestrator.llm.registry import NOTICE_DAYS, resolve

DEFAULTS = (OpenAI.load({}).model, OpenAI.load({}).embedding_model)
END = date(2027, 1, 14)  # gpt-4o-mini's


class DefaultModelEnds(UserWarning):
    pass


def warn_of_endings(names: Iterable[str], today: date) -> None:
    for name in names:
        if said := resolve(name, today=today).warning:
            warnings.warn(f"default model: {said} (config/groups.py)", DefaultModelEnds, stacklevel=2)


def test_the_default_models_have_time_left_or_a_warning_says_how_much() -> None:
    warn_of_endings(DEFAULTS, datetime.now(UTC).date())


@pytest.mark.parametrize("left", [NOTICE_DAYS, 1, 0, -400])
def test_sixty_days_before_a_shutdown_the_warning_begins_and_it_stays(left: int) -> None:
    with pytest.warns(DefaultModelEnds, match=f"gpt-4o-mini end(s|ed) on {END}"):
        warn_of_endings(["gpt-4o-mini"], END - timedelta(days=left))


def test_before_that_nothing_is_said() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        warn_of_endings(["gpt-4o-mini", "gpt-6-luna"], END - timedelta(days=NOTICE_DAYS + 1))


def test_every_default_is_a_model_we_know() -> None:
    for name in DEFAULTS:
        assert resolve(name).model.price is not None
