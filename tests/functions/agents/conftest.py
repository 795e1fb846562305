import pytest

from tests.fakes.functions import Deployed
from tests.fakes.sandbox import Sandbox
from tests.functions.agents.world import Agents
from tests.unit.entry.conftest import lines

__all__ = ["lines"]


@pytest.fixture
def agents(api: Deployed, vendors: Sandbox) -> Agents:
    return Agents(api, vendors)
