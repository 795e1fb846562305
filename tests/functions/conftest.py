"""The functions on moto, with the OpenAI stand-in over real HTTP."""

from collections.abc import Iterator

import pytest

from tests.fakes.functions import Deployed, deployed
from tests.fakes.sandbox import Sandbox, sandbox


@pytest.fixture(scope="module")
def vendors() -> Iterator[Sandbox]:
    with sandbox() as made:
        yield made


@pytest.fixture
def api(vendors: Sandbox) -> Iterator[Deployed]:
    vendors.behave()
    with deployed(vendors.openai) as made:
        yield made
