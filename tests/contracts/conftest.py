"""One stand-in for all tests of a file that talk to OpenAI."""

from collections.abc import Iterator

import pytest

from tests.fakes.sandbox import Sandbox, sandbox


@pytest.fixture(scope="module")
def place() -> Iterator[Sandbox]:
    with sandbox() as running:
        yield running


@pytest.fixture
def vendor(place: Sandbox) -> Iterator[Sandbox]:
    yield place
    place.behave()
