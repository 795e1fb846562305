"""The functions of the analysis wing on moto; no vendor is asked."""

from collections.abc import Iterator

import pytest

from tests.fakes.functions import Deployed, deployed


@pytest.fixture
def api() -> Iterator[Deployed]:
    with deployed("http://127.0.0.1:9/unused", MAX_TEXT_LENGTH="1000") as made:
        yield made
